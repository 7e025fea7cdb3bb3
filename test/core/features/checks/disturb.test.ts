import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MarketEvent } from '../../../../src/core/events/event.ts'
import { type Disturbance, Disturber } from '../../../../src/core/features/checks/disturb.ts'
import { compareRows } from '../../../../src/core/features/checks/row_difference.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { digestOf } from '../../../../src/stores/digest.ts'
import { clock, marketShape, quote, randomMarket, rowsOf, settings } from '../../../fixtures/events.ts'

const bound = settings.out_of_orderness_s
const none: Disturbance = { shuffle_s: 0, duplicate: 0, drop: 0, seed: 1 }

function disturb(events: MarketEvent[], disturbance: Disturbance): { events: MarketEvent[]; disturber: Disturber } {
  const disturber = new Disturber(disturbance, bound, seededRandom(disturbance.seed))
  const out = events.flatMap(event => disturber.push(event))
  return { events: [...out, ...disturber.end()], disturber }
}

/** Events as they arrive: up to `spread` seconds behind younger ones, so that some are late. */
function arrive(events: MarketEvent[], spread: number, seed: number): MarketEvent[] {
  const random = seededRandom(seed)
  return events
    .map(event => ({ event, key: event.time + random() * spread * 1e6 }))
    .sort((a, b) => a.key - b.key)
    .map(({ event }) => event)
}

/** Of a kind that moves the watermark; only then is what the disturber takes for late exactly what the engine does. */
function isPossible(event: MarketEvent): boolean {
  if (event.type === 'quote') return Number(event.bid) > 0 && Number(event.ask) > 0
  return event.type !== 'trade' || Number(event.size) > 0
}

const spread = fc.constantFrom(0, 1.5, 4, 30)

it('leaves rows and late events as they are when it delays no more than the bound, whatever the order before', () => {
  fc.assert(
    fc.property(marketShape, spread, fc.double({ min: 0, max: bound, noNaN: true }), fc.nat(), (shape, by, s, seed) => {
      const arrived = arrive(randomMarket(shape).filter(isPossible), by, seed)
      const before: MarketEvent[] = []
      const after: MarketEvent[] = []
      const expected = digestOf(rowsOf(arrived, before))
      expect(digestOf(rowsOf(disturb(arrived, { ...none, shuffle_s: s, seed }).events, after))).toBe(expected)
      const repeated = disturb(arrived, { ...none, shuffle_s: s, duplicate: 0.2, seed }).events
      expect(digestOf(rowsOf(repeated))).toBe(expected)
      expect(new Set(after)).toEqual(new Set(before))
    }),
    { numRuns: 60 },
  )
})

it('keeps every event, each as often as it says, and none longer than it may', () => {
  fc.assert(
    fc.property(marketShape, fc.double({ min: 0, max: 60, noNaN: true }), fc.nat(), (shape, shuffle_s, seed) => {
      const events = randomMarket(shape)
      const { events: out, disturber } = disturb(events, { shuffle_s, duplicate: 0.3, drop: 0.2, seed })
      expect(out).toHaveLength(events.length - disturber.dropped + disturber.repeated)
      expect(new Set(out).size).toBe(events.length - disturber.dropped)
      let highest = Number.NEGATIVE_INFINITY
      for (const event of out) {
        expect(event.time).toBeGreaterThanOrEqual(highest - shuffle_s * 1e6)
        highest = Math.max(highest, event.time)
      }
    }),
    { numRuns: 60 },
  )
})

it('holds no more than the events of its span', () => {
  const disturber = new Disturber({ ...none, shuffle_s: 5 }, bound, seededRandom(1))
  let released = 0
  for (let i = 0; i < 20_000; i++) {
    released += disturber.push(quote(i / 10, 100, 101)).length
    expect(i + 1 - released).toBeLessThanOrEqual(50)
  }
})

it('is the same for the same seed and another for another', () => {
  const events = randomMarket({ ...shape, events: 500 })
  const half = { ...none, shuffle_s: 3, drop: 0.5 }
  expect(disturb(events, half).events).toEqual(disturb(events, half).events)
  expect(disturb(events, half).events).not.toEqual(disturb(events, { ...half, seed: 2 }).events)
})

it('says by how much rows differ, feature by feature', () => {
  const start = 1_767_571_200
  const events = [quote(start, 100, 102), quote(start + 1, 110, 112), clock(start + 4)]
  const other = [quote(start, 100, 102), quote(start + 1, 110, 116, { bid_size: null }), clock(start + 3)]
  const { features, ...rows } = compareRows(rowsOf(events), rowsOf(other))
  expect(rows).toEqual({ common: 1, missing: 1, extra: 0 })
  expect(features).toEqual([])
  const difference = compareRows(rowsOf(events), rowsOf([...other, clock(start + 4)]))
  expect(difference).toMatchObject({ common: 2, missing: 0, extra: 0 })
  expect(difference.features.find(({ name }) => name === 'mid')).toEqual({
    ...{ name: 'mid', unit: 'quote currency', share: 0.5, largest: 2, null_share: 0 },
  })
  expect(difference.features.find(({ name }) => name === 'imbalance')).toMatchObject({ share: 0.5, null_share: 0.5 })
})

const shape = {
  ...{ seed: 3, start: 1_767_571_000, events: 3000, meanStep: 0.4, price: 100, roughness: 1e-4, holes: 0.002 },
  sizes: true,
}

it('does disturb: of events a second apart, a shuffle of five changes the order, one of none does not', () => {
  const events = Array.from({ length: 60 }, (_, i) => quote(1_767_571_200 + i, 100, 101))
  expect(disturb(events, { ...none, shuffle_s: 5 }).events).not.toEqual(events)
  expect(disturb(events, none).events).toEqual(events)
})
