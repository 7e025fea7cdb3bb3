import { SpikeError } from '../../errors.ts'
import type { Streams, TopicFacts } from '../../streams/port.ts'
import { instead } from '../../streams/topic_ids.ts'

/** Topics are looked at so often. */
const lookMs = 2000

/**
 * Watches topics while a job works with them. An engine that does not answer is not waited for, and is no finding.
 * @returns to be called again and again. @throws SpikeError TOPIC_MISMATCH from the next call after a topic got more partitions,
 * whose records nobody reads, or was deleted and made anew; LOG_CORRUPT where the embedded log was taken away.
 */
export async function watchTopology(streams: Streams, topics: string[]): Promise<() => void> {
  const before = new Map((await streams.topics(topics)).map(facts => [facts.name, facts]))
  let fault: SpikeError | null = null
  let askedAt = performance.now()
  let asking = false
  const ask = async (): Promise<void> => {
    asking = true
    try {
      const faults = (await streams.topics(topics)).flatMap(now => changeOf(before.get(now.name)!, now))
      if (faults.length > 0) fault = new SpikeError('TOPIC_MISMATCH', faults)
    } catch (error) {
      if (error instanceof SpikeError && error.code === 'LOG_CORRUPT') fault = error
    } finally {
      asking = false
    }
  }
  return () => {
    if (fault !== null) throw fault
    if (asking || performance.now() - askedAt < lookMs) return
    askedAt = performance.now()
    ask()
  }
}

function changeOf({ name, partitions, id }: TopicFacts, now: TopicFacts): string[] {
  if (now.id !== id) return [`topic ${name} was deleted and made anew under this job; ${instead}`]
  if (now.partitions === partitions) return []
  return [
    `topic ${name} has ${now.partitions} partitions now, ${partitions} when this job began: records of a product may come to one that nobody reads; ${instead}`,
  ]
}
