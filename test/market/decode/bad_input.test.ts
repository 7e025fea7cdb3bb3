/**
 * Frames that no market sends, from the wire to the rows: each has a rule and a counter, and the rows are those of the same
 * stream with a harmless frame in its place.
 */

import { describe, expect, it } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { type EngineCounts, noCounts } from '../../../src/core/features/engine_counts.ts'
import { Engines } from '../../../src/core/features/engines.ts'
import { RowCollector } from '../../../src/core/features/rows.ts'
import { type DecoderCounters, emptyCounters } from '../../../src/market/decode/counters.ts'
import { createDecoder } from '../../../src/market/decode/decoder.ts'
import { digestOf } from '../../../src/stores/digest.ts'
import { clock, settings } from '../../fixtures/events.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { envelope, iso, micros, ticker, trade, trades } from '../../fixtures/wire.ts'

const second = 20
const badAt = 40
const seconds = 80
const product = 'BTC-USD'

interface Outcome {
  digest: string
  rows: number
  counts: EngineCounts
  decoded: DecoderCounters
  late: MarketEvent[]
  values: number[]
}

/** Two tickers a second whose price moves, and one frame at `badAt`. */
function run(badFrame: string): Outcome {
  const decoder = createDecoder({ ...decoding(product), aheadLimit: settings.ahead_limit_s * 1e6 })
  const rows = new RowCollector()
  const late: MarketEvent[] = []
  const engines = new Engines(settings, {
    row: (name, time, values) => rows.add(name, time, values),
    late: event => late.push(event),
  })
  for (let sequence = 0; sequence < 2 * seconds; sequence++) {
    const at = sequence / 2
    const bid = 100 + ((sequence * 7) % 11) / 100
    const good = ticker(sequence, at, product, { best_bid: `${bid}`, best_ask: `${bid + 0.5}` })
    const text = at === badAt ? badFrame : good
    const { events } = decoder.decode({
      ...{ received_at: micros(at + 0.1), feed: 'coinbase', connection: 'c', frame: JSON.parse(text), text },
      ...{ file: 'f', line: sequence },
    })
    for (const event of events) engines.push(event)
  }
  const counts = engines.counts()[product]
  const table = rows.takeTable()
  const values = Object.values(table.columns).flatMap(column => Array.from(column))
  return { digest: digestOf(table), rows: table.rows, counts, decoded: decoder.counters, late, values }
}

const number = 2 * badAt
const quoteOf = (fields: Record<string, unknown>) => ticker(number, badAt, product, fields)
const tradeOf = (at: number, fields: Record<string, unknown> = {}) =>
  trades(number, badAt, [trade('9', at, product, fields)])

const harmless = run(envelope('status', number, badAt, []))

const invalidQuotes: Record<string, Record<string, unknown>> = {
  'a negative price': { best_bid: '-5' },
  'a price of zero': { best_ask: '0' },
  'a missing price': { best_ask: undefined },
  'an empty price': { best_bid: '' },
  'a price beyond 1e30': { best_ask: '1.1e30' },
  'a price below 1e-30': { best_bid: '1e-31' },
}

const noDecimals: Record<string, string> = {
  'NaN for a price': quoteOf({ best_bid: 'NaN' }),
  'a price with a comma': quoteOf({ best_bid: '12,5' }),
  'a price in hexadecimal': quoteOf({ best_ask: '0x105b7' }),
  'an infinite price': quoteOf({ best_bid: '1e400', best_ask: '1e400' }),
  'a list for a price': quoteOf({ best_bid: ['5'] }),
  'NaN for a size': tradeOf(badAt, { size: 'NaN' }),
  'an infinite size': tradeOf(badAt, { size: '1e400' }),
  'a text for a size': tradeOf(badAt, { size: 'x' }),
}

describe('bad input', () => {
  it('has something to be compared with', () => {
    expect(harmless.rows).toBe(seconds - 3)
    expect(harmless.counts).toEqual({ ...noCounts(), quotes: 2 * seconds - 1, rows: harmless.rows, sessions: 1 })
    expect(harmless.decoded).toMatchObject({ ...emptyCounters(), frames: 2 * seconds, events: { quote: 159 } })
  })

  it.each(Object.keys(invalidQuotes))('%s: the quote is rejected and counted', name => {
    const { digest, counts } = run(quoteOf(invalidQuotes[name]))
    expect(counts.rejected).toEqual({ ...noCounts().rejected, invalid_quote: 1 })
    expect(digest).toBe(harmless.digest)
  })

  it.each(Object.keys(noDecimals))('%s: a dead letter, so that it stands on no topic', name => {
    const { digest, counts, decoded } = run(noDecimals[name])
    const reason = name.endsWith('size') ? 'bad_trade' : 'bad_price'
    expect(decoded.dead).toEqual({ [reason]: 1 })
    expect(counts.rejected).toEqual(noCounts().rejected)
    expect(digest).toBe(harmless.digest)
  })

  it.each(['0', '-1', '1e31', '1e-31'])('a trade of size %s is rejected and counted', size => {
    const { digest, counts } = run(tradeOf(badAt, { size }))
    expect(counts.rejected).toEqual({ ...noCounts().rejected, invalid_trade: 1 })
    expect(digest).toBe(harmless.digest)
  })

  it('a bid above the ask is what the exchange said: it counts, apart too', () => {
    const { digest, counts, rows } = run(quoteOf({ best_bid: '101', best_ask: '100' }))
    expect(counts).toEqual({ ...harmless.counts, quotes: 2 * seconds, crossed: 1 })
    expect(rows).toBe(harmless.rows)
    expect(digest).not.toBe(harmless.digest)
  })

  it('the largest and smallest numbers that are taken leave every feature finite or null', () => {
    for (const [bid, ask] of [
      ['1e-30', '1e30'],
      ['1e30', '1e-30'],
      ['1e30', '1e30'],
    ]) {
      const sizes = { best_bid_quantity: '1e30', best_ask_quantity: '0' }
      const { values, counts } = run(quoteOf({ best_bid: bid, best_ask: ask, ...sizes }))
      expect(counts.quotes).toBe(2 * seconds)
      expect(values.filter(value => value === Infinity || value === -Infinity)).toEqual([])
    }
    const { values } = run(tradeOf(badAt, { size: '1e-30', price: '1e-30' }))
    expect(values.filter(value => value === Infinity || value === -Infinity)).toEqual([])
  })

  it('sizes that are no numbers are null, the quote counts', () => {
    const { counts, rows } = run(quoteOf({ best_bid_quantity: '-1', best_ask_quantity: 'NaN' }))
    expect(counts).toEqual({ ...harmless.counts, quotes: 2 * seconds })
    expect(rows).toBe(harmless.rows)
  })

  it('a time that runs backwards within the bound counts in its own second', () => {
    const { counts, digest } = run(tradeOf(badAt - 1.5))
    expect(counts).toEqual({ ...harmless.counts, trades: 1 })
    expect(digest).not.toBe(harmless.digest)
  })

  it.each([
    ['further back', badAt - second],
    ['of another year', -200 * 86_400],
  ])('a time that is %s is late: counted, given out, in no row', (_, at) => {
    const { counts, digest, late } = run(tradeOf(at))
    expect(counts).toEqual({ ...harmless.counts, late: 1 })
    expect(late).toMatchObject([{ type: 'trade', time: micros(at) }])
    expect(digest).toBe(harmless.digest)
  })

  it.each([
    ['a frame', quoteOf({}).replace(iso(badAt, 9), iso(badAt + 62))],
    ['a frame of a later year', quoteOf({}).replace(iso(badAt, 9), iso(badAt + 400 * 86_400))],
    ['a trade', tradeOf(badAt + 62)],
  ])('%s from the future is rejected and counted, and never moves the watermark', (_, frame) => {
    const { digest, decoded, counts } = run(frame)
    expect(decoded).toMatchObject({ rejected: 1, dead: { time_ahead: 1 } })
    expect(counts).toEqual(harmless.counts)
    expect(digest).toBe(harmless.digest)
  })

  it('a product that was not configured is counted by its name', () => {
    const { digest, decoded } = run(ticker(number, badAt, 'DOGE-USD'))
    expect(decoded.skipped).toEqual({ 'DOGE-USD': 1 })
    expect(digest).toBe(harmless.digest)
  })

  it('a time that no clock shows is a dead letter', () => {
    const { digest, decoded } = run(quoteOf({}).replace(iso(badAt, 9), '2026-02-30T00:00:00Z'))
    expect(decoded.dead).toEqual({ bad_time: 1 })
    expect(digest).toBe(harmless.digest)
  })

  it('a first event of an earlier year begins a session of its own, and the later rows are what they are', () => {
    const events = [...Array(30).keys()].map(i => ({ ...clock(0), time: micros(i) }))
    const quotes = events.map(
      (event, i): MarketEvent => ({
        ...{ ...event, type: 'quote', sequence: i, bid: `${100 + i}`, ask: `${101 + i}` },
        ...{ bid_size: null, ask_size: null, last: null },
      }),
    )
    const rowsOf = (list: MarketEvent[]): { digest: string; sessions: number } => {
      const rows = new RowCollector()
      const engines = new Engines(settings, {
        row: (name, time, values) => time >= micros(0) && rows.add(name, time, values),
      })
      for (const event of list) engines.push(event)
      return { digest: digestOf(rows.takeTable()), sessions: engines.counts()[product].sessions }
    }
    const old = { ...quotes[0], time: micros(-2000 * 86_400), sequence: 99 }
    expect(rowsOf([old, ...quotes])).toEqual({ digest: rowsOf(quotes).digest, sessions: 2 })
  })
})
