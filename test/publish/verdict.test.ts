import { describe, expect, it } from 'vitest'
import type { Evaluation } from '../../src/core/models/judge/evaluation.ts'
import { giveVerdict } from '../../src/publish/verdict.ts'
import { exampleEvaluation } from '../fixtures/example_evaluation.ts'

/** The example with test scores (low, value, high) and validation score set by model. */
function scored(scores: Record<string, { test: [number, number, number]; validation?: number }>): Evaluation {
  const evaluation = exampleEvaluation()
  for (const [name, { test, validation }] of Object.entries(scores)) {
    const model = evaluation.splits.test.models[name]
    ;[model.pr_auc_low, model.pr_auc, model.pr_auc_high] = test
    if (validation !== undefined) evaluation.splits.validation.models[name].pr_auc = validation
  }
  return evaluation
}

describe('verdict', () => {
  it('says that overlapping intervals are no proof', () => {
    const { sentence } = giveVerdict(
      scored({ logistic: { test: [0.2, 0.31, 0.4] }, persistence: { test: [0.2, 0.26, 0.3] } }),
    )
    expect(sentence).toContain(
      'is ahead of the best baseline on the test segment, but the intervals overlap, so this is not proof',
    )
    expect(sentence).toContain('PR-AUC 0.310 (95 % interval 0.200 to 0.400) at a prevalence of 0.104')
  })

  it('says that it beats the baseline only where the intervals are apart', () => {
    const { sentence } = giveVerdict(
      scored({ logistic: { test: [0.35, 0.4, 0.5] }, persistence: { test: [0.2, 0.26, 0.3] } }),
    )
    expect(sentence).toContain('beats the best baseline on the test segment:')
  })

  it('compares with the strongest baseline, whichever that is', () => {
    const { sentence } = giveVerdict(
      scored({ logistic: { test: [0.2, 0.31, 0.4] }, zscore: { test: [0.2, 0.35, 0.5] } }),
    )
    expect(sentence).toContain('does not beat the best baseline')
    expect(sentence).toContain('z-score rule, reaches 0.350')
  })

  it('does not let test choose among the learned models', () => {
    const evaluation = scored({ logistic: { test: [0.2, 0.3, 0.4], validation: 0.5 } })
    const { validation, test } = evaluation.splits
    const boosted = { name: 'boosted', title: 'Boosted trees' }
    test.models.boosted = { ...test.models.logistic, ...boosted, pr_auc: 0.9 }
    validation.models.boosted = { ...validation.models.logistic, ...boosted, pr_auc: 0.1 }
    expect(giveVerdict(evaluation).sentence).toMatch(/^Logistic regression/)
  })

  it('gives none where PR-AUC is undefined', () => {
    const evaluation = exampleEvaluation()
    evaluation.splits.test.degenerate = '0 positives'
    for (const model of Object.values(evaluation.splits.test.models)) model.pr_auc = null
    expect(giveVerdict(evaluation).sentence).toBe('No verdict: PR-AUC on test is undefined (0 positives).')
  })

  it('gives none where the test segment is degenerate, however good the figures look', () => {
    const evaluation = scored({ logistic: { test: [0.35, 0.4, 0.5] }, persistence: { test: [0.02, 0.06, 0.1] } })
    evaluation.splits.test.degenerate = '4 episodes, below 5'
    const { sentence } = giveVerdict(evaluation)
    expect(sentence).toMatch(/^No verdict, because the test segment is degenerate \(4 episodes, below 5\): logistic/)
    expect(sentence).toContain('has there PR-AUC 0.400')
    expect(sentence).not.toContain('beats')
  })

  it('lets a failed audit void every number', () => {
    const audit = { passed: false, checks: [{ name: 'spans', verdict: 'failed' as const, detail: 'rows overlap' }] }
    expect(giveVerdict(exampleEvaluation({ audit }))).toEqual({
      sentence: 'The audit failed: no number of this run may be used.',
      caution: 'spans: rows overlap',
    })
  })

  it('calls simulated data simulated, and market data not', () => {
    expect(giveVerdict(exampleEvaluation()).caution).toContain('simulated')
    expect(giveVerdict(exampleEvaluation({ simulated: false })).caution).not.toContain('simulated')
  })

  it('warns where the interval reaches the prevalence, and where a segment is degenerate', () => {
    const evaluation = scored({ logistic: { test: [0.1, 0.31, 0.4] } })
    evaluation.splits.validation.degenerate = '3 episodes, below 5'
    const { caution } = giveVerdict(evaluation)
    expect(caution).toContain('not shown to know anything')
    expect(caution).toContain('validation segment is degenerate (3 episodes, below 5)')
    expect(giveVerdict(exampleEvaluation()).caution).not.toContain('not shown to know anything')
  })
})
