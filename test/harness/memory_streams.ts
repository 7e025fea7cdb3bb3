import { SpikeError } from '../../src/errors.ts'
import type { Incoming, Position, Streams, Transaction } from '../../src/streams/port.ts'

export interface MemoryStreams extends Streams {
  /** All records of a topic, by partition, then offset. */
  records(topic: string): Incoming[]
  /** The next commits fail so many times, before or after they took effect. */
  failNext(times: number, after?: boolean): void
}

/** Topics in memory, one partition each: enough to test what stands on the port, not the port. */
export function createMemoryStreams(): MemoryStreams {
  const topics = new Map<string, Incoming[]>()
  const writers = new Map<string, number>()
  let failures = 0
  let failAfter = false

  function listOf(topic: string): Incoming[] {
    const list = topics.get(topic)
    if (list === undefined) throw new SpikeError('TOPIC_UNKNOWN', `no topic ${topic}`)
    return list
  }

  function append({ records }: Transaction): Position[] {
    for (const { topic, key, value } of records) {
      const list = listOf(topic)
      list.push({ topic, partition: 0, offset: list.length, key, value: Buffer.from(value) })
    }
    const written = [...new Set(records.map(({ topic }) => topic))]
    return written.map(topic => ({ topic, partition: 0, offset: listOf(topic).length }))
  }

  return {
    records: listOf,
    failNext(times, after = false) {
      failures = times
      failAfter = after
    },
    async createTopics(specs) {
      for (const { name } of specs) if (!topics.has(name)) topics.set(name, [])
    },
    async topics(names) {
      return names.map(name => ({ name, partitions: 1, id: 'memory' }))
    },
    async writer(id) {
      const epoch = (writers.get(id) ?? 0) + 1
      writers.set(id, epoch)
      return {
        prepare() {},
        async commit(transaction) {
          if (writers.get(id) !== epoch) throw new Error('fenced')
          const fails = failures > 0
          if (fails) failures--
          if (fails && !failAfter) throw new Error('lost before')
          const ends = append(transaction)
          if (fails) throw new Error('lost after')
          return ends
        },
        claim: () => ({ epoch }),
        async close() {},
      }
    },
    async reader(topic, start = []) {
      let next = start[0]?.offset ?? 0
      return {
        async poll(max) {
          const records = listOf(topic).slice(next, next + max)
          next += records.length
          return records
        },
        positions: () => [{ topic, partition: 0, offset: next }],
        async close() {},
      }
    },
    async committed() {
      return []
    },
    async ends(topic) {
      return [{ topic, partition: 0, offset: listOf(topic).length }]
    },
    async newest(topic, keys) {
      const wanted = listOf(topic).filter(({ key }) => keys.includes(key))
      return new Map(wanted.map(({ key, value }) => [key, value]))
    },
    async close() {},
  }
}
