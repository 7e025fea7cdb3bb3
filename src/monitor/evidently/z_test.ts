import type { Counts } from './binning.ts'
import { upperGamma } from './gamma.ts'

/**
 * p-value of the two-sided z-test for the share of values that are not the first key, with the pooled share under the null.
 * Both sides constant and equal give 1.
 */
export function scoreZ(counts: Counts): number {
  if (counts.reference.length === 1) return 1
  const sum = (list: number[]): number => list.reduce((total, count) => total + count, 0)
  const [n, m] = [sum(counts.reference), sum(counts.current)]
  const [a, b] = [n - counts.reference[0], m - counts.current[0]]
  const pooled = (a + b) / (n + m)
  const z = (a / n - b / m) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
  return twoSidedNormal(z)
}

/** P(|Z| >= |z|) for a standard normal Z: Q(1/2, z²/2). */
export function twoSidedNormal(z: number): number {
  return upperGamma(0.5, (z * z) / 2)
}
