import { SpikeError } from '../errors.ts'
import type { Streams } from '../streams/port.ts'
import type { TailPosition } from './bronze/follow_file.ts'
import type { DecoderSnapshot } from './decode/decoder.ts'

/** Where a publisher stands; written in the transaction of the events that led there. */
export interface PublisherState {
  format: 'spike60-publisher'
  version: 1
  /** By file name, or path where paths were given. */
  files: Record<string, TailPosition>
  decoder?: DecoderSnapshot
}

/** Key of a publisher's state record. */
export function publisherKey(name: string): string {
  return `publisher ${name}`
}

export function emptyState(): PublisherState {
  return { format: 'spike60-publisher', version: 1, files: {} }
}

/**
 * The publisher's last state on the topic.
 * @throws SpikeError LOG_CORRUPT when the record is not a state that this version reads.
 */
export async function readState(streams: Streams, topic: string, name: string): Promise<PublisherState> {
  const key = publisherKey(name)
  const last = (await streams.newest(topic, [key])).get(key)
  return last === undefined ? emptyState() : parseState(last.toString(), topic, key)
}

function parseState(text: string, topic: string, key: string): PublisherState {
  const state = JSON.parse(text) as PublisherState
  if (state.format === 'spike60-publisher' && state.version === 1) return state
  throw new SpikeError(
    'LOG_CORRUPT',
    `topic ${topic}: the record of '${key}' is no state of this version; name other topics`,
  )
}
