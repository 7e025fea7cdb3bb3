import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { runFeaturizer } from '../../../src/jobs/featurize/run.ts'
import { redrive } from '../../../src/jobs/ingest/redrive.ts'
import { createDecoder } from '../../../src/market/decode/decoder.ts'
import { addOutgoing } from '../../../src/market/event_records.ts'
import { decodeDeadLetter } from '../../../src/streams/dead_letter.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Outgoing, Streams } from '../../../src/streams/port.ts'
import { readAll } from '../../../src/streams/read_all.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { lacksKafka } from '../../harness/kafka/install.ts'
import { sharedBroker } from '../../harness/kafka/shared.ts'
import { needs } from '../../harness/needs.ts'
import { withOwnTopics } from '../../harness/stream_engines.ts'

const config = withOwnTopics(readConfig())

describe('a record of 15 MB that is none', needs(lacksKafka()), () => {
  let streams: Streams
  let release: (() => Promise<void>) | null = null
  beforeAll(async () => {
    const broker = await sharedBroker()
    release = broker.release
    streams = await openStreams(`kafka://${broker.address}`)
  })
  afterAll(async () => {
    await streams?.close()
    await release?.()
  })

  test('goes to the dead letters by its beginning, and the stream goes on', async () => {
    const { raw } = config.topics
    await streams.createTopics([raw])
    const writer = await streams.writer('long-test')
    const quote = {
      type: 'quote',
      product: 'BTC-USD',
      ...{ feed: 'coinbase', connection: 'c', received_at: null, index: 0 },
      ...{ bid: '1', ask: '2', bid_size: '1', ask_size: '1', last: '1' },
    }
    for (const [sequence, value] of ['', '\u0000'.repeat(15_000_000), ''].entries())
      await writer.commit({
        records: [
          {
            topic: raw.name,
            key: 'BTC-USD',
            value: value || JSON.stringify({ ...quote, sequence, time: 1_767_571_200_000_000 + sequence * 5_000_000 }),
          },
        ],
      })
    await writer.close()
    const options = { streams, config, topicIn: raw.name, topicOut: config.topics.features.name }
    const result = await runFeaturizer({ ...options, finish: AbortSignal.abort() })
    expect(result).toMatchObject({ dead: 1, counts: { quotes: 2 } })
    const letters = []
    for await (const records of readAll(streams, `${raw.name}.dlq`)) letters.push(...records)
    expect(letters).toHaveLength(1)
    expect(decodeDeadLetter(letters[0].value)).toMatchObject({ topic: raw.name, offset: 2, bytes: 15_000_000 })
    const again = await redrive({
      streams,
      config,
      from: `${raw.name}.dlq`,
      to: raw.name,
      now: Date.now() * 1000,
    })
    expect(again).toEqual({ records: 1, redriven: 0, refused: { too_long: 1 } })
  })
})

const long = '1'.repeat(10_000_000)
const fields = { price: '1', best_bid: '1', best_ask: '2', best_bid_quantity: '1', best_ask_quantity: '1' }
const envelope = { channel: 'ticker', timestamp: '2026-01-05T00:00:00Z', sequence_num: 0 }
const ticker = (change: object): object => ({
  ...envelope,
  events: [{ type: 'update', tickers: [{ type: 'ticker', product_id: 'BTC-USD', ...fields, ...change }] }],
})
const trade = (change: object): object => {
  const whole = {
    product_id: 'BTC-USD',
    trade_id: '1',
    price: '1',
    size: '1',
    time: '2026-01-05T00:00:00Z',
    side: 'BUY',
  }
  return { ...envelope, channel: 'market_trades', events: [{ type: 'update', trades: [{ ...whole, ...change }] }] }
}

test.each<[string, object]>([
  ...Object.keys(fields).map((field): [string, object] => [field, ticker({ [field]: long })]),
  ...['trade_id', 'price', 'size', 'side', 'time', 'product_id'].map((field): [string, object] => [
    `${field} of a trade`,
    trade({ [field]: long }),
  ]),
  ['product_id', ticker({ product_id: long })],
  ['channel', { ...ticker({}), channel: long }],
  ['timestamp', { ...ticker({}), timestamp: long }],
])('a frame with 10 MB as its %s makes no record that a broker would refuse', (_, frame) => {
  const decoder = createDecoder(decoding('BTC-USD'))
  const decoded = decoder.decode({
    received_at: 1_767_571_200_000_000,
    feed: 'coinbase',
    connection: 'c',
    frame: frame as Record<string, unknown>,
    text: JSON.stringify(frame),
    file: 'f',
    line: 1,
  })
  const outgoing: Outgoing[] = []
  addOutgoing(outgoing, decoded, readConfig().topics)
  for (const { key, value } of outgoing) {
    expect(Buffer.byteLength(value)).toBeLessThan(700_000)
    expect(key.length).toBeLessThan(1000)
  }
})
