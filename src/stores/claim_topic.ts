import { SpikeError } from '../errors.ts'
import type { TopicFacts } from '../streams/port.ts'
import type { Claim } from './port.ts'

/** Who writes a topic into a store, as its table `store_writers` has it. */
export interface WriterRow {
  topic_id: string
  holder: string
  epoch: number
}

/** The next epoch of a topic. @throws SpikeError WRITER_FENCED, TOPIC_MISMATCH. */
export function nextEpoch(found: WriterRow | undefined, topic: TopicFacts, { holder, held }: Claim): number {
  if (found === undefined) return 1
  if (held && found.holder !== holder) throw fenced(topic.name)
  if (found.topic_id !== topic.id)
    throw new SpikeError(
      'TOPIC_MISMATCH',
      `topic ${topic.name}: the store was filled from another topic of that name; name another store, or the topics it was filled from`,
    )
  return found.epoch + 1
}

/** @throws SpikeError WRITER_FENCED where the topic has another epoch by now. */
export function checkEpoch(found: WriterRow | undefined, topic: string, epoch: number): void {
  if (found?.epoch !== epoch) throw fenced(topic)
}

function fenced(topic: string): SpikeError {
  return new SpikeError(
    'WRITER_FENCED',
    `topic ${topic}: a newer process writes it into this store; this one has stopped`,
  )
}
