import { SpikeError } from '../errors.ts'
import type { Incoming, Streams, TopicSpec } from './port.ts'
import { readAll } from './read_all.ts'

/**
 * Creates the topics of a job that are missing. Of a topic that is compacted nothing is left but the newest record of each
 * key: somebody else's is not made so.
 * @throws SpikeError as `Streams.createTopics`; TOPIC_MISMATCH when the topic of states holds records, and of the oldest none
 * is a state of ours.
 */
export async function createTopics(streams: Streams, topics: TopicSpec[]): Promise<void> {
  for (const { name } of topics.filter(({ compacted }) => compacted)) {
    const oldest = await oldestRecords(streams, name)
    if (oldest.length > 0 && !oldest.some(isState))
      throw new SpikeError(
        'TOPIC_MISMATCH',
        `topic ${name} holds records of somebody else, all but the newest of which would be lost as the topic of states; name another in the config (topics.state)`,
      )
  }
  await streams.createTopics(topics)
}

async function oldestRecords(streams: Streams, topic: string): Promise<Incoming[]> {
  try {
    for await (const records of readAll(streams, topic)) return records
  } catch (error) {
    if (!(error instanceof SpikeError && error.code === 'TOPIC_UNKNOWN')) throw error
  }
  return []
}

/** All of our states begin so, whatever their version. */
function isState({ value }: Incoming): boolean {
  return value.toString('utf8', 0, 19) === '{"format":"spike60-'
}
