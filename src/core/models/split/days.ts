import { type FeatureTable, takeRows } from '../../features/table.ts'
import { isoTime } from '../../math/time.ts'

/** Rows that belong together, as those of one day. */
export interface RowGroup {
  name: string
  table: FeatureTable
  /** Length of its blocks in a walk-forward, where it is too large for the usual one. */
  block_s?: number
}

/**
 * The rows of a table by UTC day. A stretch without a silence of `silence_s` in all products is not cut at midnight: it belongs
 * to the day in which it began.
 */
export function splitDays(table: FeatureTable, silence_s: number): RowGroup[] {
  const seconds = Float64Array.from(new Set(table.time)).sort()
  const dayOf = new Map<number, string>()
  let day = ''
  seconds.forEach((second, i) => {
    if (i === 0 || second - seconds[i - 1] > silence_s * 1e6) day = isoTime(second).slice(0, 10)
    dayOf.set(second, day)
  })
  const names = [...new Set(dayOf.values())]
  if (names.length === 1) return [{ name: names[0], table }]
  const rows = new Map<string, number[]>(names.map(name => [name, []]))
  for (let row = 0; row < table.rows; row++) rows.get(dayOf.get(table.time[row])!)!.push(row)
  return names.map(name => ({ name, table: takeRows(table, rows.get(name)!) }))
}
