import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../../config.ts'
import type { Gap, MarketEvent } from '../../features/event.ts'
import { createBronzeWriter } from '../../market/bronze.ts'
import { type BronzeContent, parseBronzeLine } from '../../market/bronze_line.ts'
import { marketStamp, messageTime } from '../../market/clock.ts'
import { coinbase } from '../../market/coinbase.ts'
import { readEvents } from '../../market/events.ts'
import { type IngestCounts, type IngestOptions, ingest } from '../../market/ingest.ts'
import { seededRandom } from '../../random.ts'
import { rowsOf } from '../features/events.ts'
import { type Guest, type HostileExchange, type Script, startHostileExchange } from './hostile_exchange.ts'
import { silentLog } from './simulated_market.ts'
import { heartbeat, micros, start, subscriptions, ticker, trade, trades } from './wire.ts'

const config = readConfig()
const products = config.feed.products
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

interface Outcome {
  counts: IngestCounts
  lines: BronzeContent[]
  /** Texts of the frames that are in bronze, without acknowledgements. */
  frames: string[]
  events: MarketEvent[]
  gaps: Gap[]
  dead: string[]
  exchange: HostileExchange
}

const channels = ['ticker', 'heartbeats']

/** Ingests from an exchange that follows the scripts until one of them says that the market is over. */
async function meet(scripts: Script[], overrides: Partial<IngestOptions> = {}, refusals = 0): Promise<Outcome> {
  const exchange = await startHostileExchange(scripts, refusals)
  const directory = mkdtempSync(join(tmpdir(), 'hostile-'))
  const bronze = createBronzeWriter({ directory, feed: 'coinbase' })
  cleanups.push(
    () => exchange.close(),
    () => bronze.close(),
    () => rmSync(directory, { recursive: true }),
  )
  const counts = await ingest({
    feed: coinbase,
    url: exchange.url,
    products,
    channels,
    bronze,
    stamp: marketStamp(undefined, micros(0)),
    start: 'test',
    staleAfterMs: 10_000,
    backoff: { first_ms: 1, limit_ms: 5, healthy_ms: 60_000 },
    acknowledgeWithinMs: 10_000,
    log: silentLog,
    ...overrides,
  })
  const lines = bronze.files.flatMap(file =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => parseBronzeLine(line)!),
  )
  const events: MarketEvent[] = []
  const dead: string[] = []
  for await (const decoded of readEvents([...bronze.files], config)) {
    events.push(...decoded.events)
    dead.push(...decoded.dead.map(({ reason }) => reason))
  }
  const frames = lines.flatMap(({ text }) => (text === undefined || text.includes('"subscriptions"') ? [] : [text]))
  return { counts, lines, frames, events, gaps: events.filter(event => event.type === 'gap'), dead, exchange }
}

const over: Script = guest => guest.socket.close(1000, 'end of market')

/** Waits for the subscription and acknowledges it, one request after the other. */
async function welcome(guest: Guest, seconds: number, served = products): Promise<void> {
  await guest.asked(channels.length)
  for (let i = 0; i < channels.length; i++) await guest.send(subscriptions(i, seconds, served))
}

/** A quote of each product at the time, numbered on from an acknowledged subscription. */
function quotes(from: number, seconds: number): string[] {
  return products.map((product, i) => ticker(from + i, seconds, product))
}

function gapsOf(spans: [from: number, to: number, reason: string][]): object[] {
  return spans.flatMap(([from, to, reason]) =>
    products.map(product => ({ product, from: micros(from), to: micros(to), reason })),
  )
}

const bare = ({ product, from, to, reason }: Gap): object => ({ product, from, to, reason })
const byStart = (gaps: Gap[]): object[] => gaps.toSorted((a, b) => a.from - b.from).map(bare)

test('whatever code the exchange closes with: asked again, the gap has exact bounds, bronze is complete up to it', async () => {
  const codes = [1000, 1001, 1008, 1011, 1012, 1013, 4000]
  const sent: string[] = []
  const scripts = [...codes, null].map(
    (code, n): Script =>
      async guest => {
        await welcome(guest, 60 * n)
        const frames = [...quotes(2, 60 * n + 1), heartbeat(4, 60 * n + 2), ...quotes(5, 60 * n + 3)]
        sent.push(...frames)
        await guest.send(...frames)
        if (code === null) over(guest)
        else guest.socket.close(code, 'maintenance')
      },
  )
  const { counts, frames, gaps, exchange } = await meet(scripts)
  expect(counts).toMatchObject({ reconnects: codes.length, stale: 0 })
  expect(exchange.guests.map(({ requests }) => requests)).toEqual(
    Array(codes.length + 1).fill(coinbase.subscribe(products, channels)),
  )
  expect(frames).toEqual(sent)
  expect(byStart(gaps)).toEqual(gapsOf(codes.map((_, n) => [60 * n + 3, 60 * n + 61, 'disconnect'])))
})

test('a connection cut at any byte of a frame costs that frame and nothing before it', async () => {
  const random = seededRandom(60)
  const cuts = Array.from({ length: 12 }, () => random())
  const sent: string[] = []
  const scripts = [...cuts, null].map(
    (cut, n): Script =>
      async guest => {
        await welcome(guest, 60 * n)
        const whole = quotes(2, 60 * n + 1)
        sent.push(...whole)
        await guest.send(...whole)
        if (cut === null) return over(guest)
        const payload = Buffer.from(ticker(4, 60 * n + 2))
        const head = Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255])
        const frame = Buffer.concat([head, payload])
        guest.wire.write(frame.subarray(0, Math.floor(cut * frame.length)), () => guest.wire.destroy())
      },
  )
  const { frames, gaps, lines } = await meet(scripts)
  expect(frames).toEqual(sent)
  expect(byStart(gaps)).toEqual(gapsOf(cuts.map((_, n) => [60 * n + 1, 60 * n + 61, 'disconnect'])))
  expect(lines.filter(({ control }) => control).map(({ control }) => control)).toEqual(
    Array(cuts.length + 1)
      .fill(['open', 'close'])
      .flat(),
  )
})

test('a frame that comes in pieces is one frame; one whose pieces take longer than the limit is silence', async () => {
  const pieces = async (guest: Guest, text: string, count: number): Promise<void> => {
    const size = Math.ceil(text.length / count)
    for (let i = 0; i < count && guest.socket.readyState === guest.socket.OPEN; i++) {
      guest.socket.send(text.slice(i * size, (i + 1) * size), { fin: i === count - 1 })
      await delay(20)
    }
  }
  const { counts, frames, gaps } = await meet(
    [
      async guest => {
        await welcome(guest, 0)
        await guest.send(...quotes(2, 1))
        await pieces(guest, ticker(4, 2), 5)
        const endless = setInterval(() => guest.socket.send('x', { fin: false }), 20)
        await guest.gone
        clearInterval(endless)
      },
      async guest => {
        await welcome(guest, 9)
        await guest.send(...quotes(2, 10))
        over(guest)
      },
    ],
    { staleAfterMs: 400 },
  )
  expect(counts).toMatchObject({ reconnects: 1, stale: 1 })
  expect(frames).toEqual([...quotes(2, 1), ticker(4, 2), ...quotes(2, 10)])
  expect(gaps.map(bare)).toEqual([
    { product: products[0], from: micros(2), to: micros(10), reason: 'stale' },
    { product: products[1], from: micros(1), to: micros(10), reason: 'stale' },
  ])
})

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
    { acknowledgeWithinMs: 300 },
  )
  expect(exchange.guests[1].requests).toHaveLength(2 * channels.length)
  expect(frames).toEqual(quotes(2, 6))
})

test('connections that are refused with 429 are tried again', async () => {
  const { counts, frames } = await meet(
    [
      async guest => {
        await welcome(guest, 0)
        await guest.send(...quotes(2, 1))
        over(guest)
      },
    ],
    {},
    3,
  )
  expect(counts.reconnects).toBe(0)
  expect(frames).toEqual(quotes(2, 1))
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

test.each([-5, 5])('an exchange whose clock is off by %i s is believed', async off => {
  const frames = market(120)
  const stamp = (text: string): number => (messageTime(text) ?? micros(0)) - off * 1e6
  const wanted = await meet([served(frames)])
  const { events, dead, gaps } = await meet([served(frames)], { stamp })
  expect(dead).toEqual([])
  expect(gaps).toEqual([])
  expect(rowsOf(events)).toEqual(rowsOf(wanted.events))
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

test('a day with 200 reconnects: 200 gaps a product, each with exact bounds, and every frame before a drop', async () => {
  const sent: string[] = []
  const every = 86_400 / 201
  const scripts = Array.from(
    { length: 201 },
    (_, n): Script =>
      async guest => {
        const from = Math.round(n * every)
        await welcome(guest, from)
        const frames = [...quotes(2, from + 1), ...quotes(4, from + 200)]
        sent.push(...frames)
        await guest.send(...frames)
        if (n === 200) over(guest)
        else if (n % 2 === 0) guest.socket.close(1001)
        else guest.wire.destroy()
      },
  )
  const { counts, frames, gaps } = await meet(scripts)
  expect(counts.reconnects).toBe(200)
  expect(frames).toEqual(sent)
  const spans = Array.from({ length: 200 }, (_, n): [number, number, string] => [
    Math.round(n * every) + 200,
    Math.round((n + 1) * every) + 1,
    'disconnect',
  ])
  expect(byStart(gaps)).toEqual(gapsOf(spans))
})
