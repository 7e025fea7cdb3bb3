import { encodeEvent } from '../core/events/event_json.ts'
import { deadLetterTopic, encodeDeadLetter } from '../streams/dead_letter.ts'
import type { Outgoing } from '../streams/port.ts'
import type { DeadLetter } from './bronze/record.ts'
import type { Decoded } from './decode/decoder.ts'

/** Events for `topic`, keyed by product, and dead letters for its dead-letter topic. */
export function outgoingOf({ events, dead }: Decoded, topic: string): Outgoing[] {
  return [
    ...events.map(event => ({ topic, key: event.product, value: encodeEvent(event) })),
    ...dead.map(letter => ({ topic: deadLetterTopic(topic), key: letter.connection, value: encodeLetter(letter) })),
  ]
}

function encodeLetter({ reason, detail, feed, received_at, where, bytes }: DeadLetter): string {
  const offset = Number(where.slice(where.lastIndexOf(':') + 1))
  const value = Buffer.from(bytes)
  const time = received_at ?? undefined
  return encodeDeadLetter({ topic: feed || 'bronze', partition: 0, offset, time, key: where, detail, value }, reason)
}
