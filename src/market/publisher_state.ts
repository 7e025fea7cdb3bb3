import { SpikeError } from '../errors.ts'
import type { Streams } from '../streams/port.ts'
import type { TailPosition } from './bronze/follow_file.ts'
import type { DecoderSnapshot } from './decode/decoder.ts'

/** Where a publisher stands; written in the transaction of the events that led there. */
export interface PublisherState {
  format: 'spike60-publisher'
  version: 2
  /** By file name, or path where paths were given. */
  files: Record<string, TailPosition>
  decoder?: DecoderSnapshot
}

/** Key of a publisher's state record. */
export function publisherKey(name: string): string {
  return `publisher ${name}`
}

/**
 * The publisher's last state on the topic; null where it never committed any.
 * @throws SpikeError LOG_CORRUPT when the record is not a state that this version reads.
 */
export async function readState(streams: Streams, topic: string, name: string): Promise<PublisherState | null> {
  const key = publisherKey(name)
  const last = (await streams.newest(topic, [key])).get(key)
  return last === undefined ? null : parseState(last.toString(), topic, key)
}

function parseState(text: string, topic: string, key: string): PublisherState {
  const state = JSON.parse(text) as PublisherState | FormerState
  if (state.format === 'spike60-publisher') {
    if (state.version === 2) return state
    if (state.version === 1 && state.decoder?.redundancy === undefined) return { ...state, version: 2 }
  }
  throw new SpikeError(
    'LOG_CORRUPT',
    `topic ${topic}: the record of '${key}' is no state of this version; name other topics`,
  )
}

/** As it was while the connections of all feeds were merged together: the same but for `redundancy`. */
type FormerState = Omit<PublisherState, 'version'> & { version: 1 }
