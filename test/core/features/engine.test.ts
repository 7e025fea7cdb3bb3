import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { Engines } from '../../../src/core/features/engines.ts'
import { features } from '../../../src/core/features/spec.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { digestOf } from '../../../src/stores/digest.ts'
import { expectClose } from '../../fixtures/close.ts'
import { clock, gap, marketShape, quote, randomMarket, rowsOf, settings, trade } from '../../fixtures/events.ts'
import { referenceRows } from '../../fixtures/reference_features.ts'

const start = 1_767_571_200

describe('the engine', () => {
  it('equals the slow reference on every feature of every row', () => {
    fc.assert(
      fc.property(marketShape, shape => {
        const events = randomMarket(shape)
        const table = rowsOf(events)
        const expected = referenceRows(events, settings)
        expect(Array.from(table.time)).toEqual(expected.map(row => row.time))
        for (let row = 0; row < table.rows; row++)
          for (const { name } of features)
            expectClose(name, table.columns[name][row], expected[row].values, shape.price)
      }),
      { numRuns: 20 },
    )
  }, 120_000)

  it('equals the slow reference with a gap at every offset from the panes', () => {
    for (let offset = 0; offset < 60; offset += 3) {
      const events: MarketEvent[] = []
      for (let i = 0; i < 150; i++) {
        const silent = i >= 50 + offset && i < 63 + offset
        if (silent) continue
        if (i === 63 + offset) events.push(gap(start + 49 + offset, start + i))
        events.push(quote(start + i + 0.25, 100 + ((i * 7) % 13) / 10, 102 + ((i * 5) % 3) / 10))
        if (i % 4 === 0) events.push(trade(start + i + 0.5, i, 100 + ((i * 3) % 11) / 10, 1 + (i % 5), 'buy'))
      }
      const table = rowsOf(events)
      const expected = referenceRows(events, settings)
      expect(Array.from(table.time)).toEqual(expected.map(row => row.time))
      for (let row = 0; row < table.rows; row++)
        for (const { name } of features) expectClose(name, table.columns[name][row], expected[row].values, 100)
    }
  }, 60_000)

  it('gives the same digest under any shuffle within the out-of-orderness and any repetition', () => {
    fc.assert(
      fc.property(marketShape, fc.nat(), (shape, seed) => {
        const events = randomMarket(shape)
        const late: MarketEvent[] = []
        const found = rowsOf(disturb(events, seed), late)
        expect(digestOf(found)).toBe(digestOf(rowsOf(events)))
        expect(late).toEqual([])
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  it('never lets an event at or after T move a row up to T', () => {
    fc.assert(
      fc.property(marketShape, fc.double({ min: 0, max: 1, noNaN: true }), (shape, where) => {
        const events = randomMarket(shape)
        const t = events[Math.floor(where * (events.length - 1))].time
        const before = rowsOf(events)
        const after = rowsOf([
          ...events.filter(event => event.time < t),
          quote(t / 1e6, shape.price * 3, shape.price * 3.1),
          quote(t / 1e6 + 5000, shape.price, shape.price),
        ])
        for (let row = 0; row < before.rows && before.time[row] <= t; row++)
          for (const { name } of features)
            expect(Object.is(before.columns[name][row], after.columns[name][row]), `${name} ${before.time[row]}`).toBe(
              true,
            )
      }),
      { numRuns: 60 },
    )
  }, 60_000)

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

  it('closes a bar on clocks alone, when the watermark reaches its end', () => {
    expect(rowsOf([quote(start + 0.2, 100, 101), clock(start + 2.999999)]).rows).toBe(0)
    expect(rowsOf([quote(start + 0.2, 100, 101), clock(start + 3)]).rows).toBe(1)
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
    expect(reasons).toEqual([...Array(4).fill('invalid_quote'), 'invalid_trade', 'invalid_time', 'time_ahead'])
    const counts = engines.counts()['BTC-USD']
    expect([counts.quotes, counts.crossed, counts.rows]).toEqual([2, 1, 2])
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
})

/** Every event up to two seconds late, one in eight of them twice, a trade then from another connection. */
function disturb(events: MarketEvent[], seed: number): MarketEvent[] {
  const random = seededRandom(seed)
  return events
    .flatMap(event => (random() < 0.125 ? [event, again(event)] : [event]))
    .map(event => ({ event, key: event.time + random() * 2e6 }))
    .sort((a, b) => a.key - b.key)
    .map(({ event }) => event)
}

function again(event: MarketEvent): MarketEvent {
  return event.type === 'trade' ? { ...event, connection: 'b', sequence: 7 } : event
}
