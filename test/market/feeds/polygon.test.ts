import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { MarketEvent, Trade } from '../../../src/core/events/event.ts'
import { createDecoder } from '../../../src/market/decode/decoder.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { polygon } from '../../../src/market/feeds/polygon.ts'
import { captureFile, lacksCaptures } from '../../fixtures/captures.ts'
import { decoding } from '../../fixtures/feeds.ts'

const tickers = ['AAPL', 'BRK.B'].map(as => ({ as, symbol: as }))
const t = 1_767_623_400_015
const trade = { ev: 'T', sym: 'AAPL', x: 4, i: '52', z: 3, p: 230.51, s: 100, t, q: 7 }
const quote = { ev: 'Q', sym: 'BRK.B', bx: 1, bp: 502.1, bs: 2, ax: 2, ap: 502.2, as: 3, c: 1, t, q: 9, z: 1 }
const bar = {
  ev: 'A',
  sym: 'AAPL',
  v: 120.5,
  av: 1,
  op: 1,
  vw: 2,
  o: 1.5,
  c: 2,
  h: 2.5,
  l: 1,
  a: 1,
  z: 2,
  s: t,
  e: t + 1000,
}

function decode(...frames: unknown[]) {
  const decoder = createDecoder({ ...decoding(), feeds: [{ feed: polygon, products: tickers }] })
  const all = frames.map((frame, line) =>
    decoder.decode({ received_at: 1000 * (t + 2000), feed: 'polygon', connection: 'a', frame, file: 'f', line }),
  )
  const dead = all.flatMap(one => one.dead.map(({ reason, bytes }) => [reason, bytes]))
  return { events: all.flatMap(({ events }) => events), dead, ignored: all.flatMap(({ ignored }) => [...ignored]) }
}

test('a frame mixes trades, quotes, bars and status; each is an event at its own time in microseconds', () => {
  const { events, dead } = decode([trade, { ev: 'status', status: 'success', message: 'x' }, quote, bar])
  const place = { feed: 'polygon', received_at: 1000 * (t + 2000), connection: 'a', sequence: 0 }
  expect(events).toEqual([
    {
      ...place,
      type: 'trade',
      product: 'AAPL',
      time: 1000 * t,
      index: 0,
      id: '4-52',
      price: '230.51',
      size: '100',
      side: null,
    },
    {
      ...{ ...place, type: 'quote', product: 'BRK.B', time: 1000 * t, index: 2, bid: '502.1', ask: '502.2' },
      ...{ bid_size: '2', ask_size: '3', last: null },
    },
    {
      ...{
        ...place,
        type: 'candle',
        product: 'AAPL',
        time: 1000 * (t + 1000),
        index: 3,
        interval: '1s',
        start: 1000 * t,
      },
      ...{ open: '1.5', high: '2.5', low: '1', close: '2', volume: '120.5', trades: null, closed: true },
    },
  ])
  expect(dead).toEqual([])
})

test('times in milliseconds, microseconds and nanoseconds are told apart by their size', () => {
  const times = [t, 1000 * t, 1_651_181_822_461_979_400].map(at => polygon.read([{ ...trade, t: at }]).time)
  expect(times).toEqual([1000 * t, 1000 * t, 1_651_181_822_461_979])
})

test('trades of one millisecond and one id at two exchanges, or two reporting facilities, are all kept', () => {
  const { events } = decode([
    trade,
    { ...trade, x: 11 },
    { ...trade, trfi: 201 },
    { ...trade, trfi: 202 },
    { ...trade, i: 52 },
  ])
  expect(events.map(event => (event as Trade).id)).toEqual(['4-52', '11-52', '4.201-52', '4.202-52', '4-52'])
})

test('a fraction of a share is the size; whole shares are where there is none', () => {
  const { events } = decode([trade, { ...trade, s: 0, ds: '0.001500' }, { ...trade, s: 0 }])
  expect(events.map(event => (event as Trade).size)).toEqual(['100', '0.001500', '0'])
})

test('corrections, and conditions that keep a trade out of last or volume, are flags; others are none', () => {
  const flags = (fields: object) => (decode([{ ...trade, ...fields }]).events[0] as Trade).flags
  expect(flags({ c: [14, 41] })).toBeUndefined()
  expect(flags({ c: [14, 37, 41] })).toEqual(['not_last'])
  expect(flags({ c: [15] })).toEqual(['not_last', 'not_volume'])
  expect(flags({ c: [38] })).toEqual(['not_volume'])
  expect(flags({ correction: 1 })).toEqual(['correction'])
  expect(flags({ correction: 0, c: 'odd' })).toBeUndefined()
})

test('numbers that leave holes are no gap', () => {
  const { events } = decode([trade], [{ ...trade, i: '9', q: 900 }], [{ ...trade, i: '3', q: 12 }])
  expect(events.map(({ type }) => type)).toEqual(['trade', 'trade', 'trade'])
})

test('a side of the book at nothing is none', () => {
  const { events } = decode([
    { ...quote, bp: 0, bs: 0 },
    { ...quote, ap: undefined },
  ])
  expect(events).toMatchObject([
    { bid: null, ask: '502.2' },
    { bid: '502.1', ask: null },
  ])
})

test.each([
  ['missing_product', { ...trade, sym: undefined }],
  ['missing_trade_id', { ...trade, i: '' }],
  ['bad_time', { ...trade, t: '2026' }],
  ['bad_trade', { ...trade, p: 0 }],
  ['bad_trade', { ...trade, s: -1 }],
  ['bad_trade', { ...trade, p: '<b>' }],
  ['bad_price', { ...quote, bp: -1 }],
  ['bad_time', { ...quote, t: null }],
  ['missing_product', { ...quote, sym: 7 }],
  ['bad_candle', { ...bar, v: 'much' }],
  ['bad_time', { ...bar, e: bar.s }],
  ['unknown_shape', 7],
  ['unknown_shape', { sym: 'AAPL' }],
])('%s: what is malformed is a dead letter of its own, and the rest of its frame stands', (reason, item) => {
  const { events, dead } = decode([item, { ...trade, i: 'good' }])
  expect(events).toHaveLength(1)
  expect(dead).toEqual([[reason, JSON.stringify(item)]])
})

test('what is no list is a dead letter; other channels and status are counted and not an event', () => {
  const { events, dead, ignored } = decode({ ev: 'T' }, [{ ev: 'XT', pair: 'BTC-USD' }], [{ ev: 'status' }], [])
  expect([events, dead.map(([reason]) => reason)]).toEqual([[], ['no_list']])
  expect(ignored).toEqual([
    ['channel XT', 1],
    ['status', 1],
    ['empty', 1],
  ])
})

test.each([
  ['auth_failed', { refused: 'authentication failed' }],
  ['max_connections', { refused: 'authentication failed' }],
  ['error', { error: 'authentication failed' }],
  ['auth_success', null],
  ['connected', null],
])('the status %s is answered by %j', (state, answer) => {
  expect(polygon.answer(JSON.stringify([{ ev: 'status', status: state, message: 'authentication failed' }]))).toEqual(
    answer,
  )
})

test('each parameter is asked for and acknowledged by itself', () => {
  const asked = polygon.subscribe(['AAPL', 'BRK.B'], ['T', 'Q']).map(text => JSON.parse(text).params)
  expect(asked).toEqual(['T.AAPL', 'T.BRK.B', 'Q.AAPL', 'Q.BRK.B'])
  expect(polygon.answer('[{"ev":"status","status":"success","message":"subscribed to: T.BRK.B"}]')).toEqual({
    served: ['BRK.B'],
  })
  expect(polygon.answer(JSON.stringify([trade]))).toBeNull()
})

const open = fileURLToPath(
  new URL('../../../../shared/reference/oracles/inputs/trades_real_open_20131007.ndjson.gz', import.meta.url),
)

async function eventsIn(path: string, names: string[]): Promise<{ events: MarketEvent[]; dead: number }> {
  const products = names.map(as => ({ as, symbol: as }))
  const config = { ...readConfig(), feeds: [{ name: 'polygon', products, stale_after_s: 10 }] }
  const found: { events: MarketEvent[]; dead: number } = { events: [], dead: 0 }
  for await (const { events, dead } of readEvents([path], config)) {
    found.events.push(...events)
    found.dead += dead.length
  }
  return found
}

test.skipIf(lacksCaptures)('real frames: every trade is an event, its odd lots flagged', async () => {
  const { events, dead } = await eventsIn(captureFile('polygon-trades-4.ndjson'), ['TSLA', 'AMZN'])
  expect(events.map(event => [(event as Trade).id, (event as Trade).flags])).toEqual(
    ['19-15589', '19-15590', '4-82186', '4-7657'].map(id => [id, ['not_last']]),
  )
  expect(dead).toBe(0)
})

test.skipIf(lacksCaptures)('an hour of real ticks: no trade of a shared millisecond is lost', async () => {
  const { events, dead } = await eventsIn(open, ['IBM', 'AIG', 'BAC', 'QQQ', 'SPY'])
  const shared = new Map<string, number>()
  for (const { product, time } of events) shared.set(`${product} ${time}`, (shared.get(`${product} ${time}`) ?? 0) + 1)
  const together = [...shared.values()].filter(count => count > 1).reduce((sum, count) => sum + count, 0)
  expect([events.length, dead]).toEqual([5457, 0])
  expect(new Set(events.map(event => `${event.product} ${(event as Trade).id}`)).size).toBe(5457)
  expect(together / events.length).toBeGreaterThan(0.2)
})
