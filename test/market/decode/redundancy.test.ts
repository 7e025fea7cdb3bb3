import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Gap, MarketEvent, Quote } from '../../../src/core/events/event.ts'
import type { BronzeRecord } from '../../../src/market/bronze/record.ts'
import { createDecoder } from '../../../src/market/decode/decoder.ts'
import { coinbase } from '../../../src/market/feeds/coinbase.ts'
import { decoding } from '../../fixtures/feeds.ts'
import { type ConnectionOptions, type Fault, listen, type Said, together } from '../../fixtures/two_connections.ts'
import { micros } from '../../fixtures/wire.ts'

const products = ['BTC-USD', 'ETH-USD']
const options = decoding(...products)

/**
 * @param restartEvery the decoder is made anew from its snapshot after so many records.
 * @param patience_s no event may be held back for longer; the default is little more than it takes to call a line silent.
 */
function decode(records: BronzeRecord[], restartEvery = Number.POSITIVE_INFINITY, patience_s = 4.5): MarketEvent[] {
  let decoder = createDecoder(options)
  const events: MarketEvent[] = []
  let longest = 0
  for (const [i, record] of records.entries()) {
    const due = decoder.decode(record).events
    for (const { received_at } of due) longest = Math.max(longest, record.received_at - received_at!)
    events.push(...due)
    if (i % restartEvery === restartEvery - 1)
      decoder = createDecoder({ ...options, snapshot: JSON.parse(JSON.stringify(decoder.snapshot())) })
  }
  expect(longest).toBeLessThan(patience_s * 1e6)
  return events
}

const gapsOf = (events: MarketEvent[]): Gap[] => events.filter(event => event.type === 'gap')

function quotesOf(events: MarketEvent[], product: string): string[] {
  const quotes = events.filter((event): event is Quote => event.type === 'quote' && event.product === product)
  return quotes.map(({ bid, ask, bid_size, ask_size, last }) => [bid, ask, bid_size, ask_size, last].join(' '))
}

/** When quotes were sent, ordered. */
function timesOf(events: MarketEvent[], product: string): number[] {
  const quotes = events.filter(event => event.type === 'quote' && event.product === product)
  return quotes.map(({ time }) => time).sort((a, b) => a - b)
}

const tradesOf = (events: MarketEvent[]): string[] =>
  events.flatMap(event => (event.type === 'trade' ? `${event.product} ${event.id}` : []))

const seconds = 60

/** Heartbeats every second, quotes and trades at any time; prices come back to what they were. */
const anyMarket = (sizes: number): fc.Arbitrary<Said[]> =>
  fc
    .array(
      fc.record({
        ms: fc.integer({ min: 1, max: 1000 * seconds - 1 }),
        product: fc.constantFrom(...products),
        price: fc.integer({ min: 1, max: 3 }),
        size: fc.integer({ min: 1, max: sizes }),
        deal: fc.boolean(),
      }),
      { minLength: 60, maxLength: 300, size: 'max' },
    )
    .map(list => {
      const spoken = [...new Map(list.map(one => [one.ms, one])).values()].sort((a, b) => a.ms - b.ms)
      let id = 1000
      const said: Said[] = spoken.map(({ ms, product, price, size, deal }) =>
        deal
          ? { at: ms / 1000 + 0.0005, trade: { product, id: `${id++}` } }
          : {
              at: ms / 1000,
              quote: {
                product,
                fields: { best_bid: `${100 + price}`, best_ask: `${101 + price}`, best_bid_quantity: `${size}` },
              },
            },
      )
      const beats = Array.from({ length: seconds }, (_, s): Said => ({ at: s + 0.00025 }))
      const first = products.map((product, i): Said => ({ at: 0.0001 * (i + 1), quote: { product, fields: {} } }))
      return [...first, ...said, ...beats].sort((a, b) => a.at - b.at)
    })

const kinds = ['close', 'stale', 'killed', 'silent', 'loss'] as const

/** Stretches of trouble, each on one of the two connections, so many seconds apart; no frame has the very time of their ends. */
const anyFaults = (apart_s: number): fc.Arbitrary<(Fault & { primary: boolean })[]> =>
  fc
    .array(
      fc.record({
        pause: fc.integer({ min: 1000 * apart_s, max: 12_000 }),
        length: fc.integer({ min: 200, max: 8000 }),
        kind: fc.constantFrom(...kinds),
        primary: fc.boolean(),
      }),
      { maxLength: 5 },
    )
    .map(list => {
      let at = 0
      const faults: (Fault & { primary: boolean })[] = []
      for (const { pause, length, kind, primary } of list) {
        const from = at + pause / 1000
        const to = from + (kind === 'loss' ? Math.min(length, 900) : Math.max(length, 2500)) / 1000 + 0.00037
        if (to > seconds - 6) break
        faults.push({ from, to, kind, primary })
        at = to
      }
      return faults
    })

const anyDelay = fc.integer({ min: 0, max: 2 ** 31 }).map(seed => (frame: number) => {
  const mixed = Math.imul(frame + 1, 2654435761) ^ seed
  return ((mixed >>> 8) % 60) / 1000
})

/** Frames that are under way for up to 5 s, and then come all at once. */
const anyBursts = fc.tuple(anyDelay, fc.integer({ min: 0, max: 2 ** 31 })).map(([delay, seed]) => (frame: number) => {
  const block = Math.imul(Math.floor(frame / 25) + 1, 2654435761) ^ seed
  return delay(frame) + ((block >>> 8) % 3 === 0 ? ((block >>> 12) % 5000) / 1000 : 0)
})

function twoConnections(
  market: Said[],
  faults: (Fault & { primary: boolean })[],
  delays: ConnectionOptions['delay'][],
  skew = 0,
) {
  return together(
    listen(market, products, {
      role: 'primary',
      faults: faults.filter(({ primary }) => primary),
      skew: 0,
      delay: delays[0],
    }),
    listen(market, products, {
      role: 'standby',
      faults: faults.filter(({ primary }) => !primary),
      skew,
      delay: delays[1],
    }),
  )
}

const alone = (market: Said[]): MarketEvent[] =>
  decode(listen(market, products, { faults: [], skew: 0, delay: () => 0 }))

test('whatever befalls one of two connections at a time, the events are those of one connection that nothing befell', () => {
  fc.assert(
    fc.property(
      anyMarket(2),
      anyFaults(3.5),
      anyDelay,
      anyDelay,
      fc.integer({ min: 20, max: 100 }),
      (market, faults, a, b, every) => {
        const events = decode(twoConnections(market, faults, [a, b]), every)
        const wanted = alone(market)
        expect(gapsOf(events)).toEqual([])
        for (const product of products) expect(quotesOf(events, product)).toEqual(quotesOf(wanted, product))
        expect(tradesOf(events).sort()).toEqual(tradesOf(wanted).sort())
      },
    ),
    { numRuns: 100, seed: 60, endOnFailure: true },
  )
})

test('clocks of two connections may differ by a tenth of a second: still nothing is lost and nothing doubled', () => {
  const skew = fc.integer({ min: -100, max: 100 }).map(ms => ms / 1000)
  fc.assert(
    fc.property(anyMarket(1e9), anyFaults(3.5), anyDelay, anyDelay, skew, (market, faults, a, b, ahead) => {
      const events = decode(twoConnections(market, faults, [a, b], ahead))
      const wanted = alone(market)
      expect(gapsOf(events)).toEqual([])
      for (const product of products) expect(quotesOf(events, product)).toEqual(quotesOf(wanted, product))
      expect(tradesOf(events).sort()).toEqual(tradesOf(wanted).sort())
    }),
    { numRuns: 100, seed: 60, endOnFailure: true },
  )
})

test('however unevenly the frames of the two connections arrive', () => {
  fc.assert(
    fc.property(anyMarket(1e9), anyFaults(9), anyBursts, anyBursts, (market, faults, a, b) => {
      const calm = listen(market, products, { faults: [], skew: 0, delay: () => 0 })
      // At the end all arrives.
      const late = calm.at(-1)!.received_at + 20_000_000
      const end = together(twoConnections(market, faults, [a, b])).concat(
        (['primary', 'standby'] as const).map(role => ({
          ...calm.at(-1)!,
          received_at: late,
          role,
          frame: undefined,
          text: '',
          control: 'close',
        })),
      )
      const events = decode(end, 1e9, 60)
      for (const product of products) {
        expect(timesOf(events, product)).toEqual(timesOf(alone(market), product))
      }
      const trades = tradesOf(events)
      expect(trades.sort()).toEqual(tradesOf(alone(market)).sort())
    }),
    { numRuns: 60, seed: 60, endOnFailure: true },
  )
})

test('a silent primary delays events by little more than three seconds, and none comes out of order; healed it is taken again', () => {
  const said = (at: number): Said => ({ at, quote: { product: 'BTC-USD', fields: { best_bid: `${at}` } } })
  const market = Array.from({ length: 240 }, (_, i) => (i % 4 ? said(i / 4) : { at: i / 4 })) as Said[]
  const faults: Fault[] = [{ from: 20.1, to: 32.4, kind: 'silent' }]
  const records = twoConnections(
    market,
    faults.map(fault => ({ ...fault, primary: true })),
    [() => 0, () => 0.02],
  )
  const decoder = createDecoder(options)
  let [slowest, latest] = [0, 0]
  const lines: string[] = []
  for (const record of records) {
    for (const { product, time, connection } of decoder.decode(record).events) {
      if (product !== 'BTC-USD') continue
      slowest = Math.max(slowest, record.received_at - time)
      expect(time).toBeGreaterThanOrEqual(latest)
      latest = time
      if (lines.at(-1) !== connection) lines.push(connection)
    }
  }
  expect(slowest).toBeLessThan(3_500_000)
  expect(lines).toEqual(['primary-1', 'standby-1', 'primary-1'])
})

test('the standby loses frames while the primary is far behind, with a hole of its own to come', () => {
  const market = Array.from({ length: 160 }, (_, i): Said => {
    const at = i / 4
    return i % 4 ? { at, quote: { product: 'BTC-USD', fields: { best_bid: `${at}` } } } : { at }
  })
  const loss = (from: number, primary: boolean) => ({ from, to: from + 0.3, kind: 'loss' as const, primary })
  const late = (frame: number): number => (frame > 40 && frame < 70 ? 6 : 0)
  const events = decode(twoConnections(market, [loss(11.2, true), loss(14.2, false)], [late, () => 0.01]), 1e9, 8)
  expect(gapsOf(events)).toEqual([])
  expect(quotesOf(events, 'BTC-USD')).toEqual(quotesOf(alone(market), 'BTC-USD'))
})

test('a connection that is back without a product does not hold up the line that has it', () => {
  const quote = (product: string, at: number): Said => ({ at, quote: { product, fields: { best_bid: `${at}` } } })
  const market = Array.from({ length: 50 }, (_, s) => [
    quote('BTC-USD', s),
    quote('ETH-USD', s + 0.1),
    { at: s + 0.5 },
  ]).flat()
  const down = (from: number, to: number): Fault => ({ from, to, kind: 'close' })
  const only = market.filter(({ quote: said }) => said?.product !== 'ETH-USD')
  const records = together(
    listen(market, products, { role: 'primary', faults: [down(30.2, 33)], skew: 0, delay: () => 0 }),
    listen(market, products, { role: 'standby', faults: [down(10.2, 1e9)], skew: 0, delay: () => 0 }),
    listen(only, ['BTC-USD'], { role: 'standby', faults: [down(0, 20)], skew: 0, delay: () => 0.001 }).slice(3),
  )
  const events = decode(records)
  expect(gapsOf(events).map(({ product, from, to }) => ({ product, from, to }))).toEqual([
    { product: 'ETH-USD', from: micros(30.1), to: micros(33) },
  ])
  expect(quotesOf(events, 'BTC-USD')).toEqual(quotesOf(alone(market), 'BTC-USD'))
})

test('from one connection to two and back: a gap at each change, none in between', () => {
  const market = Array.from(
    { length: 60 },
    (_, s): Said => ({ at: s, quote: { product: 'BTC-USD', fields: { best_bid: `${s}` } } }),
  )
  const part = (from: number, to: number) => market.filter(({ at }) => at >= from && at < to)
  const line = { faults: [], skew: 0, delay: () => 0 }
  const records = [
    ...listen(part(0, 10), products, line),
    ...together(
      listen(part(20, 30), products, { ...line, role: 'primary' }),
      listen(part(20, 30), products, { ...line, role: 'standby' }),
    ),
    ...listen(part(40, 50), products, line).map(record => ({ ...record, connection: 'later' })),
  ]
  expect(gapsOf(decode(records)).map(({ from, to }) => [from, to])).toEqual([
    [micros(9), micros(20)],
    [micros(29), micros(40)],
  ])
})

test('both lines down: a gap a product from the last event of either to the first of either', () => {
  const said = (at: number): Said[] =>
    products.map((product, i) => ({ at: at + i / 1e4, quote: { product, fields: { best_bid: `${at}` } } }))
  const market = Array.from({ length: 60 }, (_, s) => [...said(s), { at: s + 0.5 }]).flat()
  const down = (from: number, to: number, primary: boolean) => ({ from, to, kind: 'close' as const, primary })
  const events = decode(
    twoConnections(
      market,
      [down(10.2, 30.1, true), down(20.6, 25.3, false), down(40.2, 42, false)],
      [() => 0, () => 0.001],
    ),
  )
  expect(gapsOf(events).map(({ product, from, to, reason }) => ({ product, from, to, reason }))).toEqual(
    products.map(product => ({ product, from: micros(20.5), to: micros(25.3), reason: 'disconnect' })),
  )
  const wanted = alone(market.filter(({ at }) => at < 20.6 || at >= 25))
  for (const product of products) {
    const quotes = quotesOf(events, product)
    // The line that comes back shows the last state first.
    expect(quotes.filter((quote, i) => quote !== quotes[i - 1])).toEqual(quotesOf(wanted, product))
  }
})

test('whatever befalls both lines: what was not given out lies in a gap, and no gap spans what was', () => {
  fc.assert(
    fc.property(anyMarket(1e9), anyFaults(3.5), anyFaults(3.5), anyDelay, anyDelay, (market, first, second, a, b) => {
      const faults = [
        ...first.map(one => ({ ...one, primary: true })),
        ...second.map(one => ({ ...one, primary: false })),
      ]
      const events = decode(twoConnections(market, faults, [a, b]), 1e9, 12)
      const wanted = alone(market)
      const ids = tradesOf(events)
      expect(new Set(ids).size).toBe(ids.length)
      for (const product of products) {
        const own = events.filter(event => event.product === product)
        const gaps = gapsOf(own)
        const times = own.flatMap(({ type, time }) => (type === 'quote' || type === 'clock' ? time : []))
        for (const { from, to } of gaps) expect(times.filter(time => time > from && time < to)).toEqual([])
        const given = new Set(own.flatMap(({ type, time }) => (type === 'quote' ? time : [])))
        for (const { type, time, product: name } of wanted) {
          if (type !== 'quote' || name !== product || given.has(time)) continue
          expect(gaps.some(({ from, to }) => from <= time && time <= to)).toBe(true)
        }
      }
    }),
    { numRuns: 100, seed: 60, endOnFailure: true },
  )
})

test('two connections of one feed know nothing of those of another: what befalls them changes no event', () => {
  const market = Array.from({ length: 240 }, (_, i): Said => {
    const at = i / 4
    return i % 4 ? { at, quote: { product: 'BTC-USD', fields: { best_bid: `${at}` } } } : { at }
  })
  const delays: [() => number, () => number] = [() => 0, () => 0.02]
  const own = twoConnections(market, [{ from: 20, to: 30, kind: 'silent', primary: true }], delays)
  const others = twoConnections(market, [{ from: 12, to: 50, kind: 'close', primary: true }], delays).map(record => ({
    ...record,
    ...{ feed: 'elsewhere', connection: `elsewhere-${record.connection}` },
  }))
  const feed = { ...coinbase, name: 'elsewhere', venue: 'elsewhere' }
  const both = { ...options, feeds: [...options.feeds, { feed, products: [{ as: 'other', symbol: 'BTC-USD' }] }] }
  const eventsOf = (records: BronzeRecord[], name: string): MarketEvent[] => {
    const decoder = createDecoder(both)
    return records.flatMap(record => decoder.decode(record).events).filter(event => event.feed === name)
  }
  expect(eventsOf(together(own, others), 'coinbase')).toEqual(eventsOf(own, 'coinbase'))
  expect(eventsOf(together(own, others), 'elsewhere')).toEqual(eventsOf(others, 'elsewhere'))
})
