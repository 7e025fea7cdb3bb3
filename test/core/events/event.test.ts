import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareEvents, identityOf, type MarketEvent } from '../../../src/core/events/event.ts'
import { decodeEvent, encodeEvent } from '../../../src/core/events/event_json.ts'
import { eventSchema } from '../../../src/core/events/event_schema.ts'
import { candle, clock, gap, news, quote, trade } from '../../fixtures/events.ts'

const kinds: MarketEvent[] = [
  quote(60, 100, 101),
  clock(60),
  gap(50, 60),
  trade(60, 7, 100, 1, 'buy'),
  { ...trade(60, 8, 100, 1, 'buy'), flags: ['correction', 'not_last'] },
  candle(60, 100),
  { ...candle(60, 100), interval: '5m', backfilled: true, trades: null },
  news(60, 'a'),
]

test('every kind of event survives its JSON, and the schema of the topic knows it', () => {
  for (const event of kinds) {
    expect(decodeEvent(encodeEvent(event))).toEqual(event)
    expect(eventSchema.safeParse(event).error).toBeUndefined()
    expect(eventSchema.safeParse({ ...event, more: 1 }).success).toBe(false)
  }
})

test('an unfinished candle is no event', () => {
  const unfinished = { ...candle(60, 100), closed: false }
  expect(eventSchema.safeParse(unfinished).success).toBe(false)
  expect(decodeEvent(JSON.stringify(unfinished))).toBe(
    'interval, start, closed or a number of the candle is not as it should be',
  )
})

test('a candle is its interval and start, an article its id, whatever connection brought it', () => {
  for (const event of [candle(60, 100), news(60, 'a')]) {
    const again = { ...event, connection: 'b', sequence: 9, index: 3 }
    expect(identityOf(again)).toBe(identityOf(event))
    expect(compareEvents(again, event)).toBe(0)
  }
  const identities = kinds.map(identityOf)
  expect(new Set(identities).size).toBe(kinds.length)
})

test('the order of events is total', () => {
  const some = fc
    .tuple(fc.constantFrom(...kinds), fc.constantFrom('a', 'b'), fc.nat(2))
    .map(([event, connection, sequence]) => ({ ...event, connection, sequence }))
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      expect(compareEvents(a, b) > 0).toBe(compareEvents(b, a) < 0)
      if (compareEvents(a, b) <= 0 && compareEvents(b, c) <= 0) expect(compareEvents(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})
