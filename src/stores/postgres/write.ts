import type { Client } from 'pg'
import type { Incoming, Position } from '../../streams/port.ts'
import { checkEpoch, type WriterRow } from '../claim_topic.ts'
import type { Store, Written } from '../port.ts'
import { type Row, refusedTable, type Table } from '../tables.ts'
import { refusedRows, takeBatch } from '../take_batch.ts'
import { mergeRows, nothingPrepared } from './load.ts'
import { prepareTables } from './schema.ts'

/** Where servers that speak as Postgres does differ. Each call is made inside a transaction. */
export interface Dialect {
  gather?: Store['gather']
  /** Makes the tables where there are none, or brings them forward. @param place for messages. */
  prepare(client: Client, place: string): Promise<void>
  /** Who writes the topic, which nobody else changes before the commit: a newer writer waits, or has been here before. */
  lockWriter(client: Client, topic: string): Promise<WriterRow | undefined>
  noteWriter(client: Client, topic: string, row: WriterRow): Promise<void>
  notePosition(client: Client, position: Position): Promise<void>
  /** A higher revision replaces what stands. @returns how many rows are new or replaced one. */
  merge(client: Client, table: Table, rows: Row[]): Promise<number>
  /** Puts rows of `store_refused`, none of which is there. */
  refuse(client: Client, rows: Row[]): Promise<void>
}

/** Postgres itself, for one connection. */
export function postgresDialect(): Dialect {
  const prepared = nothingPrepared()
  return {
    prepare: prepareTables,
    async lockWriter(client, topic) {
      const select = 'SELECT topic_id, holder, epoch FROM store_writers WHERE topic = $1 FOR UPDATE'
      return (await client.query<WriterRow>(select, [topic])).rows[0]
    },
    async noteWriter(client, topic, { topic_id, holder, epoch }) {
      await client.query(
        'INSERT INTO store_writers VALUES ($1, $2, $3, $4) ON CONFLICT (topic) DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch',
        [topic, topic_id, holder, epoch],
      )
    },
    async notePosition(client, { topic, partition, offset }) {
      await client.query(
        'INSERT INTO store_positions VALUES ($1, $2, $3) ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset',
        [topic, partition, offset],
      )
    },
    merge: (client, table, rows) => mergeRows(client, prepared, table, rows),
    async refuse(client, rows) {
      const columns = Object.keys(refusedTable.columns)
      for (const row of rows)
        await client.query(
          'INSERT INTO store_refused VALUES ($1, $2, $3, $4, $5)',
          columns.map(column => row[column]),
        )
    },
  }
}

export async function inTransaction<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    // On a connection that has ended the server does it.
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

export async function positionsOf(client: Client, topic: string): Promise<Position[]> {
  const select = 'SELECT "partition", next_offset FROM store_positions WHERE topic = $1 ORDER BY "partition"'
  const { rows } = await client.query<{ partition: number; next_offset: string }>(select, [topic])
  return rows.map(({ partition, next_offset }) => ({ topic, partition, offset: Number(next_offset) }))
}

/** Writes what a batch holds beyond the position, rows and position in one transaction. @throws SpikeError WRITER_FENCED. */
export function writeBatch(
  client: Client,
  dialect: Dialect,
  { topic, epoch }: { topic: string; epoch: number },
  batch: Incoming[],
  upTo: Position[],
): Promise<Written> {
  return inTransaction(client, async () => {
    checkEpoch(await dialect.lockWriter(client, topic), topic, epoch)
    const taken = takeBatch(batch, upTo, await positionsOf(client, topic))
    let changed = 0
    for (const [table, rows] of taken.rows) if (rows.length > 0) changed += await dialect.merge(client, table, rows)
    if (taken.refused.length > 0) await dialect.refuse(client, refusedRows(taken.refused))
    for (const { partition, offset } of taken.upTo) await dialect.notePosition(client, { topic, partition, offset })
    return { changed, refused: taken.refused.length }
  })
}
