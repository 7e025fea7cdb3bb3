import { setImmediate as otherWork } from 'node:timers/promises'
import type { Incoming, Position, Streams } from './port.ts'

/** Whether positions of a reader have come to the ends of the same partitions. */
export function hasReached(positions: Position[], ends: Position[]): boolean {
  return positions.every(at => {
    const end = ends.find(({ topic, partition }) => topic === at.topic && partition === at.partition)
    return at.offset >= (end?.offset ?? 0)
  })
}

/**
 * Every committed record of a topic up to the ends it has now, in offset order within a partition, in batches; other work has
 * its turn after each, also on a log that answers at once.
 * @param start and `partitions` as for `Streams.reader`.
 */
export async function* readAll(
  streams: Streams,
  topic: string,
  start: Position[] = [],
  partitions?: number[],
): AsyncGenerator<Incoming[]> {
  const ends = await streams.ends(topic)
  const endOf = new Map(ends.map(({ partition, offset }) => [partition, offset]))
  const reader = await streams.reader(topic, start, partitions)
  try {
    while (!hasReached(reader.positions(), ends)) {
      const records = await reader.poll(2000, 1000)
      const wanted = records.filter(record => record.offset < endOf.get(record.partition)!)
      if (wanted.length > 0) yield wanted
      await otherWork()
    }
  } finally {
    await reader.close()
  }
}
