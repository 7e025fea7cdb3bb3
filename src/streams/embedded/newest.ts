import type { DatabaseSync } from 'node:sqlite'
import { partitionOf } from '../partition.ts'
import { checkedValue, type RecordRow } from './checksum.ts'
import type { TopicRow } from './topics.ts'

/** The newest record of each key, looked for from the end of its partition backwards; a key that was never written is absent. */
export function readNewest(
  database: DatabaseSync,
  path: string,
  topic: string,
  { id, partitions }: TopicRow,
  keys: string[],
): Map<string, Buffer> {
  const select = database.prepare(
    'SELECT offset, crc, key, value FROM records WHERE topic = ? AND partition = ? AND key = ? ORDER BY offset DESC LIMIT 1',
  )
  const found = new Map<string, Buffer>()
  for (const key of keys) {
    const partition = partitionOf(key, partitions)
    const row = select.get(id, partition, key) as RecordRow | undefined
    if (row !== undefined) found.set(key, checkedValue(path, topic, partition, row))
  }
  return found
}
