import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { checkFilePlace, makeFolder } from '../../files/place.ts'
import { inTransaction } from '../../files/sqlite_transaction.ts'
import type { Position, TopicFacts } from '../../streams/port.ts'
import { nextEpoch, type WriterRow } from '../claim_topic.ts'
import type { Claim, Store } from '../port.ts'
import type { Expire } from './expire.ts'
import { guard } from './faults.ts'
import { prepareTables } from './schema.ts'
import { writeBatch } from './write.ts'

/** So long a write waits for another process's. */
const busyMs = 2000

/** The store in a file; see `openStore`. A commit is on the disk when it returns. @param expire nothing leaves when absent. */
export function openSqlite(path: string, topic: TopicFacts, claim: Claim, expire: Expire = () => {}): Store {
  checkFilePlace(path)
  makeFolder(dirname(path))
  return guard(path, () => {
    const database = new DatabaseSync(path, { timeout: busyMs })
    try {
      return storeOf(database, path, topic, claim, expire)
    } catch (error) {
      database.close()
      throw error
    }
  })
}

function storeOf(database: DatabaseSync, path: string, topic: TopicFacts, claim: Claim, expire: Expire): Store {
  const epoch = inTransaction(database, () => {
    prepareTables(database, path)
    return claimTopic(database, topic, claim)
  })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  return {
    position: async () => guard(path, () => positionsOf(database, topic.name)),
    write: async (batch, upTo) =>
      guard(path, () =>
        inTransaction(database, () =>
          writeBatch(database, { topic: topic.name, epoch }, batch, upTo, positionsOf(database, topic.name), expire),
        ),
      ),
    async close() {
      if (database.isOpen) database.close()
    },
  }
}

function claimTopic(database: DatabaseSync, topic: TopicFacts, claim: Claim): number {
  const select = database.prepare('SELECT topic_id, holder, epoch FROM store_writers WHERE topic = ?')
  const epoch = nextEpoch(select.get(topic.name) as WriterRow | undefined, topic, claim)
  database
    .prepare(
      'INSERT INTO store_writers VALUES (?, ?, ?, ?) ON CONFLICT (topic) DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch',
    )
    .run(topic.name, topic.id, claim.holder, epoch)
  return epoch
}

function positionsOf(database: DatabaseSync, topic: string): Position[] {
  const select = database.prepare(
    'SELECT topic, partition, next_offset AS offset FROM store_positions WHERE topic = ? ORDER BY partition',
  )
  return (select.all(topic) as unknown as Position[]).map(position => ({ ...position }))
}
