import type { Micros } from '../../core/events/event.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import type { Position, Streams } from '../../streams/port.ts'

/** From the first to the newest event on a topic, by their own times; null while there is none. */
export interface Recorded {
  from: Micros
  to: Micros
}

const looked = 500

/** Looks at the first and at the last records of each partition only. */
export async function recorded(streams: Streams, topic: string): Promise<Recorded | null> {
  const ends = await streams.ends(topic)
  const first = await timesFrom(streams, topic, [])
  const last = await timesFrom(
    streams,
    topic,
    ends.map(end => ({ ...end, offset: Math.max(0, end.offset - looked) })),
  )
  const times = [...first, ...last]
  if (times.length === 0) return null
  return { from: times.reduce((a, b) => Math.min(a, b)), to: times.reduce((a, b) => Math.max(a, b)) }
}

async function timesFrom(streams: Streams, topic: string, start: Position[]): Promise<Micros[]> {
  const reader = await streams.reader(topic, start)
  try {
    const records = await reader.poll(4 * looked, 0)
    return records.flatMap(({ value }) => {
      const event = decodeEvent(value.toString())
      return typeof event === 'string' || event.type === 'news' ? [] : [event.time]
    })
  } finally {
    await reader.close()
  }
}
