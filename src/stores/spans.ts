import { statSync } from 'node:fs'
import type { FeatureTable } from '../core/features/table.ts'
import { SpikeError } from '../errors.ts'
import { withDuckDB } from './duckdb.ts'
import { openParquet, readingParquet } from './parquet_file.ts'

/** Rows of one product: how many, and the time of the first and the last in microseconds. */
export interface Span {
  rows: number
  first: number
  last: number
}

/**
 * What a feature file holds, by product; nothing where there is no file, or an empty one.
 * @throws SpikeError BAD_FILE when it is something else.
 */
export async function readSpans(path: string): Promise<Map<string, Span>> {
  if (!statSync(path, { throwIfNoEntry: false })?.size) return new Map()
  return withDuckDB(async connection => {
    const { from, types } = await openParquet(connection, path)
    if (types.get('product') !== 'VARCHAR' || !types.get('time')?.startsWith('TIMESTAMP'))
      throw new SpikeError('BAD_FILE', `${path}: is no file of features`)
    const rows = await readingParquet(path, async () => {
      const result = await connection.run(
        `SELECT product, count(*)::DOUBLE, epoch_us(min(time::TIMESTAMP))::DOUBLE, epoch_us(max(time::TIMESTAMP))::DOUBLE FROM ${from} GROUP BY product`,
      )
      return (await result.getRows()) as [string | null, number, number | null, number | null][]
    })
    if (rows.some(([product, , first, last]) => product === null || !isDate(first) || !isDate(last)))
      throw new SpikeError('BAD_FILE', `${path}: is no file of features: rows have no product, or no time that can be`)
    return new Map(rows.map(([product, rows, first, last]) => [product!, { rows, first: first!, last: last! }]))
  })
}

/** Whether a calendar reaches so far; infinity reads as null. */
const isDate = (time: number | null): boolean => time !== null && Math.abs(time) <= 8.64e18

/** What a table holds, by product. */
export function spansOf({ rows, product, time }: FeatureTable): Map<string, Span> {
  const spans = new Map<string, Span>()
  for (let row = 0; row < rows; row++) {
    const span = spans.get(product[row])
    if (span === undefined) spans.set(product[row], { rows: 1, first: time[row], last: time[row] })
    else {
      span.rows++
      span.last = time[row]
    }
  }
  return spans
}
