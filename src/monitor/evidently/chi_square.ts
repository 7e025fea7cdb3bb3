import type { Counts } from './binning.ts'
import { upperGamma } from './gamma.ts'

/**
 * p-value of Pearson's chi-square test of the current counts against the reference counts scaled to their number; degrees of
 * freedom are the keys less one. A key that the reference lacks gives 0.
 */
export function scoreChiSquare(counts: Counts): number {
  const sum = (list: number[]): number => list.reduce((total, count) => total + count, 0)
  const scale = sum(counts.current) / sum(counts.reference)
  let statistic = 0
  counts.reference.forEach((count, i) => {
    const expected = count * scale
    if (expected === 0) statistic = Number.POSITIVE_INFINITY
    else statistic += (counts.current[i] - expected) ** 2 / expected
  })
  if (statistic === Number.POSITIVE_INFINITY) return 0
  const freedom = counts.reference.length - 1
  return freedom === 0 ? 1 : upperGamma(freedom / 2, statistic / 2)
}
