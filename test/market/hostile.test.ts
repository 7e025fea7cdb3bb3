import { afterEach, expect, test } from 'vitest'
import type { Gap, MarketEvent } from '../../src/core/events/event.ts'
import { seededRandom } from '../../src/core/math/random.ts'
import { marketStamp, messageTime } from '../../src/market/socket/clock.ts'
import { rowsOf } from '../fixtures/events.ts'
import { heartbeat, micros, start, subscriptions, ticker, trade, trades } from '../fixtures/wire.ts'
import type { Script } from '../harness/hostile_exchange.ts'
import { channels, leave, meet, over, products, quotes, welcome } from '../harness/hostile_run.ts'

afterEach(leave)

function gapsOf(spans: [from: number, to: number, reason: string][]): object[] {
  return spans.flatMap(([from, to, reason]) =>
    products.map(product => ({ product, from: micros(from), to: micros(to), reason })),
  )
}

const bare = ({ product, from, to, reason }: Gap): object => ({ product, from, to, reason })
const byStart = (gaps: Gap[]): object[] => gaps.toSorted((a, b) => a.from - b.from).map(bare)

test('a product that a later acknowledgement leaves out is asked for again, while the others flow on', async () => {
  const { counts, events, gaps, exchange } = await meet([
    async guest => {
      await welcome(guest, 0)
      await guest.send(...quotes(2, 1))
      guest.socket.close(1012)
    },
    async guest => {
      await welcome(guest, 20, [products[0]])
      await guest.send(ticker(2, 21))
      await guest.asked(2 * channels.length)
      await guest.send(subscriptions(3, 22, products), subscriptions(4, 22, products), ...quotes(5, 23))
      over(guest)
    },
  ])
  expect(counts.reconnects).toBe(1)
  expect(exchange.guests[1].requests).toHaveLength(2 * channels.length)
  expect(events.filter(({ type }) => type === 'quote')).toHaveLength(5)
  expect(gaps.map(bare)).toEqual([
    { product: products[0], from: micros(1), to: micros(21), reason: 'disconnect' },
    { product: products[1], from: micros(1), to: micros(23), reason: 'disconnect' },
  ])
})

const limited = '{"type":"error","message":"rate limit exceeded"}'

test.each(['at the start', 'later'])('a subscription refused by the rate limit %s is asked for again', async when => {
  const calm: Script = async guest => {
    await welcome(guest, 0)
    await guest.send(...quotes(2, 1))
    guest.socket.close(1013)
  }
  const angry: Script = async guest => {
    await guest.asked(channels.length)
    await guest.send(limited)
    await guest.asked(2 * channels.length)
    await guest.send(limited, limited)
    await guest.asked(3 * channels.length)
    await guest.send(subscriptions(0, 5, products), subscriptions(1, 5, products), ...quotes(2, 6))
    over(guest)
  }
  const { frames, gaps, exchange } = await meet(when === 'later' ? [calm, angry] : [angry])
  expect(exchange.guests.at(-1)!.requests).toHaveLength(3 * channels.length)
  expect(frames.slice(-2)).toEqual(quotes(2, 6))
  expect(byStart(gaps)).toEqual(when === 'later' ? gapsOf([[1, 6, 'disconnect']]) : [])
})

test('an acknowledgement that never comes on a later connection is asked for again', async () => {
  const { exchange, frames } = await meet(
    [
      async guest => {
        await welcome(guest, 0)
        guest.socket.close(1001)
      },
      async guest => {
        await guest.asked(2 * channels.length)
        await guest.send(subscriptions(0, 5, products), subscriptions(1, 5, products), ...quotes(2, 6))
        over(guest)
      },
    ],
    { acknowledgeWithinMs: 1500 },
  )
  expect(exchange.guests[1].requests).toHaveLength(2 * channels.length)
  expect(frames).toEqual(quotes(2, 6))
})

/** Some minutes of a market, a quote of each product and a trade a second, numbered from 2. */
function market(seconds: number): string[] {
  return Array.from({ length: seconds }, (_, s) => [
    ...products.map((product, i) => {
      const bid = 100 + ((s * 7 + i) % 13) / 10
      return ticker(2 + 3 * s + i, s + 0.5, product, { best_bid: `${bid}`, best_ask: `${bid + 0.1}` })
    }),
    trades(4 + 3 * s, s + 0.7, [trade(`${s}`, s + 0.6)]),
  ]).flat()
}

const served =
  (frames: string[]): Script =>
  async guest => {
    await welcome(guest, 0)
    await guest.send(...frames)
    over(guest)
  }

test('repeated and reordered frames change no row; the gap of a reordered one ends where it was seen to be lost', async () => {
  const calm = market(200)
  const random = seededRandom(60)
  const unruly = [...calm]
  let swaps = 0
  for (let i = 5; i < unruly.length - 5; i += 40) {
    ;[unruly[i], unruly[i + 1]] = [unruly[i + 1], unruly[i]]
    swaps++
  }
  for (let i = 0; i < 60; i++) {
    const at = Math.floor(random() * unruly.length)
    unruly.splice(Math.min(unruly.length, at + 1 + Math.floor(3 * random())), 0, unruly[at])
  }
  const wanted = await meet([served(calm)])
  const { events, frames } = await meet([served(unruly)])
  expect(frames).toEqual(unruly)
  expect(wanted.gaps).toEqual([])
  const ofMarket = (all: MarketEvent[]): MarketEvent[] => all.filter(({ type }) => type !== 'gap')
  expect(rowsOf(ofMarket(events))).toEqual(rowsOf(ofMarket(wanted.events)))
  const gaps = events.filter(event => event.type === 'gap')
  expect(gaps.length).toBeGreaterThanOrEqual(swaps)
  expect(gaps.every(({ reason, missing }) => reason === 'sequence' && missing === 1)).toBe(true)
})

test('lost frames are gaps between the frames around them', async () => {
  const frames = market(30)
  const lost = [40, 41, 42]
  const { gaps } = await meet([served(frames.filter((_, i) => !lost.includes(i)))])
  const between = { from: messageTime(frames[39])!, to: messageTime(frames[43])! }
  expect(gaps.map(({ product, from, to, missing, sequence }) => ({ product, from, to, missing, sequence }))).toEqual(
    products.map(product => ({ product, ...between, missing: 3, sequence: 42 })),
  )
})

test('a frame dated 2099 is in bronze and a dead letter, and touches no row', async () => {
  const frames = market(120)
  const number = 2 + frames.length
  const far = (Date.UTC(2099, 0, 1) - start) / 1000
  const calm = [...frames.slice(0, 150), heartbeat(number, 50), ...frames.slice(150)]
  const bogus = [...frames.slice(0, 150), ticker(number, far), ...frames.slice(150)]
  const isBogus = (text: string): boolean => text.includes('2099')
  const wanted = await meet([served(calm)])
  const { events, dead, frames: kept } = await meet([served(bogus)], { stamp: marketStamp(isBogus, micros(0)) })
  expect(kept).toEqual(bogus)
  expect(dead).toEqual(['time_ahead'])
  expect(events.every(({ time }) => time < micros(200))).toBe(true)
  const quotesAndTrades = (all: MarketEvent[]) => all.filter(({ type }) => type === 'quote' || type === 'trade')
  expect(rowsOf(quotesAndTrades(events))).toEqual(rowsOf(quotesAndTrades(wanted.events)))
})
