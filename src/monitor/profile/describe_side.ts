import { maximum, minimum } from '../../core/math/extremes.ts'
import { percentileOfSorted } from '../../core/math/percentile.ts'
import { countInBins } from '../evidently/binning.ts'
import { countDistinctOfBoth, type Sorted } from '../evidently/clean.ts'
import type { PooledColumn } from './pool_parts.ts'

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
/** So few distinct values get a bin each. */
const fewUpTo = 12

/**
 * Edges of 24 equal bins for a picture of both sides, from the lower of their 0.5th percentiles to the higher of their 99.5th, so
 * that a far value does not press all others into one bin. Few distinct values get a bin each.
 */
export function chooseEdges(reference: Sorted, current: Sorted): number[] {
  const filled = [reference, current].filter(side => side.length > 0)
  const distinct = countDistinctOfBoth(reference, current, fewUpTo + 1)
  const few = distinct <= fewUpTo
  const low = minimum(filled.map(side => percentileOfSorted(side, few ? 0 : 0.5)))
  const high = maximum(filled.map(side => percentileOfSorted(side, few ? 100 : 99.5)))
  if (!(high > low)) return [low - 0.5, low + 0.5]
  if (few && distinct === 2) return [low - (high - low) / 2, (low + high) / 2, high + (high - low) / 2]
  return Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins)
}

/** Figures of a side with `rows` rows. */
export function describeSide(
  { n, sorted, mean, deviation, low, high }: PooledColumn,
  rows: number,
  edges: number[],
): SideOfColumn {
  if (n === 0)
    return {
      n,
      nulls: rows,
      mean: null,
      std: null,
      quantiles: quantileShares.map(() => null),
      histogram: edges.slice(1).map(() => 0),
    }
  const open = edges.map((edge, i) =>
    i === 0 ? Math.min(edge, low) : i === edges.length - 1 ? Math.max(edge, high) : edge,
  )
  const rowsPerValue = n / sorted.length
  return {
    n,
    nulls: rows - n,
    mean,
    std: n > 1 ? deviation * Math.sqrt(n / (n - 1)) : null,
    quantiles: quantileShares.map(share =>
      share === 0 ? low : share === 1 ? high : percentileOfSorted(sorted, 100 * share),
    ),
    histogram: countInBins(sorted, open).map(count => Math.round(count * rowsPerValue)),
  }
}
