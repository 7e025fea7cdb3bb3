import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { features } from '../../../src/core/features/spec.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { digestOf } from '../../../src/stores/digest.ts'
import { expectClose } from '../../fixtures/close.ts'
import { gap, marketShape, quote, randomMarket, rowsOf, settings, trade } from '../../fixtures/events.ts'
import { referenceRows } from '../../fixtures/reference_features.ts'

const start = 1_767_571_200

describe('the engine on any market', () => {
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
      { numRuns: 8 },
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
