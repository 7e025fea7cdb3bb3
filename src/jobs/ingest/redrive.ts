import type { Config } from '../../config.ts'
import type { Micros } from '../../core/events/event.ts'
import { decodeEvent, encodeEvent } from '../../core/events/event_json.ts'
import { SpikeError } from '../../errors.ts'
import { countName } from '../../market/decode/counters.ts'
import { createDecoder, type DecoderOptions } from '../../market/decode/decoder.ts'
import { decoderOptions } from '../../market/decode/decoder_options.ts'
import { feedByName } from '../../market/feeds/feeds.ts'
import { asFrame, parseJson } from '../../market/feeds/reading.ts'
import { readState } from '../../market/publisher_state.ts'
import { createTopics } from '../../streams/create_topics.ts'
import { decodeDeadLetter } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing, Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import { topicIds } from '../../streams/topic_ids.ts'
import { archiveName, readArchive } from '../retry/read_archive.ts'
import { type RedriveState, startOf } from './redrive_state.ts'

export interface RedriveOptions {
  streams: Streams
  config: Config
  /** Topic of dead letters or of late events. */
  from: string
  /** What `retryLetters` archived of that topic is read instead of it: a folder, or a store. */
  archive?: string
  /** Where their events go. */
  to: string
  /** Holds the place of a receipt that no letter tells: what lies too far ahead of it stays dead. */
  now: Micros
}

export interface Redriven {
  /** Letters and late events that were looked at. */
  records: number
  /** Records written to `to`. */
  redriven: number
  /** Letters that nothing came of, by reason; they stay on their topic. */
  refused: Record<string, number>
}

const recordsAtOnce = 1000

/**
 * Gives dead letters and late events another try: all that stand on a topic now and were not tried before, each once, since
 * the position goes into the transaction of what is written, as a state that no broker forgets. A record of a topic goes there with its bytes and key as they
 * were; a frame is decoded anew, its quotes and trades go out; a late event goes as it is.
 * @throws SpikeError TOPIC_UNKNOWN, WRITER_FENCED when another one runs at the same time.
 */
export async function redrive({ streams, config, from, archive, to, now }: RedriveOptions): Promise<Redriven> {
  const group = `redrive.${archive === undefined ? from : archiveName(archive)}.${to}`
  const state = config.topics.state.name
  const done: Redriven = { records: 0, redriven: 0, refused: {} }
  const id = (await topicIds(streams, [from]))[from]
  const writer = await streams.writer(group)
  try {
    const options = await decodingOf(streams, config)
    const next = new Map((await startOf(streams, state, group, from, id)).map(at => [at.partition, at]))
    const start = [...next.values()]
    const letters = archive === undefined ? readAll(streams, from, start) : readArchive(archive, from, start)
    for await (const batch of letters) {
      for (let at = 0; at < batch.length; at += recordsAtOnce) {
        const part = batch.slice(at, at + recordsAtOnce)
        const records: Outgoing[] = []
        for (const record of part) {
          const due = from === config.topics.late.name ? lateEvent(record) : tryAgain(record, options, now)
          if (typeof due === 'string') countName(done.refused, due)
          else for (const { key, value } of due) records.push({ topic: to, key, value })
        }
        done.redriven += records.length
        for (const { topic, partition, offset } of part) next.set(partition, { topic, partition, offset: offset + 1 })
        const positions = [...next.values()]
        const offsets = Object.fromEntries(positions.map(({ partition, offset }) => [partition, offset]))
        const value = JSON.stringify({ format: 'spike60-redrive', version: 1, id, offsets } satisfies RedriveState)
        await writer.commit({ records: [...records, { topic: state, key: group, value }], group, positions })
        done.records += part.length
      }
    }
    return done
  } finally {
    await writer.close()
  }
}

/** A product stays with the feed that brings it in the stream: nobody takes it over here. */
async function decodingOf(streams: Streams, config: Config): Promise<DecoderOptions> {
  await createTopics(streams, [config.topics.state])
  const holders = (await readState(streams, config.topics.state.name, 'bronze'))?.decoder?.holders
  return { ...decoderOptions(config), sessionReset: Number.POSITIVE_INFINITY, snapshot: { holders } }
}

type Due = Pick<Outgoing, 'key' | 'value'>[]

function lateEvent({ value }: Incoming): Due | string {
  const event = decodeEvent(value.toString())
  return typeof event === 'string' ? event : [{ key: event.product, value }]
}

/** What a letter gives now; the reason why it still gives nothing. */
function tryAgain(record: Incoming, options: DecoderOptions, now: Micros): Due | string {
  let letter: ReturnType<typeof decodeDeadLetter>
  try {
    letter = decodeDeadLetter(record.value)
  } catch (error) {
    if (!(error instanceof SpikeError)) throw error
    return 'no_letter'
  }
  if (letter.bytes !== undefined) return 'too_long'
  const feed = feedByName(letter.topic)
  if (feed === undefined) return [{ key: letter.key ?? '', value: letter.value }]
  const text = Buffer.from(letter.value).toString('utf8')
  const frame = asFrame(parseJson(text))
  if (frame === null) return parseJson(text) === undefined ? 'not_json' : 'not_object'
  if (!feed.recognises(frame)) return 'no_frame'
  const { events, dead } = createDecoder(options).decode({
    received_at: letter.time ?? now,
    feed: feed.name,
    connection: record.key,
    frame,
    text,
    file: letter.key ?? '',
    line: letter.offset,
  })
  if (events.length === 0) return dead[0]?.reason ?? 'no_event'
  return events.map(event => ({
    key: event.product,
    value: encodeEvent({ ...event, received_at: letter.time ?? null }),
  }))
}
