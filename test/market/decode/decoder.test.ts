import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Gap, MarketEvent } from '../../../src/core/events/event.ts'
import type { Control, RawRecord } from '../../../src/market/bronze/record.ts'
import { createDecoder, type Decoded } from '../../../src/market/decode/decoder.ts'
import { decoding } from '../../fixtures/feeds.ts'
import {
  envelope,
  exchangeTicker,
  heartbeat,
  iso,
  micros,
  subscriptions,
  ticker,
  trade,
  trades,
} from '../../fixtures/wire.ts'

const options = decoding('BTC-USD', 'ETH-USD')

function record(text: string, connection = 'c1', more: Partial<RawRecord> = {}): RawRecord {
  const frame = JSON.parse(text)
  const feed = 'channel' in frame ? 'coinbase' : 'coinbase-exchange'
  return { received_at: null, feed, connection, frame, text, file: 'f', line: 1, ...more }
}

function control(connection: string, kind: Control): RawRecord {
  return { received_at: 1, feed: 'coinbase', connection, control: kind, file: 'f', line: 1 }
}

function decodeAll(records: RawRecord[], decoder = createDecoder(options)): Pick<Decoded, 'events' | 'dead'> {
  const all = records.map(decoder.decode)
  return { events: all.flatMap(one => one.events), dead: all.flatMap(one => one.dead) }
}

function gapsOf(events: MarketEvent[]): Gap[] {
  return events.filter(event => event.type === 'gap')
}

describe('Advanced Trade frames', () => {
  it('a ticker is a quote at the envelope time, decimals as they stand', () => {
    const { events } = decodeAll([record(ticker(7, 1.5, 'ETH-USD', { best_bid: '2050.10' }))])
    expect(events).toEqual([
      {
        type: 'quote',
        feed: 'coinbase',
        product: 'ETH-USD',
        time: micros(1.5),
        received_at: null,
        connection: 'c1',
        sequence: 7,
        index: 0,
        bid: '2050.10',
        ask: '100.6',
        bid_size: '1.5',
        ask_size: '2',
        last: '100.5',
      },
    ])
  })

  it('missing, empty and absurdly long prices are null, numbers become text, a crossed book stays an event', () => {
    const fields = { best_bid: 101, best_ask: '', best_bid_quantity: undefined, price: 'x'.repeat(1000) }
    const { events } = decodeAll([record(ticker(0, 0, 'BTC-USD', fields))])
    expect(events).toMatchObject([{ bid: '101', ask: null, bid_size: null, ask_size: '2', last: null }])
    expect(decodeAll([record(ticker(0, 0, 'BTC-USD', { best_bid: '200', best_ask: '1' }))]).events).toHaveLength(1)
  })

  it('market_trades: the taker is the other side, the time is its own, index counts over the frame', () => {
    const items = [trade('12', 1.1), trade('11', 0.9, 'ETH-USD', { side: 'SELL' }), trade('10', 0.8, 'X-Y')]
    const decoder = createDecoder(options)
    const { events } = decodeAll([record(trades(3, 1.2, items))], decoder)
    expect(events).toMatchObject([
      { type: 'trade', id: '12', time: micros(1.1), side: 'sell', index: 0, sequence: 3 },
      { type: 'trade', id: '11', time: micros(0.9), side: 'buy', index: 1, product: 'ETH-USD' },
    ])
    expect(decoder.counters.skipped).toEqual({ 'X-Y': 1 })
  })

  it('a heartbeat is a clock for products acknowledged or seen, and only those known before it', () => {
    const frames = [
      record(heartbeat(0, 0)),
      record(ticker(1, 0.1)),
      record(heartbeat(2, 1)),
      record(subscriptions(3, 1.1, ['ETH-USD', 'DOGE-USD'])),
      record(heartbeat(4, 2)),
    ]
    const clocks = decodeAll([...frames, ...frames]).events.filter(event => event.type === 'clock')
    const seen = clocks.map(({ product, sequence }) => `${product} ${sequence}`)
    expect(seen.slice(0, 3)).toEqual(['BTC-USD 2', 'BTC-USD 4', 'ETH-USD 4'])
    expect(new Set(seen).size).toBe(3)
  })

  it('channels without events count for holes', () => {
    const { events } = decodeAll([
      record(ticker(0, 0)),
      record(envelope('l2_data', 1, 0.1, [])),
      record(envelope('something_new', 2, 0.2, {})),
      record('{"type":"error","message":"authentication failure"}', 'c1', { feed: 'coinbase' }),
      record(ticker(3, 0.3)),
    ])
    expect(events.map(event => event.type)).toEqual(['quote', 'quote'])
  })
})

describe('Exchange frames', () => {
  it('a ticker is a quote and a trade of the side it names; without trade_id a quote', () => {
    const { events } = decodeAll([
      record(exchangeTicker(900, 1)),
      record(exchangeTicker(905, 2, { trade_id: undefined })),
    ])
    expect(events).toMatchObject([
      { type: 'quote', index: 0, sequence: 900, time: micros(1) },
      { type: 'trade', index: 1, id: '900', side: 'buy', size: '0.5' },
      { type: 'quote', sequence: 905 },
    ])
  })

  it('a match has the maker side; a heartbeat is its product clock; numbers that jump are no gap', () => {
    const match = {
      type: 'match',
      trade_id: 5,
      side: 'sell',
      size: '1',
      price: '2',
      product_id: 'BTC-USD',
      sequence: 10,
    }
    const beat = { type: 'heartbeat', sequence: 99, last_trade_id: 5, product_id: 'ETH-USD', time: iso(2) }
    const { events } = decodeAll([record(JSON.stringify({ ...match, time: iso(1) })), record(JSON.stringify(beat))])
    expect(events).toMatchObject([
      { type: 'trade', id: '5', side: 'buy', index: 0 },
      { type: 'clock', product: 'ETH-USD', time: micros(2) },
    ])
  })
})

describe('gaps', () => {
  it('a hole is one gap a product, between the frames around it; a late frame and a repeat make none', () => {
    const { events } = decodeAll([
      record(ticker(0, 0)),
      record(ticker(1, 1, 'ETH-USD')),
      record(ticker(5, 3)),
      record(ticker(3, 2)),
      record(ticker(5, 3)),
      record(ticker(6, 4)),
    ])
    expect(gapsOf(events)).toMatchObject(
      ['BTC-USD', 'ETH-USD'].map(product => ({
        product,
        reason: 'sequence',
        from: micros(1),
        to: micros(3),
        time: micros(3),
        sequence: 2,
        missing: 3,
        index: 0,
      })),
    )
    expect(events.filter(event => event.type === 'quote')).toHaveLength(6)
  })

  it('a new connection is a disconnect, after a stale control stale, once a product', () => {
    const { events } = decodeAll([
      record(ticker(0, 0)),
      record(ticker(1, 1, 'ETH-USD')),
      control('c1', 'close'),
      record(ticker(0, 10), 'c2'),
      record(ticker(1, 11), 'c2'),
      record(ticker(2, 12, 'ETH-USD'), 'c2'),
      control('c2', 'stale'),
      control('c2', 'close'),
      record(ticker(0, 30), 'c3'),
    ])
    expect(gapsOf(events)).toMatchObject([
      { product: 'BTC-USD', connection: 'c2', reason: 'disconnect', from: micros(0), to: micros(10), missing: null },
      { product: 'ETH-USD', connection: 'c2', reason: 'disconnect', from: micros(1), to: micros(12) },
      { product: 'BTC-USD', connection: 'c3', reason: 'stale', from: micros(11), to: micros(30) },
    ])
  })

  it('the history that follows a reconnect does not move the end of the gap back', () => {
    const { events } = decodeAll([record(ticker(0, 5)), record(trades(0, 9, [trade('1', 4), trade('2', 8)]), 'c2')])
    expect(gapsOf(events)).toMatchObject([{ from: micros(5), to: micros(9) }])
  })

  it('the older feed sends its last ticker again first: the gap ends with the first new one', () => {
    const { events } = decodeAll([
      record(exchangeTicker(900, 1)),
      record(exchangeTicker(900, 1), 'c2'),
      record(exchangeTicker(950, 7), 'c2'),
    ])
    expect(gapsOf(events)).toMatchObject([{ reason: 'disconnect', from: micros(1), to: micros(7) }])
  })

  it('an old frame that comes again after a reconnect changes nothing', () => {
    const { events } = decodeAll([
      record(ticker(0, 0)),
      control('c1', 'stale'),
      record(ticker(0, 10), 'c2'),
      record(ticker(0, 0)),
      control('c2', 'close'),
      record(ticker(0, 20), 'c3'),
    ])
    expect(gapsOf(events).map(gap => [gap.connection, gap.reason])).toEqual([
      ['c2', 'stale'],
      ['c3', 'disconnect'],
    ])
  })

  it('bare files that join by number have no gap between them, others do', () => {
    const bare = { bare: true }
    const first = [record(ticker(0, 0), 'a#0', bare), record(ticker(1, 1), 'a#0', bare)]
    expect(gapsOf(decodeAll([...first, record(ticker(2, 2), 'b#0', bare)]).events)).toEqual([])
    expect(gapsOf(decodeAll([...first, record(ticker(4, 2), 'b#0', bare)]).events)).toHaveLength(1)
  })
})

describe('time that cannot be', () => {
  it('rejects what lies more than 60 s ahead of its receipt, and what follows is untouched by it', () => {
    const decoder = createDecoder(options)
    const at = { received_at: micros(10) }
    const { events, dead } = decodeAll(
      [record(ticker(0, 70), 'c1', at), record(ticker(1, 70.000001), 'c1', at), record(ticker(4, 71), 'c1', at)],
      decoder,
    )
    expect(events.filter(event => event.type === 'quote')).toMatchObject([{ sequence: 0 }])
    expect(gapsOf(events)).toMatchObject([{ sequence: 2, from: micros(70), to: micros(70) }])
    expect(dead.map(letter => letter.reason)).toEqual(['time_ahead', 'time_ahead'])
    expect(decoder.counters.rejected).toBe(2)
  })

  it('a trade is held against its envelope where the receipt is unknown', () => {
    const { events, dead } = decodeAll([record(trades(0, 0, [trade('1', 60), trade('2', 61), trade('3', 99)]))])
    expect(events).toMatchObject([{ id: '1' }])
    expect(dead).toHaveLength(1)
  })

  it('a frame that the reader rejected gives no events but counts for holes', () => {
    const { events, dead } = decodeAll([
      record(ticker(0, 0)),
      record(ticker(1, 9e6), 'c1', { rejected: 'time_jump' }),
      record(ticker(2, 1)),
    ])
    expect(events.map(event => event.type)).toEqual(['quote', 'quote'])
    expect(dead).toMatchObject([{ reason: 'time_jump', where: 'f:1' }])
  })
})

describe('dead letters', () => {
  it.each([
    ['missing_product', ticker(0, 0, '')],
    ['bad_time', ticker(0, 0).replace('T00:00', 'T99:00')],
    ['bad_sequence', ticker(0, 0).replace('"sequence_num":0', '"sequence_num":"x"')],
    ['bad_events', envelope('ticker', 0, 0, 'none')],
    ['bad_ticker', envelope('ticker', 0, 0, [{ tickers: [7] }])],
    ['missing_trade_id', trades(0, 0, [trade('', 0)])],
    ['bad_trade', trades(0, 0, [trade('1', 0, 'BTC-USD', { price: null })])],
    ['bad_time', trades(0, 0, [trade('1', 0, 'BTC-USD', { time: 'now' })])],
    ['missing_product', exchangeTicker(0, 0, { product_id: null })],
    ['bad_sequence', exchangeTicker(0, 0, { sequence: -1 })],
    ['missing_trade_id', exchangeTicker(0, 0, { trade_id: 1.5 })],
  ])('%s', (reason, text) => {
    const { dead } = decodeAll([record(text)])
    expect(dead).toMatchObject([{ reason, connection: 'c1', where: 'f:1' }])
    expect(dead[0].bytes.length).toBeGreaterThan(0)
  })

  it('the other tickers of the frame still count', () => {
    const good = JSON.parse(ticker(0, 0)).events[0].tickers[0]
    const text = envelope('ticker', 0, 0, [{ tickers: [{ ...good, product_id: 3 }, good] }, { tickers: [good] }])
    const { events, dead } = decodeAll([record(text)])
    expect(events.map(event => event.index)).toEqual([1, 2])
    expect(dead).toHaveLength(1)
  })
})

const samples = [
  ticker(0, 0),
  trades(1, 1, [trade('1', 1), trade('2', 1.5)]),
  heartbeat(2, 2),
  subscriptions(3, 3, ['BTC-USD']),
  exchangeTicker(4, 4),
]

describe('properties', () => {
  const oddValue = fc.oneof(fc.jsonValue(), fc.constantFrom('', '-1', 'NaN', '1e999', 1e308, -0, null, iso(5)))

  /** A sample of which some values, anywhere inside, were replaced. */
  const mutated = fc
    .tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(), oddValue), { minLength: 1, maxLength: 4 }))
    .map(([text, changes]) => {
      const frame = JSON.parse(text)
      for (const [pick, value] of changes) {
        const places: [Record<string, unknown>, string][] = []
        const walk = (node: unknown): void => {
          if (typeof node !== 'object' || node === null) return
          for (const key of Object.keys(node)) {
            places.push([node as Record<string, unknown>, key])
            walk((node as Record<string, unknown>)[key])
          }
        }
        walk(frame)
        if (places.length === 0) continue
        const [node, key] = places[pick % places.length]
        node[key] = value
      }
      return frame
    })

  it('no frame makes it throw, and every event it gives is well formed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(mutated, fc.boolean()), { maxLength: 8 }), frames => {
        const decoder = createDecoder(options)
        for (const [frame, exchange] of frames) {
          const feed = exchange ? 'coinbase-exchange' : 'coinbase'
          const { events } = decoder.decode({ ...record(samples[0]), feed, frame, received_at: micros(10) })
          for (const event of events) {
            expect(['BTC-USD', 'ETH-USD']).toContain(event.product)
            expect(Number.isSafeInteger(event.time) && Number.isSafeInteger(event.sequence)).toBe(true)
            expect(event.time).toBeLessThanOrEqual(micros(70))
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('any JSON value as a frame is answered', () => {
    fc.assert(
      fc.property(fc.jsonValue(), frame => {
        const { events } = createDecoder(options).decode({ ...record(samples[0]), frame })
        expect(events).toEqual([])
      }),
    )
  })

  it('goes on from a snapshot as if never stopped', () => {
    const step = fc.record({
      connection: fc.constantFrom('a', 'b', 'c'),
      jump: fc.integer({ min: -2, max: 4 }),
      kind: fc.constantFrom('ticker', 'eth', 'trade', 'beat', 'close', 'stale'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, cut) => {
        const numbers: Record<string, number> = { a: 3, b: 3, c: 3 }
        const records = steps.map(({ connection, jump, kind }, at) => {
          if (kind === 'close' || kind === 'stale') return control(connection, kind)
          numbers[connection] = Math.max(0, numbers[connection] + jump)
          const n = numbers[connection]
          if (kind === 'beat') return record(heartbeat(n, at), connection)
          if (kind === 'trade') return record(trades(n, at, [trade(`${at}`, at - 0.5)]), connection)
          return record(ticker(n, at, kind === 'eth' ? 'ETH-USD' : 'BTC-USD'), connection)
        })
        const place = cut % (records.length + 1)
        const first = createDecoder(options)
        const before = decodeAll(records.slice(0, place), first).events
        const snapshot = JSON.parse(JSON.stringify(first.snapshot()))
        const after = decodeAll(records.slice(place), createDecoder({ ...options, snapshot })).events
        expect([...before, ...after]).toEqual(decodeAll(records).events)
      }),
    )
  })
})

it('says of each record that gives nothing why: a control, a repeat, a heartbeat of no product, no content, another connection', () => {
  const decoder = createDecoder(options)
  const again = trades(1, 1, [trade('1', 1)])
  const reasons = [
    control('c1', 'open'),
    record(heartbeat(0, 1)),
    record(trades(1, 1, [])),
    record(again, 'c2', { role: 'primary' }),
    record(again, 'c3', { role: 'standby' }),
  ].map(one => [...decoder.decode(one).ignored.keys()].join())
  expect(reasons).toEqual(['control', 'heartbeat', 'empty', '', 'other connection'])
})
