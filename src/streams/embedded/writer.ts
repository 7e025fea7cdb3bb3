import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { SpikeError } from '../../errors.ts'
import { inTransaction } from '../../files/sqlite_transaction.ts'
import { partitionOf } from '../partition.ts'
import type { Claim, Position, Transaction, Writer } from '../port.ts'
import { checksumOf } from './checksum.ts'
import { findTopic, type TopicRow, unknownTopic } from './topics.ts'
import { wakeUp } from './wakeup.ts'
import { whenFree } from './when_free.ts'

const noBytes = new Uint8Array()

interface End extends Position {
  id: number
}

/**
 * Takes the writer id: an older writer of the same id is refused from here on.
 * @throws SpikeError WRITER_FENCED when `claim` is no longer the newest.
 */
export async function openWriter(database: DatabaseSync, path: string, id: string, claim?: Claim): Promise<Writer> {
  const statements = prepare(database)
  const epoch = await whenFree(path, () =>
    inTransaction(database, () => {
      if (claim !== undefined && statements.epoch.get(id)?.epoch !== claim.epoch) throw fenced(id, path)
      return statements.take.get(id)!.epoch as number
    }),
  )
  let closed = false
  let last: Promise<unknown> = Promise.resolve()

  async function write(transaction: Transaction): Promise<Position[]> {
    const ends = await whenFree(path, () =>
      inTransaction(database, () => {
        if (statements.epoch.get(id)?.epoch !== epoch) throw fenced(id, path)
        storePositions(database, path, statements, transaction)
        return append(database, path, statements, transaction)
      }),
    )
    if (ends.length > 0) wakeUp(path)
    return ends
  }

  return {
    prepare() {},
    async commit(transaction) {
      if (closed) throw new Error(`writer ${id} is closed`)
      const written = last.then(() => write(transaction))
      last = written.catch(() => {})
      return written
    },
    claim: () => ({ epoch }),
    async close() {
      closed = true
      await last
    },
  }
}

function append(database: DatabaseSync, path: string, statements: Statements, transaction: Transaction): Position[] {
  const topics = new Map<string, { row: TopicRow; ends: End[] }>()
  const now = Date.now()
  for (const { topic, key, value } of transaction.records) {
    let known = topics.get(topic)
    if (known === undefined) {
      const row = findTopic(database, topic)
      if (row === undefined) throw unknownTopic(topic, path)
      known = { row, ends: [] }
      topics.set(topic, known)
    }
    const partition = partitionOf(key, known.row.partitions)
    known.ends[partition] ??= {
      id: known.row.id,
      topic,
      partition,
      offset: statements.end.get(known.row.id, partition)!.next as number,
    }
    const end = known.ends[partition]
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
    const crc = checksumOf(partition, end.offset, key, bytes)
    statements.record.run(end.id, partition, end.offset, now, crc, key, bytes)
    if (known.row.compacted === 1) statements.forget.run(end.id, partition, key, end.offset)
    end.offset++
  }
  const ends = [...topics.values()].flatMap(known => known.ends.filter(end => end !== undefined))
  for (const { id, partition, offset } of ends) statements.moveEnd.run(offset, id, partition)
  return ends.map(({ topic, partition, offset }) => ({ topic, partition, offset }))
}

function storePositions(database: DatabaseSync, path: string, statements: Statements, transaction: Transaction): void {
  const { group, positions = [] } = transaction
  if (positions.length > 0 && group === undefined) throw new Error('a transaction with positions needs a group')
  for (const { topic, partition, offset } of positions) {
    const row = findTopic(database, topic)
    if (row === undefined) throw unknownTopic(topic, path)
    statements.position.run(group!, row.id, partition, offset, checksumOf(partition, offset, group!, noBytes))
  }
}

type Statements = Record<'epoch' | 'take' | 'end' | 'moveEnd' | 'record' | 'forget' | 'position', StatementSync>

function prepare(database: DatabaseSync): Statements {
  return {
    epoch: database.prepare('SELECT epoch FROM writers WHERE id = ?'),
    take: database.prepare(
      'INSERT INTO writers (id, epoch) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1 RETURNING epoch',
    ),
    end: database.prepare('SELECT next FROM ends WHERE topic = ? AND partition = ?'),
    moveEnd: database.prepare('UPDATE ends SET next = ? WHERE topic = ? AND partition = ?'),
    record: database.prepare(
      'INSERT INTO records (topic, partition, offset, time, crc, key, value) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    forget: database.prepare('DELETE FROM records WHERE topic = ? AND partition = ? AND key = ? AND offset < ?'),
    position: database.prepare(
      'INSERT OR REPLACE INTO committed (name, topic, partition, offset, crc) VALUES (?, ?, ?, ?, ?)',
    ),
  }
}

function fenced(id: string, path: string): SpikeError {
  return new SpikeError(
    'WRITER_FENCED',
    `${path}: a newer writer took the id '${id}'; this one stops and the newer one goes on`,
  )
}
