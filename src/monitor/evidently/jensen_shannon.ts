import { type Counts, toShares } from './binning.ts'

/** Jensen-Shannon distance (Endres and Schindelin 2003), natural logarithm: from 0 to sqrt(ln 2) = 0.8326. */
export function scoreJensenShannon(counts: Counts): number {
  const reference = toShares(counts.reference)
  const current = toShares(counts.current)
  let divergence = 0
  for (let i = 0; i < reference.length; i++) {
    const [p, q] = [reference[i], current[i]]
    const middle = (p + q) / 2
    if (p > 0) divergence += p * Math.log(p / middle)
    if (q > 0) divergence += q * Math.log(q / middle)
  }
  return Math.sqrt(Math.max(0, divergence / 2))
}
