import { decodeRecord } from '../core/events/json_record.ts'
import { SpikeError } from '../errors.ts'
import type { Streams } from '../streams/port.ts'
import type { TopicIds } from '../streams/topic_ids.ts'
import type { TailPosition } from './bronze/follow_file.ts'
import type { DecoderSnapshot } from './decode/decoder.ts'

/** Where a publisher stands; written in the transaction of the events that led there. */
export interface PublisherState {
  format: 'spike60-publisher'
  version: 3
  /** How far the files are published that grew last, by name. */
  files: Record<string, TailPosition>
  /** Name of the file beside bronze that says it of all others. */
  settled?: string
  /** The same of folders that were published to these topics before: the latest of each. */
  elsewhere?: { files: Record<string, TailPosition>; settled: string[] }
  decoder?: DecoderSnapshot
  /** The raw topic; absent in states of a former version. */
  topics?: TopicIds
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
  const state = decodeRecord<PublisherState | FormerState>(text, ({ format }) => format === 'spike60-publisher')
  if (state !== null) {
    if (state.version === 3) return state
    if (state.version === 2 || (state.version === 1 && state.decoder?.redundancy === undefined))
      return { ...state, version: 3 }
  }
  throw new SpikeError(
    'LOG_CORRUPT',
    `topic ${topic}: the record of '${key}' is no state of this version; name other topics`,
  )
}

/** 2: named all files. 1: the connections of all feeds were merged together, the same but for `redundancy`. */
type FormerState = Omit<PublisherState, 'version' | 'settled'> & { version: 1 | 2 }
