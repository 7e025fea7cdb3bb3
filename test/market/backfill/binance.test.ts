import { mkdtempSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { createBackfill } from '../../../src/market/backfill/backfill.ts'
import { type BronzeWriter, createBronzeWriter } from '../../../src/market/bronze/write.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import type { OpenGap } from '../../../src/market/decode/open_gaps.ts'
import { binance } from '../../../src/market/feeds/binance.ts'
import type { RestApi } from '../../../src/market/feeds/feed.ts'
import { binanceKline, binanceTrade } from '../../fixtures/binance_wire.ts'
import { silentLog } from '../../fixtures/simulated_market.ts'
import { micros, start } from '../../fixtures/wire.ts'
import { type RestExchange, startRestExchange, status } from '../../harness/rest_exchange.ts'

const config = {
  ...readConfig(),
  feeds: [{ name: 'binance', products: [{ as: 'BTCUSDT', symbol: 'BTCUSDT' }], stale_after_s: 10 }],
}
const cleanups: (() => Promise<void> | void)[] = []
let bronze: BronzeWriter
beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'binance-'))
  bronze = createBronzeWriter({ directory, feed: 'binance' })
  cleanups.push(
    () => bronze.close(),
    () => rmSync(directory, { recursive: true }),
  )
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** A kline as REST has it. */
const row = (minute: number): unknown[] => {
  const open = start + 60_000 * minute
  return [open, '100.0', '101.0', '99.0', `${100 + minute}.5`, '3.25', open + 59_999, '326', 9, '1', '100', '0']
}
const trade = (id: number, seconds: number, first = id) => ({
  a: id,
  p: '100.5',
  q: '0.25',
  f: first,
  l: id,
  T: start + 1000 * seconds,
  m: true,
  M: true,
})

/** Answers as documented: the oldest first, a thousand at most, bounds included; candles by their start. */
function exchangeOf(trades: ReturnType<typeof trade>[], rows: unknown[][], page = 1000): RequestListener {
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost')
    const [from, to] = ['startTime', 'endTime'].map(name => Number(searchParams.get(name)))
    const within = (time: number): boolean => time >= from && time <= to
    const found = pathname.endsWith('/klines')
      ? rows.filter(([open]) => within(open as number))
      : trades.filter(({ T }) => within(T))
    response.end(JSON.stringify(found.slice(0, page)))
  }
}

async function asking(exchange: RestExchange, now: number, rest: Partial<RestApi> = {}) {
  cleanups.push(() => exchange.close())
  const pace = { settle: 0, between: 0, timeout: 10_000, retry: 1, attempts: 3 }
  const feed = { ...binance, rest: { ...binance.rest!, ...rest } }
  const stamp = () => micros(now)
  return createBackfill({ feed, url: exchange.url, bronze, stamp, name: 'rest', log: silentLog, pace })
}

const gap = (from: number, to: number): OpenGap => ({
  feed: 'binance',
  product: 'BTCUSDT',
  received_at: micros(to),
  from: micros(from),
  to: micros(to),
})

async function events(): Promise<MarketEvent[]> {
  bronze.flush()
  const all: MarketEvent[] = []
  for await (const batch of readEvents([...bronze.files], config)) all.push(...batch.events)
  return all
}
const starts = (all: MarketEvent[]) =>
  all.flatMap(event => (event.type === 'candle' ? (event.start - micros(0)) / 60e6 : []))

test('the last six hours come in pages that join: each candle once, the unfinished one not at all', async () => {
  const now = 6 * 3600 + 30
  const exchange = await startRestExchange(
    exchangeOf(
      [],
      Array.from({ length: 400 }, (_, n) => row(n - 20)),
      100,
    ),
  )
  const backfill = await asking(exchange, now)
  backfill.askHistory(['BTCUSDT'], () => {})
  await backfill.close(5000)
  expect(starts(await events())).toEqual(Array.from({ length: 360 }, (_, n) => n))
  expect(exchange.questions.length).toBeLessThan(8)
})

test('2.b3: history that is asked for again after a restart brings nothing twice, and the socket goes on behind it', async () => {
  const exchange = await startRestExchange(
    exchangeOf(
      [],
      Array.from({ length: 9 }, (_, n) => row(n)),
    ),
  )
  for (let life = 0; life < 2; life++) {
    const backfill = await asking(exchange, 430)
    backfill.askHistory(['BTCUSDT'], () => {})
    await backfill.close(5000)
  }
  bronze.frame('c', micros(480.1), binanceKline(7, true, { o: '100', h: '101', l: '99', c: '107.5', v: '3.25' }))
  expect(starts(await events())).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('2.b4: seven minutes that a break has cost are filled in, marked, and the trades of them with it', async () => {
  for (const n of [0, 1]) bronze.frame('c1', micros(60 * n + 60.1), binanceKline(n, true))
  bronze.frame('c1', micros(121), binanceTrade(50, 121))
  for (const n of [8, 9]) bronze.frame('c2', micros(60 * n + 60.1), binanceKline(n, true))
  bronze.frame('c2', micros(601), binanceTrade(60, 601))
  const gaps = (await events()).filter(event => event.type === 'gap')
  expect(gaps).toMatchObject([{ reason: 'disconnect', from: micros(121), to: micros(540.1) }])
  const trades = [trade(50, 121), trade(53, 130, 51), trade(54, 200), trade(59, 530, 55), trade(60, 601)]
  const exchange = await startRestExchange(
    exchangeOf(
      trades,
      Array.from({ length: 20 }, (_, n) => row(n)),
    ),
  )
  const backfill = await asking(exchange, 602)
  backfill.ask(gaps as OpenGap[])
  await backfill.close(5000)
  const filled = (await events()).filter(event => 'backfilled' in event)
  expect(starts(filled)).toEqual([2, 3, 4, 5, 6, 7])
  expect(filled.flatMap(event => (event.type === 'trade' ? [[event.first_id, event.id]] : []))).toEqual([
    ['51', '53'],
    [undefined, '54'],
    ['55', '59'],
  ])
})

test('an aggregate of trades of which some came already is a dead letter: it cannot be taken apart', async () => {
  bronze.frame('c1', micros(1), binanceTrade(50, 1))
  const exchange = await startRestExchange(exchangeOf([trade(53, 1, 50), trade(54, 2)], []))
  const backfill = await asking(exchange, 9)
  backfill.ask([gap(1, 3)])
  await backfill.close(5000)
  const filled = (await events()).filter(event => 'backfilled' in event)
  expect(filled).toMatchObject([{ id: '54' }])
})

test('2.b5: empty, half and wrong answers are asked again or given up; none of them ends the stream', async () => {
  const answers: [RequestListener, number][] = [
    [(_, response) => response.end('null'), 1],
    [(_, response) => response.end('{}'), 1],
    [(_, response) => response.end('[[1'), 1],
    [(_, response) => response.end('<html>not here</html>'), 1],
    [(_, response) => response.destroy(), 3],
    [status(503), 3],
  ]
  for (const [answer, asked] of answers) {
    const exchange = await startRestExchange(answer)
    const backfill = await asking(exchange, 100)
    backfill.ask([gap(1, 3)])
    await backfill.close(5000)
    expect(backfill.counts).toEqual({ asked, answered: expect.any(Number), failed: 1 })
  }
})

test('no list at all is no fault: a quiet stretch has neither trades nor candles', async () => {
  const exchange = await startRestExchange(exchangeOf([], []))
  const backfill = await asking(exchange, 100)
  backfill.ask([gap(1, 3)])
  await backfill.close(5000)
  expect(backfill.counts).toEqual({ asked: 2, answered: 2, failed: 0 })
})

test('429 and 418 are obeyed for as long as they say, and nothing is asked meanwhile', async () => {
  for (const code of [429, 418]) {
    const exchange = await startRestExchange(status(code, { 'retry-after': '1' }), exchangeOf([], []))
    const backfill = await asking(exchange, 100)
    const before = performance.now()
    backfill.ask([gap(1, 3)])
    await backfill.close(5000)
    expect(performance.now() - before).toBeGreaterThan(990)
    expect(backfill.counts).toMatchObject({ asked: 3, failed: 0 })
  }
})

test('weight: beyond what we take of a minute the next question waits for the next minute', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: start + 58_800 })
  cleanups.push(() => void vi.useRealTimers())
  const exchange = await startRestExchange(
    (_, response) => {
      response.setHeader('x-mbx-used-weight-1m', '900')
      response.end('[]')
    },
    exchangeOf([], []),
  )
  const backfill = await asking(exchange, 100)
  const before = performance.now()
  backfill.ask([gap(1, 3)])
  await backfill.close(5000)
  expect(performance.now() - before).toBeGreaterThan(1190)
  expect(backfill.counts).toEqual({ asked: 2, answered: 2, failed: 0 })
})

test('a region that is refused is served by the fallback, from then on', async () => {
  const fallback = await startRestExchange(exchangeOf([trade(9, 2)], []))
  cleanups.push(() => fallback.close())
  const exchange = await startRestExchange(status(451))
  const backfill = await asking(exchange, 100, { fallbackUrl: fallback.url })
  backfill.ask([gap(1, 3)])
  await backfill.close(5000)
  expect((await events()).filter(event => event.type === 'trade')).toMatchObject([{ id: '9', backfilled: true }])
  expect(exchange.questions).toHaveLength(1)
})

test('a product that the exchange does not know is told, with its words', async () => {
  const exchange = await startRestExchange((_, response) =>
    response.writeHead(400).end('{"code":-1121,"msg":"Invalid symbol."}'),
  )
  const told: string[] = []
  const backfill = await asking(exchange, 100)
  backfill.askHistory(['FOOUSDT'], (...said) => told.push(said.join(': ')))
  await backfill.close(5000)
  expect(told).toEqual(['FOOUSDT: status 400: {"code":-1121,"msg":"Invalid symbol."}'])
})
