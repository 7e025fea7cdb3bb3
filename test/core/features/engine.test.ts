import { describe, expect, it } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { ProductEngine } from '../../../src/core/features/engine.ts'
import { Engines } from '../../../src/core/features/engines.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { digestOf } from '../../../src/stores/digest.ts'
import { candle, clock, gap, news, quote, randomMarket, rowsOf, settings, trade } from '../../fixtures/events.ts'

const start = 1_767_571_200

describe('the engine', () => {
  it('carries a mid for its own second and ten more', () => {
    const table = rowsOf([quote(start + 0.5, 100, 101), clock(start + 60)])
    expect(Array.from(table.time)).toEqual(Array.from({ length: 11 }, (_, i) => (start + 1 + i) * 1e6))
    expect(Array.from(table.columns.mid_age)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('begins anew after 900 s without quotes or trades, not before', () => {
    const sessions = (silence: number): number => {
      const engines = new Engines(settings, { row: () => {} })
      for (const event of [
        quote(start, 100, 101),
        clock(start + 500),
        quote(start + silence, 100, 101),
        clock(start + 2000),
      ])
        engines.push(event)
      return engines.counts()['BTC-USD'].sessions
    }
    expect(sessions(899.9)).toBe(1)
    expect(sessions(900)).toBe(2)
  })

  it('counts the 900 s from the last to the first quote or trade, whatever else their seconds hold', () => {
    const sessions = (...events: MarketEvent[]): number => {
      const engines = new Engines(settings, { row: () => {} })
      for (const event of [...events, clock(start + 2000)]) engines.push(event)
      return engines.counts()['BTC-USD'].sessions
    }
    const from = [
      quote(start + 0.1, 100, 101),
      trade(start + 0.2, 1, 100, 1, 'buy'),
      trade(start + 0.3, 2, 100, 1, 'buy'),
    ]
    const late = trade(start + 900.9, 9, 100, 1, 'buy')
    expect(sessions(...from, trade(start + 900.29, 3, 100, 1, 'buy'), late)).toBe(1)
    expect(sessions(...from, trade(start + 900.3, 3, 100, 1, 'buy'), late)).toBe(2)
    expect(sessions(...from, quote(start + 900.29, 100, 101), late)).toBe(1)
  })

  it('ends a session where the silence has lasted as long as the reset, though a mid could be carried further', () => {
    const rowsAfter = (session_reset_s: number, at: number): number => {
      let rows = 0
      const engine = new ProductEngine('BTC-USD', { ...settings, session_reset_s }, { row: () => rows++ })
      for (const event of [quote(start + at, 100, 101), clock(start + 60)]) engine.push(event)
      expect(engine.counts.rows).toBe(rows)
      return rows
    }
    expect([5, 6, 10].map(reset => rowsAfter(reset, 0))).toEqual([5, 6, 10])
    expect([5, 6, 10].map(reset => rowsAfter(reset, 0.1))).toEqual([6, 7, 11])
  })

  it('passes a silence of a hundred years at once', () => {
    const events = [quote(1, 100, 101), quote(3e9, 100, 101), clock(3e9 + 5)]
    expect(rowsOf(events).rows).toBe(14)
  })

  it('closes a bar on clocks alone, when the watermark reaches its end', () => {
    expect(rowsOf([quote(start + 0.2, 100, 101), clock(start + 2.999999)]).rows).toBe(0)
    expect(rowsOf([quote(start + 0.2, 100, 101), clock(start + 3)]).rows).toBe(1)
  })

  it('takes nothing from candles and news: a candle moves the watermark to its end, as a clock does, news never', () => {
    const market = randomMarket({
      seed: 5,
      start,
      events: 900,
      meanStep: 0.3,
      price: 100,
      roughness: 1e-4,
      holes: 0,
      sizes: true,
    })
    const among = market.flatMap(event => [event, candle(event.time / 1e6, 7), news(event.time / 1e6 + 50, 'a')])
    expect(digestOf(rowsOf(among))).toBe(digestOf(rowsOf(market)))
    const first = quote(start + 0.2, 100, 101)
    expect(rowsOf([first, candle(start + 2.999999, 100)]).rows).toBe(0)
    expect(rowsOf([first, candle(start + 3, 100)]).rows).toBe(1)
    expect(rowsOf([first, news(start + 30, 'a')]).rows).toBe(0)
    const late: MarketEvent[] = []
    rowsOf([first, clock(start + 30), candle(start - 60, 100), news(start - 60, 'a')], late)
    expect(late).toEqual([])
  })

  it('sends an event for a closed second to the late output and leaves the row alone', () => {
    const events = [quote(start + 0.2, 100, 101), clock(start + 3)]
    const late: MarketEvent[] = []
    const straggler = quote(start + 0.9, 200, 201)
    expect(digestOf(rowsOf([...events, straggler], late))).toBe(digestOf(rowsOf(events)))
    expect(late).toEqual([straggler])
  })

  it('knows a trade that a snapshot repeats after a reconnection, also when its second is closed', () => {
    const late: MarketEvent[] = []
    const first = trade(start + 0.5, 7, 100, 1, 'buy')
    const repeated = { ...first, connection: 'b', sequence: 1 }
    rowsOf([quote(start, 100, 101), first, repeated, clock(start + 5), repeated], late)
    expect(late).toEqual([])
  })

  it('takes a trade that was asked for afterwards into no row, in time or not: it is counted, told as late, and moves no clock', () => {
    const market = [quote(start + 0.1, 100, 101), trade(start + 0.5, 1, 100, 2, 'buy'), clock(start + 5)]
    const filled = (second: number) => ({ ...trade(start + second, 7, 50, 9, 'sell'), backfilled: true as const })
    const late: MarketEvent[] = []
    const asked = [filled(0.6), filled(3), filled(900)]
    const table = rowsOf([market[0], asked[0], market[1], asked[1], asked[2], market[2]], late)
    expect(digestOf(table)).toBe(digestOf(rowsOf(market)))
    expect(late).toEqual(asked)
    const engine = new ProductEngine('BTC-USD', settings, { row: () => {} })
    expect([engine.push(asked[0]), engine.push(asked[0]), engine.push(market[1])]).toEqual([false, false, true])
    expect(engine.counts).toMatchObject({ backfilled: 2, trades: 1, duplicates: 0, late: 0 })
  })

  it('takes what no market has for rejected, and goes on', () => {
    const reasons: string[] = []
    const engines = new Engines(settings, { row: () => {}, rejected: (_, reason) => reasons.push(reason) })
    const sane = quote(start, 100, 101)
    engines.push(sane)
    engines.push(quote(start + 1, 0, 101))
    engines.push(quote(start + 1, '-5', 101))
    engines.push(quote(start + 1, 'NaN', 101))
    engines.push(quote(start + 1, null, 101))
    engines.push(trade(start + 1, 1, 100, 0, 'buy'))
    engines.push({ ...quote(start + 1, 100, 101), time: Number.NaN })
    engines.push({ ...quote(start + 100, 100, 101), received_at: (start + 1) * 1e6 })
    engines.push(quote(start + 4, 101, 100))
    engines.push(quote(start + 4.1, 100, 100))
    expect(reasons).toEqual([...Array(4).fill('invalid_quote'), 'invalid_trade', 'invalid_time', 'time_ahead'])
    const counts = engines.counts()['BTC-USD']
    expect(counts).toEqual({
      ...{ quotes: 3, crossed: 1, rows: 2, trades: 0, clocks: 0, gaps: 0, withdrawn: 0, duplicates: 0 },
      ...{ candles: 0, news: 0 },
      ...{ late: 0, backfilled: 0, sessions: 1 },
      rejected: { invalid_quote: 4, invalid_trade: 1, invalid_time: 1, time_ahead: 1 },
    })
  })

  it('takes a time from 0 on, in whole microseconds that a number holds', () => {
    const taken = (time: number): number => {
      const engines = new Engines(settings, { row: () => {} })
      engines.push({ ...quote(0, 100, 101), time })
      return engines.counts()['BTC-USD']?.quotes ?? 0
    }
    expect([0, 1, 2 ** 50].map(taken)).toEqual([1, 1, 1])
    expect([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY].map(taken)).toEqual([0, 0, 0, 0, 0])
  })

  it('takes the last quote by the total order, whatever came last', () => {
    const first = quote(start + 0.5, 100, 101, { sequence: 1 })
    const second = quote(start + 0.5, 200, 201, { sequence: 2 })
    for (const events of [
      [first, second],
      [second, first],
    ])
      expect(rowsOf([...events, clock(start + 3)]).columns.mid[0]).toBe(200.5)
  })

  it('accounts for every event, late, repeated, withdrawn or broken ones among them', () => {
    const random = seededRandom(3)
    const lost = { ...gap(start + 20, start + 21), connection: 'c' }
    const shape = { seed: 3, start, events: 600, meanStep: 0.4, price: 100, roughness: 1e-4, holes: 0.02, sizes: true }
    const events = [...randomMarket(shape), lost, { ...lost, withdrawn: true as const }]
      .flatMap(event => (random() < 0.2 ? [event, event] : [event]))
      .map(event => ({ event, key: event.time + random() * 6e6 }))
      .sort((a, b) => a.key - b.key)
      .map(({ event }) => event)
    const given = { late: 0, rejected: 0 }
    const engine = new ProductEngine('BTC-USD', settings, {
      row: () => {},
      late: () => given.late++,
      rejected: () => given.rejected++,
    })
    const taken = events.filter(event => {
      const isTaken = engine.push(event)
      expect(engine.firstOpen >= engine.openFrom || Number.isNaN(engine.openFrom)).toBe(true)
      return isTaken
    })
    const { counts } = engine
    const of = (type: string): number => taken.filter(event => event.type === type).length
    expect([counts.quotes, counts.trades, counts.clocks]).toEqual([of('quote'), of('trade'), of('clock')])
    expect(counts.withdrawn).toBe(taken.filter(event => event.type === 'gap' && event.withdrawn).length)
    expect(counts.gaps + counts.withdrawn).toBe(of('gap'))
    expect(Object.values(counts.rejected).reduce((sum, count) => sum + count, 0)).toBe(given.rejected)
    expect(counts.late).toBe(given.late)
    expect(counts.late).toBeGreaterThan(0)
    expect(taken.length + counts.duplicates + given.late + given.rejected).toBe(events.length)
  })
})
