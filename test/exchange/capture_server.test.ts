import { afterEach, expect, test } from 'vitest'
import { type CaptureServer, startCaptureServer } from '../../src/exchange/capture_server.ts'
import { readRaw } from '../../src/market/bronze/raw.ts'
import type { RawRecord } from '../../src/market/bronze/record.ts'
import { coinbaseExchange } from '../../src/market/feeds/coinbase_exchange.ts'
import { captureFile, lacksCaptures } from '../fixtures/captures.ts'
import { channels, collect, products } from '../fixtures/simulated_market.ts'
import { needs } from '../harness/needs.ts'

const running: CaptureServer[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.close()
})

async function start(records: AsyncIterable<RawRecord>): Promise<CaptureServer> {
  const server = await startCaptureServer({ records })
  running.push(server)
  return server
}

const ticker = (sequence_num: number, second: number) =>
  `{"channel": "ticker", "timestamp": "2026-01-05T00:00:0${second}.5Z", "sequence_num": ${sequence_num}, "events": []}`

function record(connection: string, text: string, more: Partial<RawRecord> = {}): RawRecord {
  const base = { received_at: null, feed: 'coinbase', connection, file: 'a', line: 1, text }
  return more.dead ? { ...base, ...more } : { ...base, frame: JSON.parse(text), ...more }
}

async function* stream(...records: RawRecord[]): AsyncGenerator<RawRecord> {
  yield* records
}

const isAcknowledgement = (text: string) => text.includes('"subscriptions"')

test('frames come verbatim and in order, garbage too, a change of connection is a close', async () => {
  const first = [ticker(0, 1), 'garb{age', ticker(5, 2)]
  const server = await start(
    stream(
      { received_at: 1, feed: 'coinbase', connection: 'a', file: 'a', line: 1, control: 'open' },
      record('a', first[0]),
      record('a', first[1], { dead: 'not_json' }),
      record('a', first[2]),
      record('b', ticker(0, 3)),
    ),
  )
  expect(server).toMatchObject({ feed: 'coinbase', from: Date.parse('2026-01-05T00:00:01.5Z') * 1000 })
  const one = await collect(server.url)
  expect(one.texts.filter(text => !isAcknowledgement(text))).toEqual(first)
  expect(one.code).toBe(1001)
  const two = await collect(server.url)
  expect(two).toMatchObject({ code: 1000, reason: 'end of market' })
  expect(two.texts.filter(text => !isAcknowledgement(text))).toEqual([ticker(0, 3)])
  await server.done
  expect(server.stats).toEqual({ connections: 2, frames: 4 })
})

test('acknowledgements come first, hold the complete set and have no number', async () => {
  const { texts } = await collect((await start(stream(record('a', ticker(7, 1))))).url)
  const [, , last, frame] = texts
  expect(JSON.parse(last)).toEqual({
    channel: 'subscriptions',
    events: [{ subscriptions: { ticker: products, market_trades: products, heartbeats: ['heartbeats'] } }],
  })
  expect(frame).toBe(ticker(7, 1))
})

test('the older feed is served to its own subscribe message', async () => {
  const text =
    '{"type":"heartbeat","sequence":1,"last_trade_id":2,"product_id":"BTC-USD","time":"2026-01-05T00:00:01.000000Z"}'
  const server = await start(stream(record('a', text, { feed: 'coinbase-exchange' })))
  const { texts } = await collect(server.url, { requests: coinbaseExchange.subscribe(['BTC-USD'], channels) })
  expect(JSON.parse(texts[0])).toEqual({
    type: 'subscriptions',
    channels: ['ticker', 'matches', 'heartbeat'].map(name => ({ name, product_ids: ['BTC-USD'] })),
  })
  expect(texts[1]).toBe(text)
})

test('a frame whose time was rejected is served, and known as bogus', async () => {
  const bogus = ticker(1, 9)
  const server = await start(stream(record('a', bogus, { rejected: 'time_jump' }), record('a', ticker(2, 1))))
  expect(server.from).toBe(Date.parse('2026-01-05T00:00:01.5Z') * 1000)
  const { texts } = await collect(server.url)
  expect(texts).toContain(bogus)
  expect(server.isBogus(bogus)).toBe(true)
  expect(server.isBogus(ticker(2, 1))).toBe(false)
})

test('nothing to serve, and two feeds at once, are refused', async () => {
  await expect(startCaptureServer({ records: stream() })).rejects.toMatchObject({ code: 'BAD_FILE' })
  const heartbeat = '{"type":"heartbeat","sequence":1,"product_id":"BTC-USD","time":"2026-01-05T00:00:01Z"}'
  const server = await start(stream(record('a', ticker(0, 1)), record('b', heartbeat, { feed: 'coinbase-exchange' })))
  const failed = expect(server.done).rejects.toMatchObject({ code: 'BAD_FILE' })
  await collect(server.url)
  await failed
})

test('answers of a REST API are not served; what two connections brought at once is refused', async () => {
  const backfill = { product: 'BTC-USD', from: 0, to: 1 }
  const text = '{"trades":[]}'
  const answer = record('b', text, { backfill })
  const { texts } = await collect(
    (await start(stream(record('a', ticker(0, 1)), answer, record('a', ticker(1, 2))))).url,
  )
  expect(texts.slice(3)).toEqual([ticker(0, 1), ticker(1, 2)])
  const twice = startCaptureServer({ records: stream(record('a', ticker(0, 1), { role: 'primary' })) })
  await expect(twice).rejects.toThrow('recorded from two connections at once')
})

test('a real capture with a book of megabytes comes through verbatim', needs(lacksCaptures), async () => {
  const capture = captureFile('coinbase-all-channels-24s.jsonl.zst')
  const expected: string[] = []
  for await (const { text } of readRaw([capture])) if (text !== undefined) expected.push(text)
  const { texts } = await collect((await start(readRaw([capture]))).url)
  expect(texts.slice(3)).toEqual(expected)
  expect(Math.max(...expected.map(text => text.length))).toBeGreaterThan(1_000_000)
})
