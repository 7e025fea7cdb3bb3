import type { DatabaseSync } from 'node:sqlite'
import type { Incoming, Position, Reader } from '../port.ts'
import { checkedValue, type RecordRow } from './checksum.ts'
import { corrupt, guard } from './database.ts'
import type { TopicRow } from './topics.ts'
import { waitForWakeUp } from './wakeup.ts'

/** How long a commit of another process may stay unseen. */
const pollEveryMs = 20

/** Reads on from `from` (one position a partition, moved as records are given out), each partition in turn first. */
export function openReader(
  database: DatabaseSync,
  path: string,
  topic: string,
  { id, compacted }: TopicRow,
  from: Position[],
): Reader {
  const select = database.prepare(
    'SELECT offset, crc, key, value FROM records WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?',
  )
  const end = database.prepare('SELECT next FROM ends WHERE topic = ? AND partition = ?')
  const version = database.prepare('PRAGMA data_version')
  let turn = 0
  let closed = false

  function read(max: number): Incoming[] {
    const records: Incoming[] = []
    for (let i = 0; i < from.length && records.length < max; i++) {
      const position = from[(turn + i) % from.length]
      if ((end.get(id, position.partition)?.next as number) <= position.offset) continue
      const rows = select.all(id, position.partition, position.offset, max - records.length)
      if (rows.length === 0) throw missing(position)
      for (const row of rows) records.push(check(row as unknown as RecordRow, position))
    }
    turn = (turn + 1) % from.length
    return records
  }

  function check(row: RecordRow, position: Position): Incoming {
    if (row.offset !== position.offset && compacted === 0) throw missing(position)
    const { partition } = position
    const { offset, key } = row
    position.offset = offset + 1
    return { topic, partition, offset, key, value: checkedValue(path, topic, partition, row) }
  }

  function missing({ partition, offset }: Position): Error {
    return corrupt(path, `topic ${topic}, partition ${partition} lacks offset ${offset}`)
  }

  return {
    async poll(max, waitMs) {
      const until = performance.now() + waitMs
      let seen: unknown
      while (!closed) {
        const now = guard(path, () => version.get()?.data_version)
        const records = guard(path, () => read(max))
        if (records.length > 0) return records
        seen = now
        do {
          const left = until - performance.now()
          if (left <= 0 || closed) return []
          const woken = await waitForWakeUp(path, Math.min(left, pollEveryMs))
          if (woken) break
        } while (!closed && guard(path, () => version.get()?.data_version) === seen)
      }
      return []
    },
    positions() {
      return from.map(position => ({ ...position }))
    },
    async close() {
      closed = true
    },
  }
}
