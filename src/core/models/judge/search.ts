import type { Config } from '../../../config.ts'
import { horizonSeconds } from '../../features/label.ts'
import { type FeatureTable, takeRows } from '../../features/table.ts'
import { forecastErrors } from '../metrics/forecast_metrics.ts'
import { averagePrecision } from '../metrics/metrics.ts'
import { ridge } from '../recipes/ridge.ts'
import { labelledRows } from '../split/split.ts'
import type { WalkSettings } from './judge_fold.ts'
import { type CaptureGroup, walkGroups } from './pooled_walk.ts'

const penalties = [100, 300, 1000, 3000, 10_000, 30_000]

export interface SearchRow {
  ridge_l2: number
  log_sigma_rmse: number
  pr_auc: number
  /** Whether config states this one. */
  fixed: boolean
}

/**
 * What the ridge's penalty would be by log-sigma error, from a walk-forward inside each group's first share alone, which no
 * judged block touches. It is shown beside the fixed recipe and changes nothing in it.
 */
export function searchPenalty(groups: CaptureGroup[], config: Config, settings: WalkSettings): SearchRow[] {
  const inside = groups.map(({ name, table }) => ({
    name,
    table: beforeJudging(table, settings.first, settings.embargo_s),
  }))
  const models = penalties.map(ridge_l2 => ({
    ...ridge({ ...config, models: { ...config.models, ridge_l2 } }),
    name: `ridge_${ridge_l2}`,
  }))
  const { label, sigma, models: judged } = walkGroups(inside, models, settings)
  return penalties.map((ridge_l2, i) => {
    const { score, sigma: predicted } = judged[models[i].name]
    const { squaredLog } = forecastErrors(predicted!, sigma)
    return {
      ridge_l2,
      log_sigma_rmse: Math.sqrt(squaredLog.reduce((sum, error) => sum + error, 0) / squaredLog.length),
      pr_auc: averagePrecision(label, score),
      fixed: ridge_l2 === config.models.ridge_l2,
    }
  })
}

/** Rows whose label and embargo end before the first judged second of a walk-forward. */
export function beforeJudging(table: FeatureTable, first: number, embargo_s: number): FeatureTable {
  const seconds = Float64Array.from(new Set(Array.from(labelledRows(table), row => table.time[row]))).sort()
  const end = seconds[Math.floor(seconds.length * first + 1e-9)] - (horizonSeconds + embargo_s) * 1e6
  return takeRows(
    table,
    Array.from({ length: table.rows }, (_, row) => row).filter(row => table.time[row] < end),
  )
}
