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
}

/** Event time of a record in microseconds, as all of our JSON tells it; no time at all where it does not. */
function timeOf({ value }: Incoming): Micros {
  return Number(/"time":(\d+)/.exec(value.toString())?.[1] ?? Number.NEGATIVE_INFINITY)
}

/**
 * Reads several topics as one. The topic that is behind in event time is read first and, while it has more, alone: where all
 * are read from far back, what belongs together comes together. Those that are ahead are read on when it has nothing more.
 */
export async function openInStep({ streams, topics, start, partitions }: InStep): Promise<Reader> {
  await using opening = new AsyncDisposableStack()
  const sources: Source[] = []
  for (const topic of topics) {
    const own = start.filter(position => position.topic === topic)
    const reader = await streams.reader(topic, own, partitions)
    opening.defer(() => reader.close())
    sources.push({ reader, time: Number.NEGATIVE_INFINITY })
  }
  const life = opening.move()
  if (sources.length === 1) return sources[0].reader
  return {
    async poll(max, waitMs) {
      const order = sources.toSorted((a, b) => a.time - b.time)
      for (const [place, source] of order.entries()) {
        const records = await source.reader.poll(max, place === 0 ? waitMs : 0)
        for (const record of records) source.time = Math.max(source.time, timeOf(record))
        if (records.length > 0) return records
      }
      return []
    },
    positions: () => sources.flatMap(({ reader }) => reader.positions()),
    close: () => life.disposeAsync(),
  }
}
