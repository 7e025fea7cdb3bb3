import { expect, test } from 'vitest'
import type { Candle, Gap, MarketEvent } from '../../../src/core/events/event.ts'
import { createDecoder, type Decoder, type DecoderSnapshot } from '../../../src/market/decode/decoder.ts'
import { binance } from '../../../src/market/feeds/binance.ts'
import { binanceAggregate, binanceBook, binanceKline, binanceTrade } from '../../fixtures/binance_wire.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { micros, start } from '../../fixtures/wire.ts'

const products = [{ as: 'BTC-USDT', symbol: 'BTCUSDT' }]

function newDecoder(snapshot?: DecoderSnapshot): Decoder {
  return createDecoder({ ...decoding(), feeds: [{ feed: binance, products }], snapshot })
}

/** Decodes messages that were received some seconds after `start`, on one connection after the other. */
function take(decoder: Decoder, messages: [seconds: number, text: string][], connection = 'a') {
  return messages.map(([seconds, text], line) => {
    const record = { received_at: micros(seconds), feed: 'binance', connection, file: 'f', line }
    return decoder.decode({ ...record, frame: JSON.parse(text), text })
  })
}

function eventsOf(decoder: Decoder, messages: [number, string][], connection?: string): MarketEvent[] {
  return take(decoder, messages, connection).flatMap(({ events }) => events)
}

const ofType = <T extends MarketEvent['type']>(events: MarketEvent[], type: T) =>
  events.filter((event): event is Extract<MarketEvent, { type: T }> => event.type === type)

test('a trade has its own time and the side of the taker; ids that follow each other are no gap', () => {
  const events = eventsOf(newDecoder(), [
    [1, binanceTrade(7, 0.9)],
    [1.1, binanceTrade(8, 0.9, { m: false })],
  ])
  expect(events).toEqual([
    {
      ...{ type: 'trade', feed: 'binance', product: 'BTC-USDT', time: micros(0.9), received_at: micros(1) },
      ...{ connection: 'a', sequence: 0, index: 0, id: '7', price: '100.50000000', size: '0.25000000', side: 'sell' },
    },
    expect.objectContaining({ id: '8', side: 'buy', sequence: 1 }),
  ])
})

test('times in microseconds are known by their size', () => {
  const [event] = eventsOf(newDecoder(), [[1, binanceTrade(7, 0, { T: micros(0.9), E: micros(0.91) })]])
  expect(event.time).toBe(micros(0.9))
})

test('a book ticker has no time of its own: that of its receipt stands in, that of the contract markets is kept', () => {
  const [spot, futures] = eventsOf(newDecoder(), [
    [1.25, binanceBook(1)],
    [1.5, binanceBook(2, { e: 'bookTicker', T: start + 1400, E: start + 1410 })],
  ])
  expect(spot).toMatchObject({
    type: 'quote',
    time: micros(1.25),
    bid: '100.40000000',
    ask_size: '2.00000000',
    last: null,
  })
  expect(futures).toMatchObject({ type: 'quote', time: micros(1.4) })
})

test('a hole in the ids of trades is a gap with their number, on one connection alone', () => {
  const decoder = newDecoder()
  const [gap] = ofType(
    eventsOf(decoder, [
      [1, binanceTrade(7, 0.9)],
      [2, binanceTrade(11, 1.9)],
    ]),
    'gap',
  )
  expect(gap).toMatchObject({
    reason: 'trade_ids',
    sequence: 8,
    missing: 3,
    from: micros(0.9),
    to: micros(1.9),
  } satisfies Partial<Gap>)
  const [other, ...more] = ofType(
    eventsOf(
      decoder,
      [
        [3, binanceTrade(20, 2.9)],
        [3, binanceTrade(21, 2.9)],
      ],
      'b',
    ),
    'gap',
  )
  expect(other).toMatchObject({ reason: 'disconnect' })
  expect(more).toEqual([])
})

test('an aggregate covers the trades that it stands for: none of them is missing', () => {
  const events = eventsOf(newDecoder(), [
    [1, binanceAggregate(7, 9, 0.9)],
    [2, binanceAggregate(10, 10, 1.9)],
    [3, binanceAggregate(13, 15, 2.9)],
  ])
  expect(ofType(events, 'trade').map(({ id }) => id)).toEqual(['9', '10', '15'])
  expect(ofType(events, 'gap')).toMatchObject([{ sequence: 11, missing: 2 }])
})

test('ids that no exchange gives cost one detection, not all that follow', () => {
  const events = eventsOf(
    newDecoder(),
    [7, 9e15, 8, 9, 12].map((id, i) => [i, binanceTrade(id, i)]),
  )
  expect(ofType(events, 'gap')).toMatchObject([{ sequence: 10, missing: 2 }])
})

test('2.b1: an unfinished candle is no event; it tells the time, and the finished one follows', () => {
  const decoder = newDecoder()
  const [unfinished, finished] = take(decoder, [
    [58.5, binanceKline(0, false, { c: '77' })],
    [60.1, binanceKline(0, true)],
  ])
  expect(unfinished.events).toMatchObject([{ type: 'clock', time: micros(58.5) }])
  expect([...unfinished.ignored]).toEqual([['unfinished candle', 1]])
  expect(finished.events).toEqual([
    {
      ...{ type: 'candle', feed: 'binance', product: 'BTC-USDT', interval: '1m', start: micros(0), time: micros(60) },
      ...{ received_at: micros(60.1), connection: 'a', sequence: 1, index: 0, closed: true, trades: 9 },
      ...{
        open: '100.00000000',
        high: '101.00000000',
        low: '99.00000000',
        close: '100.50000000',
        volume: '3.25000000',
      },
    } satisfies Candle,
  ])
})

test('2.b2: a candle comes once, by product, interval and start; a second version that differs is a dead letter', () => {
  const decoder = newDecoder()
  const [, again, other] = take(decoder, [
    [60.1, binanceKline(0, true)],
    [60.2, binanceKline(0, true, { v: '3.25' })],
    [60.3, binanceKline(0, true, { c: '99.9' })],
  ])
  expect([again.events, again.dead, [...again.ignored.keys()]]).toEqual([[], [], ['repeated']])
  expect(other).toMatchObject({ events: [], dead: [{ reason: 'candle_changed' }] })
  expect(decoder.counters.dead).toEqual({ candle_changed: 1 })
})

test('2.b3: after a restart what was given out is known, also what it said', () => {
  const decoder = newDecoder()
  const minutes = Array.from({ length: 30 }, (_, n): [number, string] => [60 * n + 60.1, binanceKline(n, true)])
  expect(ofType(eventsOf(decoder, minutes), 'candle')).toHaveLength(30)
  const restarted = newDecoder(JSON.parse(JSON.stringify(decoder.snapshot())))
  expect(ofType(eventsOf(restarted, minutes, 'b'), 'candle')).toEqual([])
  const [changed] = take(restarted, [[1801, binanceKline(29, true, { c: '1' })]], 'b')
  expect(changed.dead).toMatchObject([{ reason: 'candle_changed' }])
})

test('2.b4: a minute that was skipped is a gap', () => {
  const events = eventsOf(
    newDecoder(),
    [0, 1, 4].map(n => [60 * n + 60.1, binanceKline(n, true)]),
  )
  const gap = { reason: 'candles', missing: 2, sequence: micros(120), from: micros(120), to: micros(300) } as const
  expect(ofType(events, 'gap')).toMatchObject([gap satisfies Partial<Gap>])
})
