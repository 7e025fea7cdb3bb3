import type { WriterRow } from '../claim_topic.ts'
import type { Dialect } from '../postgres/write.ts'
import { refusedTable } from '../tables.ts'
import { type CopyFrom, insertRows, mergeRows } from './load.ts'
import { prepareTables } from './schema.ts'

/**
 * Redshift where it differs from Postgres: keys are not enforced and rows have no locks, so a table is locked as a whole, and what
 * stands is deleted before it is inserted. Commits are dear.
 */
export function redshiftDialect(from: CopyFrom | undefined): Dialect {
  const lockWriter: Dialect['lockWriter'] = async (client, topic) => {
    await client.query('LOCK store_writers')
    const select = 'SELECT topic_id, holder, epoch FROM store_writers WHERE topic = $1'
    return (await client.query<WriterRow>(select, [topic])).rows[0]
  }
  return {
    lockWriter,
    gather: { records: 50_000, seconds: 60 },
    prepare: prepareTables,
    async begin(client, topic) {
      await client.query('BEGIN')
      return lockWriter(client, topic)
    },
    async noteWriter(client, topic, { topic_id, holder, epoch }) {
      await client.query('DELETE FROM store_writers WHERE topic = $1', [topic])
      await client.query('INSERT INTO store_writers VALUES ($1, $2, $3, $4)', [topic, topic_id, holder, epoch])
    },
    async commit(client, moved) {
      for (const { topic, partition, offset } of moved) {
        await client.query('DELETE FROM store_positions WHERE topic = $1 AND "partition" = $2', [topic, partition])
        await client.query('INSERT INTO store_positions VALUES ($1, $2, $3)', [topic, partition, offset])
      }
      await client.query('COMMIT')
    },
    merge: (client, table, rows) => mergeRows(client, from, table, rows),
    refuse: (client, rows) => insertRows(client, refusedTable.name, refusedTable, rows),
  }
}
