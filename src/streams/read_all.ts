import { setImmediate as otherWork } from 'node:timers/promises'
import type { Incoming, Position, Streams } from './port.ts'

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
  const ends = new Map((await streams.ends(topic)).map(end => [end.partition, end.offset]))
  const reader = await streams.reader(topic, start, partitions)
  try {
    while (reader.positions().some(({ partition, offset }) => offset < ends.get(partition)!)) {
      const records = await reader.poll(2000, 1000)
      const wanted = records.filter(record => record.offset < ends.get(record.partition)!)
      if (wanted.length > 0) yield wanted
      await otherWork()
    }
  } finally {
    await reader.close()
  }
}
