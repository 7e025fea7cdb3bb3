import { describe, expect, it } from 'vitest'
import { giveVerdict } from '../../src/publish/verdict.ts'
import { exampleEvaluation } from '../fixtures/example_evaluation.ts'
import { exampleWalkForward, walkedEvaluation } from '../fixtures/walked_evaluation.ts'

describe('verdict with a walk-forward', () => {
  it('is decided by the walk-forward, the single split follows in the caution', () => {
    const { sentence, caution } = giveVerdict(walkedEvaluation())
    expect(sentence).toBe(
      'Average of ridge and trees is ahead of the best baseline in a walk-forward of 4 blocks, but the interval of their ratio reaches below 1, so this is not proof: PR-AUC 0.210 (95 % interval 0.137 to 0.315) at a prevalence of 0.121; the best baseline, persistence, 300 s, reaches 0.170, a ratio of 1.24 (95 % interval 0.90 to 1.90).',
    )
    expect(caution).toContain('On the test segment alone it has 0.318')
  })

  it('says that it beats a baseline only where the paired interval lies above 1', () => {
    const walk_forward = exampleWalkForward()
    walk_forward.models.average.lift.persistence_300s = { value: 1.24, low: 1.05, high: 1.5 }
    const { sentence, caution } = giveVerdict(walkedEvaluation({ walk_forward }))
    expect(sentence).toContain('Average of ridge and trees beats the best baseline in a walk-forward of 4 blocks:')
    expect(caution).toContain('where the two differ, believe the walk-forward')
  })

  it('does not let a good split speak where the walk-forward is behind', () => {
    const walk_forward = exampleWalkForward()
    walk_forward.models.zscore.pr_auc = 0.25
    const { sentence } = giveVerdict(walkedEvaluation({ walk_forward }))
    expect(sentence).toContain('does not beat the best baseline')
    expect(sentence).toContain('z-score rule, reaches 0.250.')
  })

  it('judges the recipe fixed beforehand, not the model that did best', () => {
    const walk_forward = exampleWalkForward()
    walk_forward.models.boosting_classifier.pr_auc = 0.6
    expect(giveVerdict(walkedEvaluation({ walk_forward })).sentence).toMatch(/^Average of ridge and trees .* 0\.210/)
  })

  it('speaks by the walk-forward where test has no spike at all', () => {
    const evaluation = walkedEvaluation()
    for (const model of Object.values(evaluation.splits.test.models)) model.pr_auc = null
    const { sentence, caution } = giveVerdict(evaluation)
    expect(sentence).toContain('PR-AUC 0.210')
    expect(caution).not.toContain('On the test segment alone')
  })

  it('falls back to the split, and calls it weak, where the blocks hold too little or are not there', () => {
    const degenerate = '12 positives, below 30'
    const walk_forward = { ...exampleWalkForward(), positives: 12, episodes: 2, degenerate }
    const few = giveVerdict(walkedEvaluation({ walk_forward }))
    expect(few.sentence).toContain('best baseline on the test segment')
    expect(few.caution).toContain('hold 12 spikes in 2 episodes, too few for a verdict, and a single split')
    const none = giveVerdict(exampleEvaluation({ walk_forward: null, walk_forward_missing: '215 labelled rows' }))
    expect(none.caution).toContain('There is no walk-forward (215 labelled rows), and a single split')
  })
})
