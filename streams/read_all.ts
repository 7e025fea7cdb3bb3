import type { Incoming, Position, Streams } from './port.ts'

/**
 * Every committed record of a topic up to the ends it has now, in offset order within a partition, in batches.
 * @param start as for `Streams.reader`.
 */
export async function* readAll(streams: Streams, topic: string, start: Position[] = []): AsyncGenerator<Incoming[]> {
  const left = new Map<number, number>()
  for (const end of await streams.ends(topic)) {
    const from = start.find(position => position.partition === end.partition)?.offset ?? 0
    if (end.offset > from) left.set(end.partition, end.offset)
  }
  if (left.size === 0) return
  const reader = await streams.reader(topic, start)
  try {
    while (left.size > 0) {
      const records = await reader.poll(5000, 1000)
      const wanted = records.filter(record => record.offset < (left.get(record.partition) ?? 0))
      if (wanted.length > 0) yield wanted
      for (const record of records)
        if (record.offset + 1 >= (left.get(record.partition) ?? Number.POSITIVE_INFINITY)) left.delete(record.partition)
    }
  } finally {
    await reader.close()
  }
}
