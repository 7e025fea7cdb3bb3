import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareEvents, type Quote, type Trade } from '../../features/event.ts'
import { QuoteList, TradeList } from '../../features/event_lists.ts'
import { Packed } from '../../features/packed.ts'

const base = { feed: 'f', product: 'P', received_at: null, index: 0 }
const time = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 999_999 })).map(t => 1.7e15 + t)
const sequence = fc.oneof(fc.nat(3), fc.nat(70_000), fc.constantFrom(2 ** 40, Number.MAX_SAFE_INTEGER))
const quote: fc.Arbitrary<Quote> = fc
  .record({ time, sequence, index: fc.nat(2), connection: fc.constantFrom('a', 'b', 'ab') })
  .map(each => ({ ...base, ...each, type: 'quote', bid: '1', ask: '2', bid_size: null, ask_size: null, last: null }))
const trade: fc.Arbitrary<Trade> = fc
  .record({ time, id: fc.constantFrom('1', '01', '7', '12', 'x', '9007199254740993', '-1', '1e3'), sequence })
  .map(each => ({ ...base, ...each, type: 'trade', connection: 'a', price: '1', size: '1', side: 'buy' }))

function check<Event extends Quote | Trade>(
  list: { times: number[]; add(event: Event): number; pack(): { has(event: Event): boolean } },
  added: Event[],
  others: Event[],
): void {
  const kept: Event[] = []
  for (const event of added) {
    const place = list.add(event)
    expect(place < 0).toBe(kept.some(one => compareEvents(one, event) === 0))
    if (place >= 0) kept.splice(place, 0, event)
  }
  expect(kept).toEqual(kept.toSorted(compareEvents))
  expect(list.times).toEqual(kept.map(event => event.time))
  const packed = list.pack()
  for (const event of [...added, ...others])
    expect(packed.has(event)).toBe(kept.some(one => compareEvents(one, event) === 0))
}

test('quotes stand in total order, a repeat is told before and after the second is closed', () => {
  fc.assert(fc.property(fc.array(quote), fc.array(quote), (added, others) => check(new QuoteList(), added, others)))
})

test('trades likewise, by time and id, whatever the id looks like', () => {
  fc.assert(fc.property(fc.array(trade), fc.array(trade), (added, others) => check(new TradeList(), added, others)))
})

test('packed whole numbers are those that were put in', () => {
  const whole = fc.oneof(
    fc.integer({ min: 1000, max: 1300 }),
    fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    fc.maxSafeInteger(),
  )
  fc.assert(
    fc.property(fc.array(whole), values => {
      const packed = new Packed(values)
      expect(values.map((_, place) => packed.at(place))).toEqual(values)
    }),
  )
})
