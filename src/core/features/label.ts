import { reciprocals } from '../math/numeric.ts'
import type { FeatureTable } from './table.ts'

/** Seconds that the label looks ahead. */
export const horizonSeconds = 60

/**
 * sigma_future of each row: sample standard deviation (ddof 1) of r(T+1) … r(T+60), NaN when any of them is missing.
 * @param table rows sorted by (product, time) with the column `return_1s`.
 * @returns log returns a second, one a row.
 * @example
 * table.sigma_future = futureVolatility(table) // NaN for the last 60 rows of each product
 */
export function futureVolatility(table: FeatureTable): Float64Array {
  const { rows, product, time } = table
  const r = table.columns.return_1s
  const sigma = new Float64Array(rows).fill(Number.NaN)
  for (let row = 0; row + horizonSeconds < rows; row++) {
    const end = row + horizonSeconds
    if (product[end] !== product[row] || time[end] !== time[row] + horizonSeconds * 1e6) continue
    sigma[row] = volatilityOf(r, row + 1, end)
  }
  return sigma
}

/** Sample standard deviation of r[first] … r[last], by Welford's update from the newest back; NaN when one is missing. */
export function volatilityOf(r: Float64Array, first: number, last: number): number {
  let n = 0
  let mean = 0
  let m2 = 0
  for (let i = last; i >= first; i--) {
    const delta = r[i] - mean
    mean += delta * reciprocals[++n]
    m2 += delta * (r[i] - mean)
  }
  return Math.sqrt(m2 / (n - 1))
}
