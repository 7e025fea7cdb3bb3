import { volatilityFloor } from '../../features/feature.ts'
import type { FeatureTable } from '../../features/table.ts'
import { groupIndices } from '../../math/group_indices.ts'
import { exp, log, logAbove } from '../../math/numeric.ts'
import { adaptCorrections, matured } from './adapt.ts'
import { OnlineLogistic } from './online_logistic.ts'
import { type AnchoredRows, fitPooled, type PooledCorrection, rowsToFit, weightOfRow } from './pooled.ts'
import { anchoredRecipe } from './recipe.ts'
import { anchorTerms } from './terms.ts'

/** What the anchored model says of every row of a file. */
export interface AnchoredPrediction {
  /** ln of the forecast for ranking over tau: higher means a spike is more likely. NaN for a product without tau. */
  score: Float64Array
  /** P(sigma_future >= tau). */
  probability: Float64Array
  /** Predicted sigma_future. */
  sigma: Float64Array
}

/** Learns on whole files how EWMA 120 s errs. Nothing is learnt from fewer than 300 fitted rows. */
export function fitAnchored(tables: FeatureTable[]): PooledCorrection {
  return fitPooled(tables.map(anchoredRows))
}

/** The rows of a table with their terms, and by how much the baseline turned out to be off. */
export function anchoredRows(table: FeatureTable): AnchoredRows {
  const terms = anchorTerms(table)
  const error = table.sigma_future.map((sigma, row) =>
    Number.isNaN(sigma) ? Number.NaN : logAbove(sigma, volatilityFloor) - terms.anchor[row],
  )
  return { ...terms, error, time: table.time }
}

/**
 * Forecasts a file in the order of its time. Each row knows what was learnt on other files, and those rows of its own product
 * whose 60 seconds were over.
 * @param labels 1, 0 or NaN a row, by the same tau. @param table rows sorted by (product, time).
 */
export function predictAnchored(
  pooled: PooledCorrection,
  table: FeatureTable,
  labels: Float64Array,
  tau: Record<string, number>,
): AnchoredPrediction {
  const rows = anchoredRows(table)
  const { timing, level } = adaptCorrections(rows, table.product, pooled)
  const score = rows.anchor.map((anchor, row) => anchor + timing[row] - log(tau[table.product[row]] ?? Number.NaN))
  const probability = new Float64Array(table.rows)
  const toFit = rowsToFit(rows)
  for (const own of groupIndices(table.rows, row => table.product[row]).values())
    calibrate({ rows, own, toFit }, score, labels, probability)
  return { score, probability, sigma: rows.anchor.map((anchor, row) => exp(anchor + level[row])) }
}

interface OfProduct {
  rows: AnchoredRows
  own: number[]
  toFit: Uint8Array
}

/** Writes P of each row: the calibrated score and the share of spikes so far, both of labels that were known by then. */
function calibrate(
  { rows, own, toFit }: OfProduct,
  score: Float64Array,
  labels: Float64Array,
  probability: Float64Array,
): void {
  const { calibration, base_rate } = anchoredRecipe
  const curve = new OnlineLogistic(calibration)
  const known = matured(rows.time, own)
  let seen: number = base_rate.strength
  let spikes = base_rate.start * seen
  for (const row of own) {
    for (const before of known(row)) {
      if (toFit[before] === 0 || Number.isNaN(labels[before])) continue
      curve.take(score[before], labels[before], weightOfRow)
      seen += weightOfRow
      spikes += weightOfRow * labels[before]
    }
    const drawn = (base_rate.share * spikes) / seen
    probability[row] = (1 - base_rate.share) * curve.probability(score[row]) + drawn
  }
}
