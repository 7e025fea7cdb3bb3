import { minimum } from '../../core/math/extremes.ts'
import { type Counts, toShares } from './binning.ts'

/**
 * Population stability index: sum of (p - q)·ln(p/q) over bins. As in Evidently an empty bin of a side counts as 1e-4, or as a
 * millionth of that side's smallest share where that is at most 1e-4; shares are not normalised again.
 */
export function scorePsi(counts: Counts): number {
  const reference = fillZeros(toShares(counts.reference))
  const current = fillZeros(toShares(counts.current))
  return reference.reduce((sum, p, i) => sum + (p - current[i]) * Math.log(p / current[i]), 0)
}

function fillZeros(shares: number[]): number[] {
  const smallest = minimum(shares.filter(share => share !== 0))
  const fill = smallest <= 1e-4 ? smallest / 1e6 : 1e-4
  return shares.map(share => (share === 0 ? fill : share))
}
