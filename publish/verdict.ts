import type { Evaluation, Metrics, ModelResult } from '../models/evaluation.ts'
import { score } from './numbers.ts'

export interface Verdict {
  /** One sentence for the head of a report. */
  sentence: string
  /** What weakens it or what it leaves open. */
  caution: string
}

/**
 * Says in one sentence whether a learned model beats the baselines on test. The learned model is the one with the best
 * PR-AUC on validation, so that test does not choose; the baseline is the best one on test, the hardest to beat.
 */
export function giveVerdict(evaluation: Evaluation): Verdict {
  const { test } = evaluation.splits
  if (!evaluation.audit.passed)
    return {
      sentence: 'The audit failed: no number of this run may be used.',
      caution: evaluation.audit.checks
        .filter(check => check.verdict === 'failed')
        .map(check => `${check.name}: ${check.detail}`)
        .join('; '),
    }
  const models = Object.values(evaluation.models)
  const learned = leadOf(models)
  const baseline = best(
    models.filter(model => model.kind === 'baseline' && model.test.pr_auc !== null),
    model => model.test.pr_auc ?? -1,
  )
  if (learned === undefined || baseline === undefined)
    return {
      sentence: `No verdict: PR-AUC on test is undefined (${test.degenerate ?? 'no model could be scored'}).`,
      caution: 'Capture more data: the test segment must hold spikes and quiet seconds.',
    }
  const figures = `PR-AUC ${score(learned.test.pr_auc)} (95 % interval ${score(learned.test.pr_auc_low)} to ${score(learned.test.pr_auc_high)}) at a prevalence of ${score(test.prevalence)}; the best baseline, ${lower(baseline)}, reaches ${score(baseline.test.pr_auc)}`
  return {
    sentence: `${learned.title} ${comparison(learned, baseline)}: ${figures}.`,
    caution: cautionOf(evaluation, learned.test),
  }
}

/** The learned model with the best PR-AUC on validation, so that test does not choose; undefined where test scores none. */
export function leadOf(models: ModelResult[]): ModelResult | undefined {
  return best(
    models.filter(model => model.kind === 'learned' && model.test.pr_auc !== null),
    model => model.validation.pr_auc ?? -1,
  )
}

function comparison(learned: ModelResult, baseline: ModelResult): string {
  const own = learned.test
  const other = baseline.test
  if (own.pr_auc! <= other.pr_auc!) return 'does not beat the best baseline on test'
  if (own.pr_auc_low !== null && other.pr_auc_high !== null && own.pr_auc_low > other.pr_auc_high)
    return 'beats the best baseline on test, and the intervals do not overlap'
  return 'is ahead of the best baseline on test, but the intervals overlap, so this is not proof'
}

/** What weakens the sentence, the gravest first. */
function cautionOf({ splits: { validation, test }, simulated }: Evaluation, { pr_auc_low }: Metrics): string {
  return [
    ...(simulated
      ? ['The data is simulated: it shows that the pipeline works, not that a market can be predicted.']
      : []),
    ...(pr_auc_low !== null && pr_auc_low <= test.prevalence
      ? ['The interval reaches down to the prevalence, so it is not shown to know anything at all.']
      : []),
    ...(test.degenerate !== null
      ? [`The test segment is degenerate (${test.degenerate}): read every figure as an anecdote.`]
      : []),
    ...(validation.degenerate !== null
      ? [`The validation segment is degenerate (${validation.degenerate}): the thresholds rest on very little.`]
      : []),
    `The test segment holds ${test.episodes} spike episodes, and one stretch of time is one sample: another day can differ by more than the interval says.`,
  ].join(' ')
}

function best(models: ModelResult[], value: (model: ModelResult) => number): ModelResult | undefined {
  return models.reduce<ModelResult | undefined>(
    (top, model) => (top === undefined || value(model) > value(top) ? model : top),
    undefined,
  )
}

function lower({ title }: ModelResult): string {
  return /^[A-Z][a-z]/.test(title) ? title[0].toLowerCase() + title.slice(1) : title
}
