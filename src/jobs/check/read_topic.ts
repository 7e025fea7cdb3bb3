import type { Incoming, Streams } from '../../streams/port.ts'

/**
 * Gives every record that is on the topic now to `take`, then waits for more while `enough` says no, at most until
 * `seconds` have passed since the start.
 */
export async function readTopic(
  streams: Streams,
  topic: string,
  seconds: number,
  take: (record: Incoming) => void,
  enough: () => boolean,
): Promise<void> {
  const until = performance.now() + 1000 * seconds
  const ends = new Map((await streams.ends(topic)).map(({ partition, offset }) => [partition, offset]))
  const reader = await streams.reader(topic)
  try {
    while (reader.positions().some(({ partition, offset }) => offset < ends.get(partition)!))
      for (const record of await reader.poll(5000, 1000)) take(record)
    while (!enough() && performance.now() < until)
      for (const record of await reader.poll(5000, Math.min(1000, until - performance.now()))) take(record)
  } finally {
    await reader.close()
  }
}

/** Records of each partition that a group has not committed yet. */
export class LagCount {
  private readonly committed: Map<number, number>
  readonly partitions: Record<number, number> = {}

  private constructor(committed: Map<number, number>, partitions: number[]) {
    this.committed = committed
    for (const partition of partitions) this.partitions[partition] = 0
  }

  static async open(streams: Streams, topic: string, group: string): Promise<LagCount> {
    const committed = await streams.committed(group, topic)
    const ends = await streams.ends(topic)
    return new LagCount(
      new Map(committed.map(({ partition, offset }) => [partition, offset])),
      ends.map(({ partition }) => partition),
    )
  }

  add({ partition, offset }: Incoming): void {
    if (offset >= (this.committed.get(partition) ?? 0)) this.partitions[partition]++
  }

  get records(): number {
    return Object.values(this.partitions).reduce((sum, count) => sum + count, 0)
  }
}
