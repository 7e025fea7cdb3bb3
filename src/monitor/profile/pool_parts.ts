import { maximum, minimum } from '../../core/math/extremes.ts'
import { countBelow } from '../../core/math/search.ts'
import type { Sorted } from '../evidently/clean.ts'
import { populationDeviation } from '../evidently/wasserstein.ts'
import { mergeSorted } from './merge_sorted.ts'
import type { ColumnPart, Profile, ProfileColumn } from './profile.ts'

/** A column of a side over all products. */
export interface PooledColumn {
  /** Values that are not null. */
  n: number
  sorted: Sorted
  mean: number
  /** Standard deviation with divisor n. */
  deviation: number
  low: number
  high: number
  rank_error: number
}

/** All products of a column together. An empty column has n = 0. */
export function poolParts({ parts }: ProfileColumn): PooledColumn {
  const sorted = mergeSorted(parts.map(part => part.sorted))
  const filled = parts.filter(part => part.n > 0)
  const { n, mean, squares } = joinMoments(filled)
  const rank_error = filled.reduce((sum, part) => sum + (part.n / n) * part.rank_error, 0)
  return {
    n,
    sorted,
    mean,
    deviation: rank_error === 0 && filled.length > 1 ? populationDeviation(sorted) : Math.sqrt(squares / n),
    low: minimum(filled.map(part => part.low)),
    high: maximum(filled.map(part => part.high)),
    rank_error,
  }
}

/** Mean and squared deviations of samples together (Chan, Golub and LeVeque 1979). */
export function joinMoments(
  parts: Pick<ColumnPart, 'n' | 'mean' | 'squares'>[],
): Pick<ColumnPart, 'n' | 'mean' | 'squares'> {
  return parts.reduce(
    (a, b) => {
      const n = a.n + b.n
      const apart = b.mean - a.mean
      return {
        n,
        mean: a.mean + (apart * b.n) / n,
        squares: a.squares + b.squares + (apart * apart * a.n * b.n) / n,
      }
    },
    { n: 0, mean: 0, squares: 0 },
  )
}

/** How many values of a part are below `limit`, to within its rank error. */
export function countPartBelow(part: ColumnPart, limit: number): number {
  if (part.n === 0 || limit <= part.low) return 0
  if (limit > part.high) return part.n
  return Math.round((countBelow(part.sorted, limit) / part.sorted.length) * part.n)
}

/** The part of a product; null where the profile lacks the product. */
export function partOf(profile: Profile, name: string, product: string): ColumnPart | null {
  return profile.columns[name]?.parts.find(part => part.product === product) ?? null
}
