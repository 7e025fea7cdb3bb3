import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { frameLine } from '../../../src/market/bronze/line.ts'
import type { RawRecord } from '../../../src/market/bronze/record.ts'
import { createDecoder, type Decoded, type DecoderOptions } from '../../../src/market/decode/decoder.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { coinbase } from '../../../src/market/feeds/coinbase.ts'
import type { Feed } from '../../../src/market/feeds/feed.ts'
import { createPublisher } from '../../../src/market/publisher.ts'
import { decodeDeadLetter } from '../../../src/streams/dead_letter.ts'
import { rowsOf } from '../../fixtures/events.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { exchangeTicker, heartbeat, micros, ticker, trade, trades } from '../../fixtures/wire.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const config = readConfig()
const { raw } = config.topics
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'owners-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** A quote of BTC-USD as a feed sends it, each feed at a price of its own: 100, 111 and 122. */
function quoteOf(feed: string, at: number): string {
  if (feed === 'coinbase-exchange') return exchangeTicker(10 * at, at, { best_bid: '110', best_ask: '112' })
  return ticker(
    10 * at,
    at,
    'BTC-USD',
    feed === 'coinbase' ? { best_bid: '99', best_ask: '101' } : { best_bid: '121', best_ask: '123' },
  )
}

const midOf: Record<string, number> = { coinbase: 100, 'coinbase-exchange': 111, simulated: 122 }

const line = (feed: string, at: number, text = quoteOf(feed, at)) => frameLine(feed, `${feed}-1`, micros(at), text)
const append = (feed: string, ...lines: string[]) =>
  appendFileSync(join(directory, `${feed}.ndjson`), lines.map(text => `${text}\n`).join(''))

async function replayed(...feeds: string[]): Promise<Pick<Decoded, 'events' | 'dead'>> {
  const all: Pick<Decoded, 'events' | 'dead'> = { events: [], dead: [] }
  for await (const { events, dead } of readEvents(
    feeds.map(feed => join(directory, `${feed}.ndjson`)),
    config,
  )) {
    all.events.push(...events)
    all.dead.push(...dead)
  }
  return all
}

describe('two feeds that bring one product', () => {
  test.each([
    ['coinbase', 'coinbase-exchange'],
    ['coinbase-exchange', 'coinbase'],
    ['coinbase', 'simulated'],
    ['simulated', 'coinbase'],
  ])(
    'never give mixed rows, %s before %s: on replay, live, and with the publisher begun anew in between',
    async (first, second) => {
      const streams = createMemoryStreams()
      const seconds = 90
      let publisher = createPublisher({ streams, config, bronze: { directory } })
      for (let at = 0; at < seconds; at++) {
        append(first, line(first, at + 0.1))
        append(second, line(second, at + 0.4))
        if (at % 7 === 3) await publisher.publishAvailable()
        if (at % 20 === 10) {
          await publisher.close()
          publisher = createPublisher({ streams, config, bronze: { directory } })
        }
      }
      await publisher.publishAvailable()
      const { events, dead } = await replayed(first, second)
      const { columns, rows } = rowsOf(events)
      expect(rows).toBeGreaterThan(seconds - 10)
      expect(new Set(columns.mid)).toEqual(new Set([midOf[first]]))
      expect(new Set(events.map(({ feed }) => feed))).toEqual(new Set([first]))
      const detail = `BTC-USD is brought by ${first}, not by ${second}`
      expect(dead).toHaveLength(seconds)
      expect(dead[3]).toMatchObject({ reason: 'product_of_another_feed', detail, feed: second })

      expect(streams.records(raw.name).map(({ value }) => JSON.parse(value.toString()))).toEqual(events)
      const letters = streams.records(`${raw.name}.dlq`).map(({ value }) => decodeDeadLetter(value))
      expect(letters.map(({ reason }) => reason)).toEqual(dead.map(({ reason }) => reason))
      expect(letters[3]).toMatchObject({ detail, topic: second })
      expect(Buffer.from(letters[3].value).toString()).toBe(quoteOf(second, 3.4))
    },
  )

  test('are told by the replay: how many, and where nothing else is left whose product it is', async () => {
    for (let at = 0; at < 60; at++) append('coinbase', line('coinbase', at))
    append('simulated', line('simulated', 0.5), line('simulated', 1.5))
    const files = ['coinbase', 'simulated'].map(feed => join(directory, `${feed}.ndjson`))
    const { decoded, deadLetters } = await replay({ raw: files, out: null, config })
    expect(decoded.dead).toEqual({ product_of_another_feed: 2 })
    expect(deadLetters).toBe(2)
    const none = { ...config, feeds: [{ ...config.feeds[0], products: [{ as: 'BTC', symbol: 'BTC-EUR' }] }] }
    await expect(replay({ raw: files, out: null, config: none })).rejects.toThrow(
      /it holds BTC-USD: add them to the products/,
    )
  })

  test('take turns only where the product starts anew anyway: after so long without a quote or trade', async () => {
    const at = (feed: string, ...seconds: number[]) => append(feed, ...seconds.map(second => line(feed, second)))
    at('coinbase-exchange', 0, 1, 2)
    at('coinbase', 3, 901.9, 902, 903, 904)
    at('simulated', 905, 1803.9, 1804, 1803.9)
    at('coinbase-exchange', 1805)
    const { events, dead } = await replayed('coinbase', 'coinbase-exchange', 'simulated')
    const quotes = events
      .filter(({ type }) => type === 'quote')
      .map(({ feed, time }) => [feed, (time - micros(0)) / 1e6])
    expect(quotes).toEqual([
      ...[0, 1, 2].map(second => ['coinbase-exchange', second]),
      ...[902, 903, 904].map(second => ['coinbase', second]),
      ['simulated', 1804],
    ])
    expect(dead).toHaveLength(6)
    expect(dead[4].detail).toBe('BTC-USD was not yet brought by simulated at that time')
  })
})

interface Sent {
  feed: string
  /** Since the one before. */
  pause: number
  /** How much older the event is than its receipt. */
  lag: number
  kind: 'quote' | 'trade' | 'heartbeat'
}

const sent = fc.record<Sent>({
  feed: fc.constantFrom('coinbase', 'coinbase-exchange', 'simulated'),
  pause: fc.constantFrom(0, 0.5, 1, 30, 890, 899.5, 900, 950),
  lag: fc.constantFrom(0, 0, 0, 0.3, 3, 600),
  kind: fc.constantFrom('quote', 'quote', 'trade', 'heartbeat'),
})

test('no two feeds ever bring one product less than a session apart, whatever comes, and wherever the decoder begins anew', () => {
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 60 }), fc.nat(60), (list, restart) => {
      let now = 0
      const records = list.map(({ feed, pause, lag, kind }, n): RawRecord => {
        now += pause
        const at = now - lag
        const text =
          feed === 'coinbase-exchange'
            ? exchangeTicker(n, at)
            : kind === 'quote'
              ? ticker(n, at)
              : kind === 'trade'
                ? trades(n, now, [trade(String(n), at)])
                : heartbeat(n, at)
        return {
          received_at: micros(now),
          feed,
          connection: feed,
          frame: JSON.parse(text),
          text,
          file: 'f',
          line: n + 1,
        }
      })
      const options = decoding('BTC-USD')
      const whole = createDecoder(options)
      const events = records.flatMap(record => whole.decode(record).events)
      const active = events.filter(({ type }) => type === 'quote' || type === 'trade')
      for (const one of active)
        for (const other of active)
          if (one.feed !== other.feed) expect(Math.abs(one.time - other.time)).toBeGreaterThanOrEqual(900e6)

      const before = createDecoder(options)
      const begun = records.slice(0, restart).flatMap(record => before.decode(record).events)
      const after = createDecoder({ ...options, snapshot: JSON.parse(JSON.stringify(before.snapshot())) })
      expect([...begun, ...records.slice(restart).flatMap(record => after.decode(record).events)]).toEqual(events)
    }),
  )
})

describe('a product of a feed of another venue', () => {
  /** Coinbase's wire under another name, with products of its own. */
  const elsewhere: Feed = { ...coinbase, name: 'elsewhere', venue: 'elsewhere' }
  const options: DecoderOptions = {
    ...decoding('BTC-USD', 'ETH-USD'),
    feeds: [
      ...decoding('BTC-USD', 'ETH-USD').feeds,
      {
        feed: elsewhere,
        products: [
          { as: 'BTC-USD.elsewhere', symbol: 'BTC-USD' },
          { as: 'SOL', symbol: 'SOL-USD' },
        ],
      },
    ],
  }
  const from = (feed: string, text: string): RawRecord => ({
    ...{ received_at: micros(60), feed, connection: `${feed}-1`, frame: JSON.parse(text), text, file: 'f', line: 1 },
  })

  test('is a dead letter even before its owner has brought it, also among products of its own; clocks and gaps are not given to it', () => {
    const decoder = createDecoder(options)
    const frames = [
      trades(1, 1, [
        trade('1', 1, 'ETH-USD'),
        trade('2', 1, 'SOL-USD'),
        trade('3', 1, 'BTC-USD'),
        trade('4', 1, 'ETH-USD'),
      ]),
      ticker(4, 2, 'ETH-USD'),
      heartbeat(6, 3),
    ]
    const decoded = frames.map(text => decoder.decode(from('elsewhere', text)))
    expect(decoded.flatMap(({ events }) => events).map(({ type, product, index }) => [type, product, index])).toEqual([
      ['trade', 'SOL', 1],
      ['trade', 'BTC-USD.elsewhere', 2],
      ['gap', 'SOL', 0],
      ['gap', 'BTC-USD.elsewhere', 0],
      ['gap', 'SOL', 0],
      ['gap', 'BTC-USD.elsewhere', 0],
      ['clock', 'SOL', 0],
      ['clock', 'BTC-USD.elsewhere', 0],
    ])
    expect(decoded.flatMap(({ dead }) => dead).map(({ reason, detail, bytes }) => [reason, detail, bytes])).toEqual(
      frames
        .slice(0, 2)
        .map(text => ['product_of_another_feed', 'ETH-USD is brought by coinbase, not by elsewhere', text]),
    )
    expect(decoder.counters.dead).toEqual({ product_of_another_feed: 2 })
  })

  test('is the one of the symbol that the feed itself lists, else the one that it may stand in for', () => {
    const decoder = createDecoder(options)
    const products = ['elsewhere', 'coinbase', 'coinbase-exchange', 'simulated'].map(feed => {
      const text = feed === 'coinbase-exchange' ? exchangeTicker(1, 1) : ticker(1, 1)
      return decoder.decode(from(feed, text)).events.map(({ product }) => product)
    })
    expect(products).toEqual([['BTC-USD.elsewhere'], ['BTC-USD'], [], []])
    expect(decoder.decode(from('simulated', ticker(2, 2, 'SOL-USD'))).events).toMatchObject([{ product: 'SOL' }])
  })

  test('gets no clock of a connection that brought it before another feed did', () => {
    const decoder = createDecoder(options)
    const clocks = (feed: string, text: string) =>
      decoder.decode({ ...from(feed, text), received_at: micros(2000) }).events.filter(({ type }) => type === 'clock')
    clocks('simulated', ticker(1, 1))
    expect(clocks('simulated', heartbeat(2, 2))).toHaveLength(1)
    clocks('coinbase', ticker(1, 902))
    expect(clocks('simulated', heartbeat(3, 903))).toEqual([])
    expect(clocks('coinbase', heartbeat(2, 903))).toHaveLength(1)
  })
})
