import type { DatabaseSync } from 'node:sqlite'
import { SpikeError } from '../../errors.ts'
import { mismatch } from '../mismatch.ts'
import type { Position, TopicSpec } from '../port.ts'
import { inTransaction } from './database.ts'

/** A topic as the log knows it. */
export interface TopicRow {
  id: number
  partitions: number
}

/** Creates what is missing, all or none. @throws SpikeError TOPIC_MISMATCH, one line a topic. */
export function createTopics(database: DatabaseSync, topics: TopicSpec[]): void {
  inTransaction(database, () => {
    const faults = topics.flatMap(topic => {
      const row = findTopic(database, topic.name)
      if (row === undefined || row.partitions === topic.partitions) return []
      return [mismatch(topic, row.partitions)]
    })
    if (faults.length > 0) throw new SpikeError('TOPIC_MISMATCH', faults)
    const addTopic = database.prepare('INSERT OR IGNORE INTO topics (name, partitions) VALUES (?, ?)')
    const addEnd = database.prepare('INSERT OR IGNORE INTO ends (topic, partition, next) VALUES (?, ?, 0)')
    for (const { name, partitions } of topics) {
      addTopic.run(name, partitions)
      const { id } = findTopic(database, name)!
      for (let partition = 0; partition < partitions; partition++) addEnd.run(id, partition)
    }
  })
}

/** The error for a topic that is not there. */
export function unknownTopic(name: string, where: string): SpikeError {
  return new SpikeError('TOPIC_UNKNOWN', `${where}: there is no topic '${name}'; create it first or check its name`)
}

export function findTopic(database: DatabaseSync, name: string): TopicRow | undefined {
  return database.prepare('SELECT id, partitions FROM topics WHERE name = ?').get(name) as TopicRow | undefined
}

/** Ends of all partitions, in the order of partitions. */
export function readEnds(database: DatabaseSync, topic: string, id: number): Position[] {
  return database
    .prepare('SELECT partition, next FROM ends WHERE topic = ? ORDER BY partition')
    .all(id)
    .map(row => ({ topic, partition: row.partition as number, offset: row.next as number }))
}

/** Positions committed for a group, in the order of partitions. */
export function readCommitted(database: DatabaseSync, group: string, topic: string, id: number): Position[] {
  return database
    .prepare('SELECT partition, offset FROM committed WHERE name = ? AND topic = ? ORDER BY partition')
    .all(group, id)
    .map(row => ({ topic, partition: row.partition as number, offset: row.offset as number }))
}
