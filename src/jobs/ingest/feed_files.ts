import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { readRawBatches } from '../../market/bronze/raw.ts'
import { createDecoder } from '../../market/decode/decoder.ts'
import { decoderOptions } from '../../market/decode/decoder_options.ts'
import { outgoingOf } from '../../market/event_records.ts'
import { addPublished, countDecoded, emptyPublished, type Published } from '../../market/published_counts.ts'
import { touchHealth } from '../../operations/health.ts'
import { deadLetterTopic } from '../../streams/dead_letter.ts'
import type { Outgoing, Streams, Writer } from '../../streams/port.ts'

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

interface FeederState {
  format: 'spike60-feeder'
  version: 1
  /** Raw records whose events are on the topic. */
  records: number
}

const recordsAtOnce = 4000

/**
 * Puts the events of saved files on `ticks.raw`, each once, in transactions that carry the position: stopped or killed
 * and started again with the same files it goes on where it was.
 * @returns what this call published.
 */
export async function feedFiles({ streams, config, raw, rate, stop, onProgress }: FeedOptions): Promise<Published> {
  const { raw: topic, state: stateTopic } = config.topics
  await streams.createTopics([topic, { ...topic, name: deadLetterTopic(topic.name) }, stateTopic])
  const key = `feeder ${createHash('sha256').update(JSON.stringify(raw)).digest('hex').slice(0, 16)}`
  const writer = await streams.writer(key)
  try {
    const state = await readState(streams, stateTopic.name, key)
    const batches = batchesOf(config, raw, state.records, rate ? Math.max(1, Math.ceil(rate / 20)) : recordsAtOnce)
    return await publish(writer, batches, { topic: stateTopic.name, key, state, config, rate, stop, onProgress })
  } finally {
    await writer.close()
  }
}

interface Batch {
  outgoing: Outgoing[]
  published: Published
}

/** Decodes from the beginning, for the decoder's memory, and gives out what comes after the first `done` records. */
async function* batchesOf(config: Config, raw: string[], done: number, size: number): AsyncGenerator<Batch> {
  const decoder = createDecoder(decoderOptions(config))
  let batch: Batch = { outgoing: [], published: emptyPublished() }
  let records = 0
  for await (const group of readRawBatches(raw, { lines: 0, torn: 0 })) {
    for (const record of group) {
      const decoded = decoder.decode(record)
      if (++records <= done) continue
      batch.outgoing.push(...outgoingOf(decoded, config.topics.raw.name))
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

async function readState(streams: Streams, topic: string, key: string): Promise<FeederState> {
  const last = (await streams.newest(topic, [key])).get(key)
  if (last === undefined) return { format: 'spike60-feeder', version: 1, records: 0 }
  const state = JSON.parse(last.toString()) as FeederState
  if (state.format === 'spike60-feeder' && state.version === 1) return state
  throw new SpikeError(
    'LOG_CORRUPT',
    `topic ${topic}: the record of '${key}' is no state of this version; name other topics`,
  )
}
