import type { Micros } from '../core/events/event.ts'
import { decodeEvent } from '../core/events/event_json.ts'
import { refuseLostState } from '../streams/lost_state.ts'
import type { Incoming, Streams } from '../streams/port.ts'
import { type BronzeFiles, type PositionOf, sourcesBeyond } from './bronze/sources.ts'

/** A publisher that takes files of bronze for new ones. */
export interface Beginner {
  /** Named in the error. */
  name: string
  /** Topic of states. */
  state: string
  /** Topic of events. */
  raw: string
}

/**
 * Files without a position count as new; they are not where the topic holds an event that their connection brought after they
 * were begun.
 * @throws SpikeError STATE_LOST, one line: they would be published again.
 */
export async function refuseRepublishing(
  streams: Streams,
  bronze: BronzeFiles,
  positionOf: PositionOf,
  { name, state, raw }: Beginner,
): Promise<void> {
  const begun = await beginnings(bronze, positionOf)
  const isOwn = ({ value }: Incoming): boolean => {
    const event = decodeEvent(value.toString())
    const from = begun.get(typeof event === 'string' ? null : event.connection)
    return from !== undefined && (typeof event === 'string' || (event.received_at ?? from) >= from)
  }
  await refuseLostState(streams, { name, state, writes: begun.size > 0 ? [raw] : [], isOwn })
}

/** When the connections with which files without a position begin were first heard in them. */
async function beginnings(bronze: BronzeFiles, positionOf: PositionOf): Promise<Map<string | null, Micros>> {
  const begun = new Map<string | null, Micros>()
  for (const { open } of await sourcesBeyond(bronze, positionOf, name => positionOf(name) !== undefined))
    for await (const records of open()) {
      for (const { connection, received_at } of records)
        begun.set(
          connection,
          Math.min(begun.get(connection) ?? Number.POSITIVE_INFINITY, received_at ?? Number.NEGATIVE_INFINITY),
        )
      break
    }
  return begun
}
