import { createHash } from 'node:crypto'
import type { WindowRow } from '../core/indicators/windows/window_row.ts'
import type { Metadata } from './metadata.ts'
import { type Column, writeColumns } from './write_columns.ts'

/** Writes windows as Parquet, one row a window, start and end in seconds; the file appears whole or not at all. */
export async function writeWindows(path: string, rows: readonly WindowRow[], metadata: Metadata): Promise<void> {
  const texts = (name: 'product' | 'volume' | 'notional' | 'source'): Column => {
    return { name, type: 'VARCHAR', values: rows.map(row => row[name]) }
  }
  const wholes = (name: 'start' | 'end' | 'trades' | 'revision'): Column => {
    return { name, type: 'BIGINT', values: rows.map(row => row[name]) }
  }
  const doubles = (name: keyof WindowRow): Column => {
    return { name, type: 'DOUBLE', values: rows.map(row => Number(row[name] ?? Number.NaN)) }
  }
  const columns: Column[] = [
    ...[texts('product'), wholes('start'), wholes('end'), wholes('trades'), texts('volume'), texts('notional')],
    ...(['vwap', 'moving_average', 'price_std', 'return_std', 'open', 'high', 'low', 'close'] as const).map(doubles),
    ...[wholes('revision'), { name: 'final', type: 'BOOLEAN', values: rows.map(({ final }) => final) } as const],
    texts('source'),
  ]
  await writeColumns(path, columns, metadata)
}

/**
 * What says which windows a run made: SHA-256 in hex over their rows in the order given, without `revision`, which tells how
 * often a window was given and so depends on the order in which trades came.
 */
export function windowsDigest(rows: readonly WindowRow[]): string {
  const hash = createHash('sha256')
  for (const { revision: _, ...row } of rows) hash.update(`${JSON.stringify(row)}\n`)
  return hash.digest('hex')
}
