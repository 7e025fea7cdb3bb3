import type { Position, Streams } from '../port.ts'
import { readAll } from '../read_all.ts'

const firstStep = 256

/**
 * The newest committed record of each key on a topic, looked for from the ends backwards: state topics grow by a record a
 * transaction, and what is wanted stands near their end. A key that was never written is absent, and found to be so only
 * at the topic's beginning.
 */
export async function readLast(streams: Streams, topic: string, keys: string[]): Promise<Map<string, Buffer>> {
  const ends = await streams.ends(topic)
  for (let step = firstStep; ; step *= 8) {
    const start: Position[] = ends.map(end => ({ ...end, offset: Math.max(0, end.offset - step) }))
    const found = new Map<string, Buffer>()
    for await (const records of readAll(streams, topic, start)) {
      for (const { key, value } of records) if (keys.includes(key)) found.set(key, value)
    }
    if (found.size === keys.length || start.every(position => position.offset === 0)) return found
  }
}
