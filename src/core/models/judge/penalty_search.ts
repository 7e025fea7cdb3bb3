import { horizonSeconds } from '../../features/label.ts'
import { everyRow, type FeatureTable, takeRows } from '../../features/table.ts'
import { forecastErrors, summariseErrors } from '../metrics/forecast_metrics.ts'
import { joinJudgedRows } from '../metrics/judged_rows.ts'
import { averagePrecision } from '../metrics/metrics.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { ridge } from '../recipes/volatility.ts'
import type { RowGroup } from '../split/days.ts'
import { labelledSeconds } from '../split/split.ts'
import { poolModels } from './stretch.ts'
import { type WalkSettings, walkGroups } from './walk_blocks.ts'

const penalties = [100, 300, 1000, 3000, 10_000, 30_000]

export interface PenaltyRow {
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
export function searchPenalty(groups: RowGroup[], settings: WalkSettings): PenaltyRow[] {
  const inside = groups.map(group => ({
    ...group,
    table: beforeJudging(group.table, settings.first, settings.embargo_s),
  }))
  const { folds } = walkGroups(inside, penalties.map(ridgeOf), settings)
  const { label, sigma } = joinJudgedRows(folds.map(({ rows }) => rows))
  return poolModels(folds).map(({ score, sigma: predicted }, i) => ({
    ridge_l2: penalties[i],
    log_sigma_rmse: summariseErrors(forecastErrors(predicted!, sigma)).log_sigma_rmse,
    pr_auc: averagePrecision(label, score),
    fixed: penalties[i] === settings.models.ridge_l2,
  }))
}

function ridgeOf(ridge_l2: number): Recipe {
  return {
    ...ridge,
    name: `${ridge.name}_${ridge_l2}`,
    fit: training => ridge.fit({ ...training, settings: { ...training.settings, ridge_l2 } }),
  }
}

/** Rows whose label and embargo end before the first judged second of a walk-forward. */
export function beforeJudging(table: FeatureTable, first: number, embargo_s: number): FeatureTable {
  const seconds = labelledSeconds(table)
  const end = seconds[Math.floor(seconds.length * first + 1e-9)] - (horizonSeconds + embargo_s) * 1e6
  return takeRows(
    table,
    everyRow(table).filter(row => table.time[row] < end),
  )
}
