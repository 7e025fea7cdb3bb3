import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareEvents, type Gap, type MarketEvent, type Quote, type Trade } from '../../../../src/core/events/event.ts'
import { type Bar, decodeBar, emptyBar, encodeBar } from '../../../../src/core/features/bar/bar.ts'
import { OpenBar } from '../../../../src/core/features/bar/open_bar.ts'

const second = 1.7e9
const base = { feed: 'f', product: 'P', received_at: null, index: 0, connection: 'a' }
const time = fc.constantFrom(0, 1, 2, 500_000, 999_998, 999_999).map(t => second * 1e6 + t)
const amount = fc.constantFrom(1, 2, 3.5, 8)
const size = fc.constantFrom(null, '0', '0.5', '1e30', '1e31', '-1', 'x')
const quote: fc.Arbitrary<Quote> = fc
  .record({ time, sequence: fc.nat(40), bid: amount, ask: amount, bid_size: size, ask_size: size })
  .map(each => ({ ...base, ...each, type: 'quote', bid: String(each.bid), ask: String(each.ask), last: null }))
const trade: fc.Arbitrary<Trade> = fc
  .record({ time, id: fc.nat(40).map(String), price: amount, size: amount, side: fc.constantFrom('buy', 'sell', 'x') })
  .map(
    each =>
      ({ ...base, ...each, type: 'trade', sequence: 0, price: String(each.price), size: String(each.size) }) as Trade,
  )
const lost: fc.Arbitrary<Gap> = fc
  .record({ sequence: fc.nat(9), to: time })
  .map(each => ({ ...base, ...each, type: 'gap', time: each.to, reason: 'sequence', from: 0, missing: 1 }))

/** A bar straight from its description, of events in total order. */
function barOf(events: MarketEvent[]): Bar {
  const quotes = events.filter(event => event.type === 'quote')
  const trades = events.filter(event => event.type === 'trade')
  const gaps = events.filter(event => event.type === 'gap')
  const mids = quotes.map(({ bid, ask }) => (Number(bid) + Number(ask)) / 2)
  const times = quotes.map(quote => quote.time)
  const active = [...quotes, ...trades].map(event => event.time)
  const volume = (side: string): number =>
    trades.filter(one => one.side === side).reduce((sum, one) => sum + Number(one.size), 0)
  const known = (text: string | null | undefined): number =>
    ['0', '0.5', '1e30'].includes(text ?? '') ? Number(text) : Number.NaN
  const changed = times.filter((_, i) => i > 0 && mids[i] !== mids[i - 1])
  const most = (values: number[]): number => (values.length === 0 ? Number.NaN : Math.max(...values))
  const least = (values: number[]): number => -most(values.map(value => -value))
  return {
    second,
    quotes: quotes.length,
    bid: Number(quotes.at(-1)?.bid ?? Number.NaN),
    ask: Number(quotes.at(-1)?.ask ?? Number.NaN),
    bid_size: known(quotes.at(-1)?.bid_size),
    ask_size: known(quotes.at(-1)?.ask_size),
    first_mid: mids[0] ?? Number.NaN,
    high: most(mids),
    low: least(mids),
    first_quote: least(times),
    last_quote: most(times),
    changes: changed.length,
    last_change: changed.at(-1) ?? Number.NaN,
    spacing_squares: times.slice(1).reduce((sum, one, i) => sum + (one - times[i]) ** 2, 0),
    trades: trades.length,
    trade_price: Number(trades.at(-1)?.price ?? Number.NaN),
    bought: volume('buy'),
    sold: volume('sell'),
    notional: trades.reduce((sum, one) => sum + Number(one.price) * Number(one.size), 0),
    gaps: gaps.length,
    gap_end: most(gaps.map(({ to }) => to)),
    first_active: least(active),
    last_active: most(active),
  }
}

test('a bar is what its description says, of the events in total order, each identity once, in whatever order they came', () => {
  const some = fc.array(fc.oneof(quote, trade, lost), { maxLength: 60, size: 'max' })
  fc.assert(
    fc.property(some, some, (before, events) => {
      // The place of another second is used again: nothing of that one may stay.
      const open = new OpenBar(second - 1)
      const add = (event: MarketEvent): boolean => {
        if (event.type === 'quote') return open.addQuote(event, Number(event.bid), Number(event.ask))
        if (event.type === 'trade') return open.addTrade(event, Number(event.price), Number(event.size))
        return event.type === 'gap' && open.addGap(event)
      }
      for (const event of before) add(event)
      open.reuse(second)
      const counted = events.filter(add)
      expect(open.events).toBe(counted.length)
      expect(open.close()).toEqual(barOf(counted.toSorted(compareEvents)))
    }),
    { numRuns: 300 },
  )
})

test('a bar comes back from its JSON as it was; what is no bar is null', () => {
  const empty = emptyBar(second)
  const full = { ...empty, quotes: 2, bid: 1, ask: 2, gaps: 0, sold: 0.5 }
  for (const bar of [empty, full]) expect(decodeBar(encodeBar('P', bar))).toEqual({ product: 'P', bar })
  const json = JSON.parse(encodeBar('P', full))
  for (const bad of [
    { product: 7 },
    { second: 1.5 },
    { quotes: null },
    { quotes: 'x' },
    { bid: '1' },
    { bid: undefined },
  ])
    expect(decodeBar(JSON.stringify({ ...json, ...bad })), JSON.stringify(bad)).toBeNull()
})
