import type { FeatureTable } from '../../features/table.ts'

/** 1 where sigma_future >= tau of the row's product, 0 where below, NaN where sigma_future or tau is unknown. */
export function labelRows(table: FeatureTable, tau: Record<string, number>): Float64Array {
  const labels = new Float64Array(table.rows).fill(Number.NaN)
  for (let row = 0; row < table.rows; row++) {
    const sigma = table.sigma_future[row]
    const limit = tau[table.product[row]]
    if (limit !== undefined && !Number.isNaN(sigma)) labels[row] = sigma >= limit ? 1 : 0
  }
  return labels
}
