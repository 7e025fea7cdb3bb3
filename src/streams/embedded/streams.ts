import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { Streams } from '../port.ts'
import { startPositions } from '../start_positions.ts'
import { corrupt, openDatabase } from './database.ts'
import { readNewest } from './newest.ts'
import { openReader } from './reader.ts'
import { createTopics, findTopic, readCommitted, readEnds, type TopicRow, unknownTopic } from './topics.ts'
import { wakeUp } from './wakeup.ts'
import { whenFree } from './when_free.ts'
import { openWriter } from './writer.ts'

/**
 * Topics in one SQLite file: rows and positions are one transaction, what was committed survives the death of the
 * process. Uncommitted records never exist, so every reader is a read_committed one.
 * @throws SpikeError LOG_CORRUPT with the path.
 */
export async function openEmbedded(path: string): Promise<Streams> {
  const database = await whenFree(path, () => openDatabase(path))
  const file = fileOf(path)
  return {
    async createTopics(topics) {
      await whenFree(path, () => createTopics(database, topics))
    },
    async topics(names) {
      refuseTakenAway(path, file)
      return whenFree(path, () =>
        names.map(name => {
          const { id, partitions } = requireTopic(database, path, name)
          return { name, partitions, id: `${id}` }
        }),
      )
    },
    async writer(id, claim) {
      return openWriter(database, path, id, claim)
    },
    async reader(topic, start, partitions) {
      return whenFree(path, () => {
        const row = requireTopic(database, path, topic)
        const ends = readEnds(database, path, topic, row)
        const begins = ends.map(end => ({ ...end, offset: 0 }))
        return openReader(database, path, topic, row, startPositions(begins, ends, start, partitions))
      })
    },
    async committed(group, topic, partitions) {
      const all = await whenFree(path, () =>
        readCommitted(database, path, group, topic, requireTopic(database, path, topic)),
      )
      return all.filter(({ partition }) => partitions?.includes(partition) ?? true)
    },
    async ends(topic) {
      return whenFree(path, () => readEnds(database, path, topic, requireTopic(database, path, topic)))
    },
    async newest(topic, keys) {
      return whenFree(path, () => readNewest(database, path, topic, requireTopic(database, path, topic), keys))
    },
    async close() {
      wakeUp(path)
      if (database.isOpen) database.close()
    },
  }
}

/** Which file it is that stands there. */
function fileOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? null : `${found.dev} ${found.ino}`
}

/** What is written to a file that is no longer there is lost with the process. */
function refuseTakenAway(path: string, opened: string | null): void {
  if (fileOf(path) !== opened) throw corrupt(path, 'was taken away or replaced while it was in use')
}

function requireTopic(database: DatabaseSync, path: string, name: string): TopicRow {
  const row = findTopic(database, name)
  if (row === undefined) throw unknownTopic(name, path)
  return row
}
