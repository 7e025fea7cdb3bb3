import type { DatabaseSync } from 'node:sqlite'
import type { Incoming, Position } from '../../streams/port.ts'
import { checkEpoch, type WriterRow } from '../claim_topic.ts'
import type { Written } from '../port.ts'
import { onConflict, type Row, type Table } from '../tables.ts'
import { takeBatch } from '../take_batch.ts'
import type { Expire } from './expire.ts'

/** Writes what a batch holds beyond `positions`, inside a transaction. @throws SpikeError WRITER_FENCED. */
export function writeBatch(
  database: DatabaseSync,
  { topic, epoch }: { topic: string; epoch: number },
  batch: Incoming[],
  upTo: Position[],
  positions: Position[],
  expire: Expire,
): Written {
  const select = database.prepare('SELECT topic_id, holder, epoch FROM store_writers WHERE topic = ?')
  checkEpoch(select.get(topic) as WriterRow | undefined, topic, epoch)
  const taken = takeBatch(batch, upTo, positions)
  let changed = 0
  for (const [table, rows] of taken.rows) {
    changed += upsert(database, table, rows)
    expire(database, table, rows)
  }
  const refuse = database.prepare('INSERT INTO store_refused VALUES (?, ?, ?, ?, ?)')
  for (const { record, reason } of taken.refused)
    refuse.run(topic, record.partition, record.offset, reason, record.value)
  const move = database.prepare(
    'INSERT INTO store_positions VALUES (?, ?, ?) ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset',
  )
  for (const { partition, offset } of taken.upTo) move.run(topic, partition, offset)
  return { changed, refused: taken.refused.length }
}

function upsert(database: DatabaseSync, table: Table, rows: Row[]): number {
  const columns = Object.keys(table.columns)
  const places = columns.map(() => '?').join(', ')
  const insert = database.prepare(
    `INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${places}) ${onConflict(table)}`,
  )
  let changed = 0
  for (const row of rows) changed += Number(insert.run(...columns.map(column => cell(row[column]))).changes)
  return changed
}

function cell(value: Row[string]): string | number | Uint8Array | null {
  return typeof value === 'boolean' ? Number(value) : value
}
