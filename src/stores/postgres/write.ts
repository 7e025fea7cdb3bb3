import pg, { type Client } from 'pg'
import type { Incoming, Position } from '../../streams/port.ts'
import { checkEpoch, type WriterRow } from '../claim_topic.ts'
import type { Store, Written } from '../port.ts'
import { type Row, refusedTable, type Table } from '../tables.ts'
import { refusedRows, takeBatch } from '../take_batch.ts'
import { mergeRows, nothingPrepared } from './load.ts'
import { prepareTables } from './schema.ts'

const { escapeLiteral } = pg

/** Where servers that speak as Postgres does differ. Each call is made inside a transaction. */
export interface Dialect {
  gather?: Store['gather']
  /** Makes the tables where there are none, or brings them forward. @param place for messages. */
  prepare(client: Client, place: string): Promise<void>
  /** Who writes the topic, which nobody else changes before the commit: a newer writer waits, or has been here before. */
  lockWriter(client: Client, topic: string): Promise<WriterRow | undefined>
  noteWriter(client: Client, topic: string, row: WriterRow): Promise<void>
  /** Begins a transaction with `lockWriter`. */
  begin(client: Client, topic: string): Promise<WriterRow | undefined>
  /** Ends it with the positions that have moved. */
  commit(client: Client, moved: Position[]): Promise<void>
  /** A higher revision replaces what stands. @returns how many rows are new or replaced one. */
  merge(client: Client, table: Table, rows: Row[]): Promise<number>
  /** Puts rows of `store_refused`, none of which is there. */
  refuse(client: Client, rows: Row[]): Promise<void>
}

const selectWriter = 'SELECT topic_id, holder, epoch FROM store_writers'

/** Postgres itself, for one connection. */
export function postgresDialect(): Dialect {
  const prepared = nothingPrepared()
  return {
    prepare: prepareTables,
    async lockWriter(client, topic) {
      return (await client.query<WriterRow>(`${selectWriter} WHERE topic = $1 FOR UPDATE`, [topic])).rows[0]
    },
    async noteWriter(client, topic, { topic_id, holder, epoch }) {
      await client.query(
        'INSERT INTO store_writers VALUES ($1, $2, $3, $4) ON CONFLICT (topic) DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch',
        [topic, topic_id, holder, epoch],
      )
    },
    // Statements that go together wait for the server once.
    async begin(client, topic) {
      const select = `${selectWriter} WHERE topic = ${escapeLiteral(topic)} FOR UPDATE`
      const [, { rows }] = [await client.query<WriterRow>(`BEGIN; ${select}`)].flat()
      return rows[0]
    },
    async commit(client, moved) {
      const notes = moved.map(({ topic, partition, offset }) => {
        const values = `(${escapeLiteral(topic)}, ${partition}, ${offset})`
        return `INSERT INTO store_positions VALUES ${values} ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset; `
      })
      await client.query(`${notes.join('')}COMMIT`)
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

/** Ends a transaction whose work fails; on a connection that has ended the server does it. */
export async function orRollBack<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

export async function positionsOf(client: Client, topic: string): Promise<Position[]> {
  const select = 'SELECT "partition", next_offset FROM store_positions WHERE topic = $1 ORDER BY "partition"'
  const { rows } = await client.query<{ partition: number; next_offset: string }>(select, [topic])
  return rows.map(({ partition, next_offset }) => ({ topic, partition, offset: Number(next_offset) }))
}

/** Who writes what, and where it stands: nobody else moves that while the epoch is its own. */
export interface Writing {
  topic: string
  epoch: number
  /** Read with the first batch. */
  positions?: Position[]
}

/** Writes what a batch holds beyond the position, rows and position in one transaction. @throws SpikeError WRITER_FENCED. */
export function writeBatch(
  client: Client,
  dialect: Dialect,
  writing: Writing,
  batch: Incoming[],
  upTo: Position[],
): Promise<Written> {
  const { topic, epoch } = writing
  return orRollBack(client, async () => {
    const locked = dialect.begin(client, topic)
    // It is told below, when the records that are read meanwhile are rows.
    locked.catch(() => {})
    const known = writing.positions
    let taken = known && takeBatch(batch, upTo, known)
    checkEpoch(await locked, topic, epoch)
    const positions = known ?? (await positionsOf(client, topic))
    taken ??= takeBatch(batch, upTo, positions)
    let changed = 0
    for (const [table, rows] of taken.rows) if (rows.length > 0) changed += await dialect.merge(client, table, rows)
    if (taken.refused.length > 0) await dialect.refuse(client, refusedRows(taken.refused))
    const moved = taken.upTo.map(({ partition, offset }) => ({ topic, partition, offset }))
    await dialect.commit(client, moved)
    const stays = positions.filter(({ partition }) => !moved.some(one => one.partition === partition))
    writing.positions = [...stays, ...moved]
    return { changed, refused: taken.refused.length }
  })
}
