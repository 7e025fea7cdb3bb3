import { precisionAtTop } from '../fit/calibration.ts'
import { intervalOf } from '../metrics/bootstrap.ts'
import { forecastErrors, summariseErrors } from '../metrics/forecast_metrics.ts'
import { atThreshold, averagePrecision, rocAuc } from '../metrics/metrics.ts'
import { judgeProbabilities } from '../metrics/probability_metrics.ts'
import { withinBlocks } from '../metrics/within_block.ts'
import type { Metrics, Segment } from './evaluation.ts'

export interface Judged {
  /** Of the segment's rows, in the same order: labels, sigma_future, scores, and the predicted sigma where there is one. */
  labels: Float64Array
  realised: Float64Array
  scores: Float64Array
  sigma: Float64Array | null
  segment: Segment
  /** Rows by block of time and product. */
  cells: Int32Array[]
  /** Picked elsewhere; null where it could not be. */
  threshold: number | null
  /** True where scores are probabilities. */
  probability: boolean
  /** PR-AUC of each block resample of the segment; null where it is too short for them. */
  drawn: Float64Array | null
}

/** All metrics of one model on one segment. What cannot be computed is null, with its reason. */
export function judge(judged: Judged): Required<Metrics> {
  const { labels, realised, scores, sigma, segment, cells, threshold, probability, drawn } = judged
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
  const interval = ranked && drawn !== null ? intervalOf(drawn) : null
  if (ranked && interval === null)
    unless(
      drawn === null
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
  const noProbability = probability ? noRow : 'the score is not a probability'
  const probable = unless(noProbability, ['brier', 'log_loss', 'ece']) ? judgeProbabilities(labels, scores) : null
  unless(noProbability ?? oneClass, ['brier_skill'])
  const some = unless(noRow, ['precision_top1', 'precision_top5'])
  const noForecast = sigma === null ? 'the model forecasts no sigma' : noRow
  const forecast = unless(noForecast, ['log_sigma_rmse', 'qlike', 'floored'])
    ? summariseErrors(forecastErrors(sigma!, realised))
    : null
  unless(noRow ?? (cells.length === 0 ? 'no 20 minutes of a product hold 300 rows' : null), [
    'within_top10',
    'within_top25',
  ])
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
    brier: probable?.brier ?? null,
    log_loss: probable?.log_loss ?? null,
    brier_skill: probable?.brier_skill ?? null,
    ece: probable?.ece ?? null,
    precision_top1: some ? precisionAtTop(labels, scores, 0.01) : null,
    precision_top5: some ? precisionAtTop(labels, scores, 0.05) : null,
    ...withinBlocks(cells, realised, scores),
    log_sigma_rmse: forecast?.log_sigma_rmse ?? null,
    qlike: forecast?.qlike ?? null,
    floored: forecast?.floored ?? null,
    degenerate,
  }
}
