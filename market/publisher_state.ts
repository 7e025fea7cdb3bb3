import { SpikeError } from '../errors.ts'
import type { Position, Streams } from '../streams/port.ts'
import { readAll } from '../streams/read_all.ts'
import type { DecoderSnapshot } from './decoder.ts'
import type { TailPosition } from './tail.ts'

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

const firstStep = 256

/**
 * The publisher's last state on the topic, looked for from its end backwards: the topic grows by a record a transaction.
 * @throws SpikeError LOG_CORRUPT when the record is not a state that this version reads.
 */
export async function readState(streams: Streams, topic: string, name: string): Promise<PublisherState> {
  const key = publisherKey(name)
  const ends = await streams.ends(topic)
  for (let step = firstStep; ; step *= 8) {
    const start: Position[] = ends.map(end => ({ ...end, offset: Math.max(0, end.offset - step) }))
    let last: string | null = null
    for await (const records of readAll(streams, topic, start)) {
      for (const record of records) if (record.key === key) last = record.value.toString()
    }
    if (last !== null) return parseState(last, topic, key)
    if (start.every(position => position.offset === 0)) return emptyState()
  }
}

function parseState(text: string, topic: string, key: string): PublisherState {
  const state = JSON.parse(text) as PublisherState
  if (state.format === 'spike60-publisher' && state.version === 1) return state
  throw new SpikeError(
    'LOG_CORRUPT',
    `topic ${topic}: the record of '${key}' is no state of this version; name other topics`,
  )
}
