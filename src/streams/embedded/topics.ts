import type { DatabaseSync } from 'node:sqlite'
import { SpikeError } from '../../errors.ts'
import { inTransaction } from '../../files/sqlite_transaction.ts'
import { describeMismatch } from '../partition_mismatch.ts'
import type { Position, TopicSpec } from '../port.ts'
import { refuseTwoRoles } from '../two_roles.ts'
import { checksumOf } from './checksum.ts'
import { corrupt } from './database.ts'

/** A topic as the log knows it. */
export interface TopicRow {
  id: number
  partitions: number
  /** 1 where only the newest record of a key is kept. */
  compacted: number
}

/** Creates what is missing, all or none. @throws SpikeError TOPIC_MISMATCH, one line a topic. */
export function createTopics(database: DatabaseSync, topics: TopicSpec[]): void {
  refuseTwoRoles(topics)
  inTransaction(database, () => {
    const faults = topics.flatMap(topic => {
      const row = findTopic(database, topic.name)
      if (row === undefined || row.partitions === topic.partitions) return []
      return [describeMismatch(topic, row.partitions)]
    })
    if (faults.length > 0) throw new SpikeError('TOPIC_MISMATCH', faults)
    const addTopic = database.prepare('INSERT OR IGNORE INTO topics (name, partitions) VALUES (?, ?)')
    const addEnd = database.prepare('INSERT OR IGNORE INTO ends (topic, partition, next) VALUES (?, ?, 0)')
    for (const { name, partitions, compacted } of topics) {
      addTopic.run(name, partitions)
      const row = findTopic(database, name)!
      for (let partition = 0; partition < partitions; partition++) addEnd.run(row.id, partition)
      if (compacted && row.compacted === 0) compact(database, row.id)
    }
  })
}

function compact(database: DatabaseSync, id: number): void {
  database.prepare('UPDATE topics SET compacted = 1 WHERE id = ?').run(id)
  const old = `DELETE FROM records WHERE topic = ?1 AND (partition, offset) NOT IN
    (SELECT partition, max(offset) FROM records WHERE topic = ?1 GROUP BY partition, key)`
  database.prepare(old).run(id)
}

/** The error for a topic that is not there. */
export function unknownTopic(name: string, where: string): SpikeError {
  return new SpikeError('TOPIC_UNKNOWN', `${where}: there is no topic '${name}'; create it first or check its name`)
}

export function findTopic(database: DatabaseSync, name: string): TopicRow | undefined {
  return database.prepare('SELECT id, partitions, compacted FROM topics WHERE name = ?').get(name) as
    | TopicRow
    | undefined
}

/** Ends of all partitions, in the order of partitions. @throws SpikeError LOG_CORRUPT when they do not fit the records. */
export function readEnds(
  database: DatabaseSync,
  path: string,
  topic: string,
  { id, partitions }: TopicRow,
): Position[] {
  const rows = database
    .prepare(
      `SELECT partition, next, (SELECT max(offset) FROM records WHERE records.topic = ends.topic
        AND records.partition = ends.partition) AS last FROM ends WHERE topic = ? ORDER BY partition`,
    )
    .all(id) as { partition: number; next: number; last: number | null }[]
  if (rows.length !== partitions || rows.some(({ partition }, index) => partition !== index))
    throw corrupt(path, `topic ${topic} lacks one of its ${partitions} partitions`)
  return rows.map(({ partition, next, last }) => {
    if (next !== (last ?? -1) + 1)
      throw corrupt(path, `topic ${topic}, partition ${partition} ends at ${next}, but its last record is ${last}`)
    return { topic, partition, offset: next }
  })
}

/** Positions committed for a group, in the order of partitions. @throws SpikeError LOG_CORRUPT when one was altered. */
export function readCommitted(
  database: DatabaseSync,
  path: string,
  group: string,
  topic: string,
  { id }: TopicRow,
): Position[] {
  const rows = database
    .prepare('SELECT partition, offset, crc FROM committed WHERE name = ? AND topic = ? ORDER BY partition')
    .all(group, id) as { partition: number; offset: number; crc: number }[]
  return rows.map(({ partition, offset, crc }) => {
    if (checksumOf(partition, offset, group, empty) !== crc)
      throw corrupt(
        path,
        `the position of ${group} on topic ${topic}, partition ${partition} does not match its checksum`,
      )
    return { topic, partition, offset }
  })
}

const empty = new Uint8Array()
