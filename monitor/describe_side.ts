import { countInBins } from './evidently/binning.ts'
import { countDistinct, type Sorted } from './evidently/clean.ts'
import { meanOf, quantileOf } from './quantile.ts'

/** Shares at which the quantiles of a side are given. */
export const quantileShares = [0, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1]

/** What one side of a column looks like; null where the side has no values. */
export interface SideOfColumn {
  /** Values that are not null. */
  n: number
  nulls: number
  mean: number | null
  /** Sample standard deviation, divisor n - 1. */
  std: number | null
  /** At `quantile_shares` of the report. */
  quantiles: (number | null)[]
  /** Counts in the bins of the column; values beyond the outer edges are in the outer bins. */
  histogram: number[]
}

const bins = 24

/**
 * Edges of 24 equal bins for a picture of both sides, from the 0.5th to the 99.5th percentile of both together, so that a far
 * value does not press all others into one bin. Few distinct values get a bin each.
 */
export function chooseEdges(reference: Sorted, current: Sorted): number[] {
  const both = new Float64Array(reference.length + current.length)
  both.set(reference)
  both.set(current, reference.length)
  both.sort()
  const distinct = countDistinct(both)
  const few = distinct <= 12
  const low = few ? both[0] : quantileOf(both, 0.005)
  const high = few ? both[both.length - 1] : quantileOf(both, 0.995)
  if (!(high > low)) return [low - 0.5, low + 0.5]
  if (few && distinct === 2) return [low - (high - low) / 2, (low + high) / 2, high + (high - low) / 2]
  return Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins)
}

/** Figures of a side. @param sorted its values without nulls. */
export function describeSide(sorted: Sorted, rows: number, edges: number[]): SideOfColumn {
  const n = sorted.length
  if (n === 0)
    return {
      n,
      nulls: rows,
      mean: null,
      std: null,
      quantiles: quantileShares.map(() => null),
      histogram: edges.slice(1).map(() => 0),
    }
  const mean = meanOf(sorted)
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const open = edges.map((edge, i) =>
    i === 0 ? Math.min(edge, sorted[0]) : i === edges.length - 1 ? Math.max(edge, sorted[n - 1]) : edge,
  )
  return {
    n,
    nulls: rows - n,
    mean,
    std: n > 1 ? Math.sqrt(squares / (n - 1)) : null,
    quantiles: quantileShares.map(share => quantileOf(sorted, share)),
    histogram: countInBins(sorted, open),
  }
}
