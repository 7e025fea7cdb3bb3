import type { DatabaseSync } from 'node:sqlite'
import type { Incoming, Position, Reader } from '../port.ts'
import { checkedValue, type RecordRow } from './checksum.ts'
import { corrupt } from './database.ts'
import type { TopicRow } from './topics.ts'
import { waitForWakeUp } from './wakeup.ts'
import { whenFree } from './when_free.ts'

/** So many bytes are given out at once, and the rest of one record. */
const mostBytes = 8 << 20
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
    const found: { position: Position; rows: RecordRow[] }[] = []
    let [left, room] = [max, mostBytes]
    for (let i = 0; i < from.length && left > 0 && room > 0; i++) {
      const position = from[(turn + i) % from.length]
      if ((end.get(id, position.partition)?.next as number) <= position.offset) continue
      const rows = firstOf(select.iterate(id, position.partition, position.offset, left), room)
      for (const row of rows) room -= bytesOf(row)
      if (rows.length === 0) throw missing(position)
      found.push({ position, rows })
      left -= rows.length
    }
    turn = (turn + 1) % from.length
    return found.flatMap(({ position, rows }) => rows.map(row => check(row, position)))
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
        const now = await whenFree(path, () => version.get()?.data_version)
        const records = await whenFree(path, () => read(max))
        if (records.length > 0) return records
        seen = now
        do {
          const left = until - performance.now()
          if (left <= 0 || closed) return []
          const woken = await waitForWakeUp(path, Math.min(left, pollEveryMs))
          if (woken) break
        } while (!closed && (await whenFree(path, () => version.get()?.data_version)) === seen)
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

/** So many bytes of rows, and the rest of one. */
function firstOf(rows: Iterable<unknown>, bytes: number): RecordRow[] {
  const first: RecordRow[] = []
  let left = bytes
  for (const row of rows as Iterable<RecordRow>) {
    first.push(row)
    left -= bytesOf(row)
    if (left <= 0) break
  }
  return first
}

/** In a log that was hurt a value may be anything. */
function bytesOf({ value }: Partial<RecordRow>): number {
  return value?.byteLength ?? 0
}
