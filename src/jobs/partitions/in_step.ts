import type { Micros } from '../../core/events/event.ts'
import type { Incoming, Position, Reader, Streams } from '../../streams/port.ts'

export interface InStep {
  streams: Streams
  topics: string[]
  start: Position[]
  /** All when absent. */
  partitions?: number[]
}

interface Source {
  reader: Reader
  /** Latest event time that was given out. */
  time: Micros
  /** It was waited for, and nothing came. */
  idle: boolean
}

/** Event time of a record in microseconds, as all of our JSON tells it, windows by their end in seconds; no time at all where it does not. */
function timeOf({ value }: Incoming): Micros {
  const [, time, end] = /"time":(\d+)|"end":(\d+)/.exec(value.toString()) ?? []
  return time !== undefined ? Number(time) : end !== undefined ? 1e6 * Number(end) : Number.NEGATIVE_INFINITY
}

/**
 * Reads several topics as one. The topic that is behind in event time is read first and, while it has more, alone: where all
 * are read from far back, what belongs together comes together. Those that are ahead are read on when it has nothing more; one
 * that was waited for in vain is not waited for again before the others have nothing either.
 */
export async function openInStep({ streams, topics, start, partitions }: InStep): Promise<Reader> {
  await using opening = new AsyncDisposableStack()
  const sources: Source[] = []
  for (const topic of topics) {
    const own = start.filter(position => position.topic === topic)
    const reader = await streams.reader(topic, own, partitions)
    opening.defer(() => reader.close())
    sources.push({ reader, time: Number.NEGATIVE_INFINITY, idle: false })
  }
  const life = opening.move()
  if (sources.length === 1) return sources[0].reader
  return {
    async poll(max, waitMs) {
      const order = sources.toSorted((a, b) => a.time - b.time)
      const awaited = order.find(({ idle }) => !idle) ?? order[0]
      for (const source of order) {
        const records = await source.reader.poll(max, source === awaited ? waitMs : 0)
        if (records.length > 0 || source === awaited) source.idle = records.length === 0
        for (const record of records) source.time = Math.max(source.time, timeOf(record))
        if (records.length > 0) return records
      }
      return []
    },
    positions: () => sources.flatMap(({ reader }) => reader.positions()),
    close: () => life.disposeAsync(),
  }
}
