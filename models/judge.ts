import { intervalOf, type Resamples, resampledPrecision } from './bootstrap.ts'
import type { Metrics, Segment } from './evaluation.ts'
import { atThreshold, averagePrecision, brierScore, logLoss, rocAuc } from './metrics.ts'

export interface Judged {
  /** Labels and scores of the segment's rows, in the same order. */
  labels: Float64Array
  scores: Float64Array
  segment: Segment
  /** Picked elsewhere; null where it could not be. */
  threshold: number | null
  /** True where scores are probabilities. */
  probability: boolean
  /** Block resamples of the segment; null where it is too short for them. */
  resamples: Resamples | null
}

/** All metrics of one model on one segment. What cannot be computed is null, with its reason. */
export function judge({ labels, scores, segment, threshold, probability, resamples }: Judged): Metrics {
  const { rows, positives, episodes, prevalence } = segment
  const degenerate: Record<string, string> = {}
  const unless = (reason: string | null, names: string[]): boolean => {
    if (reason !== null) for (const name of names) degenerate[name] = reason
    return reason === null
  }
  const noRow = rows === 0 ? 'no row' : null
  const noSpike = noRow ?? (positives === 0 ? 'no spike in the segment' : null)
  const oneClass = noSpike ?? (positives === rows ? 'nothing but spikes in the segment' : null)

  const ranked = unless(noSpike, ['pr_auc', 'pr_auc_low', 'pr_auc_high'])
  const interval = ranked && resamples !== null ? intervalOf(resampledPrecision(labels, scores, resamples)) : null
  if (ranked && interval === null)
    unless(
      resamples === null
        ? 'segment shorter than two blocks of the bootstrap'
        : 'more than half of the block resamples hold no spike',
      ['pr_auc_low', 'pr_auc_high'],
    )
  const separable = unless(oneClass, ['roc_auc'])
  const noThreshold = threshold === null ? 'no threshold could be picked' : null
  const cut = unless(noSpike ?? noThreshold, ['f1', 'precision', 'recall'])
    ? atThreshold(labels, scores, threshold!)
    : null
  if (noThreshold !== null) degenerate.threshold = noThreshold
  const probable = unless(probability ? noRow : 'the score is not a probability', ['brier', 'log_loss'])
  return {
    rows,
    positives,
    episodes,
    prevalence,
    pr_auc: ranked ? averagePrecision(labels, scores) : null,
    pr_auc_low: interval?.low ?? null,
    pr_auc_high: interval?.high ?? null,
    roc_auc: separable ? rocAuc(labels, scores) : null,
    f1: cut?.f1 ?? null,
    precision: cut?.precision ?? null,
    recall: cut?.recall ?? null,
    threshold,
    brier: probable ? brierScore(labels, scores) : null,
    log_loss: probable ? logLoss(labels, scores) : null,
    degenerate,
  }
}
