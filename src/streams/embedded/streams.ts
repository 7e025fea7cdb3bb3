import type { DatabaseSync } from 'node:sqlite'
import type { Streams } from '../port.ts'
import { startPositions } from '../start_positions.ts'
import { guard, openDatabase } from './database.ts'
import { readNewest } from './newest.ts'
import { openReader } from './reader.ts'
import { createTopics, findTopic, readCommitted, readEnds, type TopicRow, unknownTopic } from './topics.ts'
import { wakeUp } from './wakeup.ts'
import { openWriter } from './writer.ts'

/**
 * Topics in one SQLite file: rows and positions are one transaction, what was committed survives the death of the
 * process. Uncommitted records never exist, so every reader is a read_committed one.
 * @throws SpikeError LOG_CORRUPT with the path.
 */
export function openEmbedded(path: string): Streams {
  const database = openDatabase(path)
  return {
    async createTopics(topics) {
      guard(path, () => createTopics(database, topics))
    },
    async writer(id, claim) {
      return openWriter(database, path, id, claim)
    },
    async reader(topic, start, partitions) {
      return guard(path, () => {
        const row = requireTopic(database, path, topic)
        const ends = readEnds(database, path, topic, row)
        const begins = ends.map(end => ({ ...end, offset: 0 }))
        return openReader(database, path, topic, row, startPositions(begins, ends, start, partitions))
      })
    },
    async committed(group, topic, partitions) {
      const all = guard(path, () => readCommitted(database, path, group, topic, requireTopic(database, path, topic)))
      return all.filter(({ partition }) => partitions?.includes(partition) ?? true)
    },
    async ends(topic) {
      return guard(path, () => readEnds(database, path, topic, requireTopic(database, path, topic)))
    },
    async newest(topic, keys) {
      return guard(path, () => readNewest(database, path, topic, requireTopic(database, path, topic), keys))
    },
    async close() {
      wakeUp(path)
      if (database.isOpen) database.close()
    },
  }
}

function requireTopic(database: DatabaseSync, path: string, name: string): TopicRow {
  const row = findTopic(database, name)
  if (row === undefined) throw unknownTopic(name, path)
  return row
}
