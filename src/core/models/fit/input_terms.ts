import type { FeatureTable } from '../../features/table.ts'
import { log } from '../../math/numeric.ts'

/** How a model reads one feature column: as it is, or as ln(times*x/unit + add), unit being tau of the row's product or 1. */
export interface Reading {
  name: string
  log: boolean
  times: number
  per_tau: boolean
  add: number
}

/** What a model reads in the end: one reading, or the difference of two; null where either is. */
export interface Term {
  name: string
  /** Index of a reading. */
  of: number
  /** Index of the reading that is taken away; null for none. */
  less: number | null
  /** Sign of the effect that trees may give it: 1 rising, 0 any. */
  monotone: 0 | 1
}

/** One array per term, in the order of `rows`; NaN where null. */
export function termColumns(
  table: FeatureTable,
  rows: ArrayLike<number>,
  tau: Record<string, number>,
  readings: Reading[],
  terms: Term[],
): Float64Array[] {
  const units = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) units[i] = tau[table.product[rows[i]]]
  const read = readings.map(reading => {
    const column = table.columns[reading.name]
    const values = new Float64Array(rows.length)
    for (let i = 0; i < rows.length; i++) values[i] = readValue(column[rows[i]], units[i], reading)
    return values
  })
  return terms.map(({ of, less }) => {
    if (less === null) return read[of]
    const values = new Float64Array(rows.length)
    for (let i = 0; i < rows.length; i++) values[i] = read[of][i] - read[less][i]
    return values
  })
}

/** One value as the model reads it. A tau of 0 (a market that stood still) counts as the smallest number there is. */
function readValue(value: number, tau: number, { log: isLog, times, per_tau, add }: Reading): number {
  if (!isLog) return value
  return log((times * value) / (per_tau ? Math.max(tau, leastTau) : 1) + add)
}

export const leastTau = 1e-12
