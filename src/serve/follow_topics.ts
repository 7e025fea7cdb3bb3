import { setTimeout as delay, setImmediate as otherWork } from 'node:timers/promises'
import { SpikeError } from '../errors.ts'
import type { Incoming, Position, Streams } from '../streams/port.ts'
import type { ServedTopic } from './topics_served.ts'

/** How the reading of one topic stands. */
export interface Followed {
  topic: ServedTopic
  /** False while there is no such topic. */
  there: boolean
  /** Records not read yet. */
  lag: number
  /** `performance.now()` of the last record; null before. */
  takenAt: number | null
  fault: string | null
}

export interface FollowTopicsOptions {
  streams: Streams
  topics: ServedTopic[]
  stop: AbortSignal
  /** A partition is read from there on. */
  onBegin(topic: ServedTopic, position: Position): void
  onRecord(topic: ServedTopic, record: Incoming): void
}

const [batchRecords, pollMs, absentMs] = [2000, 200, 500]

/** Begins to follow topics from their newest records on, each as soon as it is there, until told to stop. */
export function followTopics(options: FollowTopicsOptions): { followed: Followed[]; done: Promise<void> } {
  const followed = options.topics.map(
    (topic): Followed => ({ topic, there: false, lag: 0, takenAt: null, fault: null }),
  )
  const done = Promise.all(followed.map(one => followOne(one, options))).then(() => {})
  return { followed, done }
}

async function followOne(one: Followed, { streams, stop, onBegin, onRecord }: FollowTopicsOptions): Promise<void> {
  const { topic } = one
  let from: Position[] | null = null
  while (!stop.aborted) {
    try {
      if (from === null) {
        const ends = await streams.ends(topic.name)
        from = ends.map(end => ({ ...end, offset: Math.max(0, end.offset - topic.tail) }))
        for (const position of from) onBegin(topic, position)
      }
      const reader = await streams.reader(topic.name, from)
      try {
        one.there = true
        while (!stop.aborted) {
          const records = await reader.poll(batchRecords, pollMs)
          one.fault = null
          for (const record of records) onRecord(topic, record)
          from = reader.positions()
          if (records.length > 0) one.takenAt = performance.now()
          one.lag = records.length < batchRecords ? 0 : behind(from, await streams.ends(topic.name))
          await otherWork()
        }
      } finally {
        await reader.close()
      }
    } catch (error) {
      if (stop.aborted) return
      if (!(error instanceof SpikeError)) throw error
      one.there = error.code !== 'TOPIC_UNKNOWN'
      one.fault = error.message
      await delay(absentMs, undefined, { signal: stop }).catch(() => {})
    }
  }
}

function behind(positions: Position[], ends: Position[]): number {
  let sum = 0
  for (const { partition, offset } of positions)
    sum += Math.max(0, (ends.find(end => end.partition === partition)?.offset ?? offset) - offset)
  return sum
}
