import { SpikeError } from '../errors.ts'
import type { Streams } from './port.ts'

/** By name of a topic: which one of that name it is. */
export type TopicIds = Record<string, string>

/** What is to be done where a topic cannot be gone on with. */
export const instead = 'name other topics and feed them from bronze'

/**
 * Ids of the topics that a job works with, short: they stand in each of its states. @throws SpikeError TOPIC_UNKNOWN.
 */
export async function topicIds(streams: Streams, topics: string[]): Promise<TopicIds> {
  const facts = await streams.topics(topics)
  return Object.fromEntries(facts.map(({ name, id }) => [name, id.slice(0, 8)]))
}

/**
 * A topic that was made anew, or another one in its place, lacks what the job has read or written: going on there would leave
 * a hole that nobody sees.
 * @param key of the state.
 * @param before as the state tells them; absent in one of a former version.
 * @throws SpikeError TOPIC_MISMATCH, one line a topic.
 */
export function refuseOtherTopics(key: string, before: TopicIds | undefined, now: TopicIds): void {
  if (before === undefined) return
  const faults = Object.entries(now).flatMap(([name, id]) => {
    if (before[name] === id) return []
    return before[name] === undefined
      ? [
          `topic ${name} would get later records only: '${key}' has worked with ${Object.keys(before).join(', ')}; go on with these, or ${instead}`,
        ]
      : [`topic ${name} was deleted and made anew since '${key}' has worked with it; ${instead}`]
  })
  if (faults.length > 0) throw new SpikeError('TOPIC_MISMATCH', faults)
}
