import type { Incoming, Position } from '../streams/port.ts'
import { rowOf } from './row_kinds.ts'
import { type Row, rowTables, type Table } from './tables.ts'

/** A record that is no row of any table. */
export interface Refused {
  record: Incoming
  reason: string
}

/** What of a batch is to be written. */
export interface TakenBatch {
  /** A row each key, by table; of several revisions the highest, of equal ones the first. Each tells its `record_offset` besides. */
  rows: Map<Table, Row[]>
  refused: Refused[]
  /** Where the store's position will be. */
  upTo: Position[]
}

/** The rows of what a batch holds beyond the positions of a store, and those that are none. */
export function takeBatch(batch: Incoming[], upTo: Position[], positions: Position[]): TakenBatch {
  const offsetOf = new Map(positions.map(({ partition, offset }) => [partition, offset]))
  const newest = new Map(rowTables.map(table => [table, new Map<string, Row>()]))
  const refused: Refused[] = []
  for (const record of batch) {
    if (record.offset < (offsetOf.get(record.partition) ?? 0)) continue
    const taken = rowOf(record.value.toString())
    if (typeof taken === 'string') refused.push({ record, reason: taken })
    else {
      taken.row.record_offset = record.offset
      keepNewest(newest.get(taken.table)!, taken)
    }
  }
  const rows = new Map([...newest].map(([table, byKey]) => [table, [...byKey.values()]]))
  return { rows, refused, upTo: upTo.filter(({ partition, offset }) => offset > (offsetOf.get(partition) ?? -1)) }
}

/** The rows of `store_refused`. */
export function refusedRows(refused: Refused[]): Row[] {
  return refused.map(({ record: { topic, partition, offset, value }, reason }) => {
    return { topic, partition, record_offset: offset, reason, value }
  })
}

function keepNewest(byKey: Map<string, Row>, { table, row }: { table: Table; row: Row }): void {
  let key = ''
  for (const column of table.key) key += `${row[column]}\0`
  const before = byKey.get(key)
  if (before === undefined || Number(row.revision) > Number(before.revision)) byKey.set(key, row)
}
