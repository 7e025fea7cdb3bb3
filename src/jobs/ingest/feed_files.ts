import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config.ts'
import { decodeRecord } from '../../core/events/json_record.ts'
import { SpikeError } from '../../errors.ts'
import { readRawBatches } from '../../market/bronze/raw.ts'
import { newRawCounts, type RawCounts } from '../../market/bronze/raw_records.ts'
import { createDecoder } from '../../market/decode/decoder.ts'
import { decoderOptions } from '../../market/decode/decoder_options.ts'
import type { Holders } from '../../market/decode/product_owners.ts'
import { addOutgoing, writtenTopics } from '../../market/event_records.ts'
import { addPublished, countDecoded, emptyPublished, type Published } from '../../market/published_counts.ts'
import { touchHealth } from '../../operations/health.ts'
import { createTopics } from '../../streams/create_topics.ts'
import type { Outgoing, Streams, Writer } from '../../streams/port.ts'
import { refuseOtherTopics, type TopicIds, topicIds } from '../../streams/topic_ids.ts'
import { beginFeed } from './begin_feed.ts'

export interface FeedOptions {
  streams: Streams
  config: Config
  /** Saved files as `readRaw` takes them. */
  raw: string[]
  /** Events a second; as fast as it goes when absent. */
  rate?: number
  stop?: AbortSignal
  onProgress?: (published: Published) => void
}

/** What was published, and what was left out of a file or taken to be so. */
export interface Fed extends Published {
  notes: string[]
}

interface FeederState {
  format: 'spike60-feeder'
  version: 1
  /** Raw records whose events are on the topic. */
  records: number
  /** The raw topic; absent in states of a former version. */
  topics?: TopicIds
  /** Who brought the products of the topic before; nobody when absent. */
  holders?: Holders
}

const recordsAtOnce = 4000

/**
 * Puts the events of saved files on `ticks.raw`, each once, in transactions that carry the position: stopped or killed
 * and started again with the same files it goes on where it was.
 * @returns what this call published.
 * @throws SpikeError as `beginFeed` does; BAD_FILE, OVERLAPPING_FILES.
 */
export async function feedFiles({ streams, config, raw, rate, stop, onProgress }: FeedOptions): Promise<Fed> {
  const lines = newRawCounts()
  const { raw: topic, state: stateTopic } = config.topics
  await createTopics(streams, [...writtenTopics(config), stateTopic])
  const key = `feeder ${createHash('sha256').update(JSON.stringify(raw)).digest('hex').slice(0, 16)}`
  const writer = await streams.writer(key)
  try {
    const topics = await topicIds(streams, [topic.name])
    const found = await readState(streams, stateTopic.name, key)
    refuseOtherTopics(key, found?.topics, topics)
    const state: FeederState = found ?? {
      ...{ format: 'spike60-feeder', version: 1, records: 0 },
      holders: await beginFeed(streams, config, raw),
    }
    state.topics = topics
    const batches = batchesOf(config, raw, lines, state, rate ? Math.max(1, Math.ceil(rate / 20)) : recordsAtOnce)
    const options = { topic: stateTopic.name, key, state, config, rate, stop, onProgress }
    return { ...(await publish(writer, batches, options)), notes: lines.notes }
  } finally {
    await writer.close()
  }
}

interface Batch {
  outgoing: Outgoing[]
  published: Published
}

/** Decodes from the beginning, for the decoder's memory, and gives out what comes after the records that are done. */
async function* batchesOf(
  config: Config,
  raw: string[],
  lines: RawCounts,
  { records: done, holders }: FeederState,
  size: number,
): AsyncGenerator<Batch> {
  const decoder = createDecoder({ ...decoderOptions(config), snapshot: { holders } })
  let batch: Batch = { outgoing: [], published: emptyPublished() }
  let records = 0
  for await (const group of readRawBatches(raw, lines)) {
    for (const record of group) {
      const decoded = decoder.decode(record)
      if (++records <= done) continue
      addOutgoing(batch.outgoing, decoded, config.topics)
      countDecoded(batch.published, record, decoded)
      if (batch.outgoing.length < size) continue
      yield batch
      batch = { outgoing: [], published: emptyPublished() }
    }
  }
  if (batch.published.records > 0) yield batch
}

interface PublishOptions extends Pick<FeedOptions, 'config' | 'rate' | 'stop' | 'onProgress'> {
  topic: string
  key: string
  state: FeederState
}

async function publish(writer: Writer, batches: AsyncIterable<Batch>, options: PublishOptions): Promise<Published> {
  const { topic, key, state, rate, stop, onProgress } = options
  const total = emptyPublished()
  const began = performance.now()
  let events = 0
  for await (const { outgoing, published } of batches) {
    if (stop?.aborted) break
    touchHealth()
    state.records += published.records
    await writer.commit({ records: [...outgoing, { topic, key, value: JSON.stringify(state) }] })
    addPublished(total, published)
    onProgress?.(total)
    events += outgoing.length
    const ahead = rate ? (1000 * events) / rate - (performance.now() - began) : 0
    if (ahead > 0) await sleep(ahead, undefined, { signal: stop }).catch(() => {})
  }
  return total
}

async function readState(streams: Streams, topic: string, key: string): Promise<FeederState | null> {
  const last = (await streams.newest(topic, [key])).get(key)
  if (last === undefined) return null
  const state = decodeRecord<FeederState>(
    last.toString(),
    ({ format, version, records }) => format === 'spike60-feeder' && version === 1 && Number.isSafeInteger(records),
  )
  if (state !== null) return state
  throw new SpikeError(
    'LOG_CORRUPT',
    `topic ${topic}: the record of '${key}' is no state of this version; name other topics`,
  )
}
