import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareEvents, type Gap, type Quote, type Trade } from '../../../../src/core/events/event.ts'
import { OpenBar } from '../../../../src/core/features/bar/open_bar.ts'
import { Packed } from '../../../../src/core/features/bar/packed.ts'

const base = { feed: 'f', product: 'P', received_at: null, index: 0 }
const time = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 999_999 })).map(t => 1.7e15 + t)
const sequence = fc.oneof(fc.nat(3), fc.nat(70_000), fc.constantFrom(2 ** 40, Number.MAX_SAFE_INTEGER))
const quote: fc.Arbitrary<Quote> = fc
  .record({ time, sequence, index: fc.nat(2), connection: fc.constantFrom('a', 'b', 'ab') })
  .map(each => ({ ...base, ...each, type: 'quote', bid: '1', ask: '2', bid_size: null, ask_size: null, last: null }))
const trade: fc.Arbitrary<Trade> = fc
  .record({ time, id: fc.constantFrom('1', '01', '7', '12', 'x', '9007199254740993', '-1', '1e3'), sequence })
  .map(each => ({ ...base, ...each, type: 'trade', connection: 'a', price: '1', size: '1', side: 'buy' }))

/** What a bar takes in, and what is kept of it while the bar serves another second, against a plain list. */
function check<Event extends Quote | Trade>(
  add: (bar: OpenBar, event: Event) => boolean,
  added: Event[],
  others: Event[],
): void {
  const bar = new OpenBar(1.7e9)
  const kept: Event[] = []
  const has = (event: Event): boolean => kept.some(one => compareEvents(one, event) === 0)
  for (const event of added) {
    expect(add(bar, event)).toBe(!has(event))
    if (!has(event)) kept.push(event)
  }
  const closed = bar.pack()
  bar.reuse(1.7e9 + 1)
  for (const event of [...added, ...others]) expect(closed.has(event)).toBe(has(event))
}

test('a repeated quote is told before and after the second is closed, of few and of many', () => {
  const add = (bar: OpenBar, event: Quote): boolean => bar.addQuote(event, 1, 2)
  fc.assert(
    fc.property(fc.array(quote, { maxLength: 100, size: 'max' }), fc.array(quote), (added, others) =>
      check(add, added, others),
    ),
  )
})

test('a repeated trade likewise, by time and id, whatever the id looks like', () => {
  const add = (bar: OpenBar, event: Trade): boolean => bar.addTrade(event, 1, 1)
  fc.assert(
    fc.property(fc.array(trade, { maxLength: 100, size: 'max' }), fc.array(trade), (added, others) =>
      check(add, added, others),
    ),
  )
})

test('a second of many gaps is closed by looking at each a few times, and those taken back do not count', () => {
  let looks = 0
  const gapAt = (sequence: number, withdrawn?: true): Gap => ({
    ...{ ...base, type: 'gap', time: 1.7e15, sequence, reason: 'sequence', missing: 1, from: 0, to: sequence },
    ...(withdrawn && { withdrawn }),
    get connection() {
      looks++
      return 'a'
    },
  })
  const bar = new OpenBar(1.7e9)
  const most = 200
  for (let sequence = 0; sequence < most; sequence++) expect(bar.addGap(gapAt(sequence))).toBe(true)
  for (let sequence = most / 2; sequence < 2 * most; sequence++) bar.addGap(gapAt(sequence, true))
  expect(bar.addGap(gapAt(7))).toBe(false)
  looks = 0
  expect(bar.close()).toMatchObject({ gaps: most / 2, gap_end: most / 2 - 1 })
  expect(looks).toBeLessThan(3 * bar.events)
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
