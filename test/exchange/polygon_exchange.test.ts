import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import type { ConnectionFault } from '../../src/exchange/connection_faults.ts'
import { equityActivity } from '../../src/exchange/equity_activity.ts'
import { type EquityFrame, equityOpen, simulateEquities } from '../../src/exchange/equity_market.ts'
import { articlesOf } from '../../src/exchange/news_schedule.ts'
import { startPolygonExchange } from '../../src/exchange/polygon_exchange.ts'
import { createBronzeWriter } from '../../src/market/bronze/write.ts'
import { polygon } from '../../src/market/feeds/polygon.ts'
import { simulatedOf } from '../../src/market/feeds/simulated.ts'
import { ingest } from '../../src/market/ingest.ts'
import type { IngestOptions } from '../../src/market/ingest_options.ts'
import { localBackoff } from '../../src/market/socket/backoff.ts'
import { wallStamp } from '../../src/market/socket/clock.ts'

const products = { AAPL: 230, TSLA: 340 }
const settings = { seed: 7, minutes: 3, trades_per_s: 4, products }
const folder = mkdtempSync(join(tmpdir(), 'polygon-'))
afterAll(() => rmSync(folder, { recursive: true }))
const exchanges: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const exchange of exchanges.splice(0)) await exchange.close()
})

async function serve(options: { key?: string; faults?: ConnectionFault[] } = {}) {
  const exchange = await startPolygonExchange({ settings, faults: [], ...options })
  exchanges.push(exchange)
  return exchange
}

/** What became of a run: its bronze and its log, as text. */
async function record(url: string, options: Partial<IngestOptions> = {}) {
  const bronze = createBronzeWriter({ directory: mkdtempSync(join(folder, 'raw-')), feed: 'simulated-polygon' })
  const logged: string[] = []
  const log = pino({ level: 'trace' }, { write: line => logged.push(line) })
  let failure: Error | null = null
  try {
    await ingest({
      ...{ feed: simulatedOf(polygon), url, products: Object.keys(products), channels: ['T', 'Q', 'AM'], bronze, log },
      ...{ stamp: wallStamp(), start: 's', staleAfterMs: 5000, backoff: localBackoff, acknowledgeWithinMs: 5000 },
      ...options,
    })
  } catch (error) {
    failure = error as Error
  }
  bronze.close()
  return { text: bronze.files.map(file => readFileSync(file, 'utf8')).join(''), logged: logged.join(''), failure }
}

test('handshake, login, one acknowledgement a parameter, then the market, which the seed alone decides', async () => {
  const frames = async () => {
    const { text, failure } = await record((await serve()).url, { secret: randomUUID() })
    expect(failure).toBeNull()
    return text.split('\n').flatMap(line => line.match(/"frame":(.*)\}$/)?.[1] ?? [])
  }
  const first = await frames()
  expect(first.slice(0, 3).map(text => JSON.parse(text)[0].message)).toEqual([
    'Connected Successfully',
    'authenticated',
    'subscribed to: T.AAPL',
  ])
  expect(first.length).toBeGreaterThan(500)
  expect(await frames()).toEqual(first)
})

test('a wrong key ends the run in one line, after one connection, and stands nowhere', async () => {
  const [key, wrong] = [randomUUID(), randomUUID()]
  const exchange = await serve({ key })
  const { text, logged, failure } = await record(exchange.url, { secret: wrong })
  expect(failure).toMatchObject({ code: 'BAD_ARGUMENT' })
  expect(failure!.message).toMatch(
    /^ws:\S+ does not take the login \('authentication failed'\); set SIMULATED_POLYGON_API_KEY to a key .* elsewhere$/,
  )
  expect(exchange.stats.connections).toBe(1)
  for (const place of [text, logged, failure!.message]) expect(place).not.toContain(wrong)
})

test('a key that is right stands nowhere either', async () => {
  const key = randomUUID()
  const { text, logged } = await record((await serve({ key })).url, { secret: key })
  expect(text).toContain('auth_success')
  expect(text + logged).not.toContain(key)
})

test.each([
  ['taken', (key: string) => `[{"ev":"status","status":"auth_success","message":"welcome, ${key}"}]`],
  ['refused', (key: string) => `[{"ev":"status","status":"auth_failed","message":"no such key: ${key}"}]`],
])('an exchange that says a key aloud that is %s does not bring it into bronze, a log or an error', async (_, says) => {
  const secret = randomUUID()
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  exchanges.push({ close: async () => void server.close() })
  server.on('connection', socket =>
    socket.on('message', data => {
      const { action, params } = JSON.parse(String(data))
      if (action === 'auth') socket.send(says(params))
      else socket.send(`[{"ev":"status","status":"success","message":"subscribed to: ${params}"}]`)
    }),
  )
  const { port } = server.address() as { port: number }
  const { text, logged, failure } = await record(`ws://127.0.0.1:${port}`, { secret, limitMs: 500 })
  expect(text).toContain('***')
  for (const place of [text, logged, failure?.message ?? '']) expect(place).not.toContain(secret)
})

test('a drop is a gap of the market and a new login', async () => {
  const at = equityOpen + 60_000_000
  const exchange = await serve({ faults: [{ kind: 'drop', at, until: at + 5_000_000, manner: 'abrupt' }] })
  const { text } = await record(exchange.url, { secret: 'any' })
  expect(text.match(/auth_success/g)).toHaveLength(2)
  const times = [...text.matchAll(/"t":(\d+)/g)].map(([, t]) => 1000 * Number(t))
  expect(times.filter(time => time >= at && time < at + 5_000_000)).toEqual([])
})

test('a market that says nothing is no dead connection while it answers pings', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  exchanges.push({ close: async () => server.close() })
  await once(server, 'listening')
  const stop = new AbortController()
  let pings = 0
  server.on('connection', socket => {
    socket.on('ping', () => ++pings === 6 && stop.abort())
    socket.on('message', data => {
      const { action, params } = JSON.parse(data.toString())
      if (action === 'subscribe')
        socket.send(`[{"ev":"status","status":"success","message":"subscribed to: ${params}"}]`)
    })
  })
  const { port } = server.address() as { port: number }
  const { text } = await record(`ws://127.0.0.1:${port}`, { secret: 'any', staleAfterMs: 200, signal: stop.signal })
  expect(text).not.toContain('"control":"stale"')
})

const frames = (seconds: number, seed = 7): EquityFrame[] => [
  ...simulateEquities({ seed, tickers: products, seconds, trades_per_s: 4 }),
]
const tradesOf = (all: EquityFrame[]) => all.flatMap(({ items }) => items.filter(({ ev }) => ev === 'T'))

test('the activity has the shape of a real day, with a mean of one', () => {
  const day = Array.from({ length: 23_400 }, (_, second) => equityActivity(second, 23_400))
  expect(day.reduce((sum, one) => sum + one, 0) / day.length).toBeCloseTo(1, 9)
  expect([day[0], day[23_399], Math.max(...day)]).toEqual([3.5, 7.6, 47])
})

test('trades are as many as the shape says, and a fifth to two fifths share their millisecond', () => {
  const trades = tradesOf(frames(600))
  const expected = Array.from({ length: 600 }, (_, s) => 2 * 4 * equityActivity(s, 600)).reduce((sum, n) => sum + n, 0)
  expect(trades.length / expected).toBeGreaterThan(0.85)
  expect(trades.length / expected).toBeLessThan(1.4)
  const together = new Map<string, number>()
  for (const { sym, t } of trades) together.set(`${sym} ${t}`, (together.get(`${sym} ${t}`) ?? 0) + 1)
  const shared = [...together.values()].filter(n => n > 1).reduce((sum, n) => sum + n, 0) / trades.length
  expect(shared).toBeGreaterThan(0.2)
  expect(shared).toBeLessThan(0.45)
})

test('some news moves the price: up after good news, down after bad', () => {
  const moves = Object.keys(products).flatMap(ticker => {
    const all = tradesOf(frames(7200)).filter(({ sym }) => sym === ticker)
    const priceAt = (time: number) => Number(all.find(({ t }) => 1000 * Number(t) >= time)?.p)
    return articlesOf(7, ticker, equityOpen)
      .filter(({ published, move }) => move !== 0 && published > equityOpen && published < equityOpen + 7000e6)
      .map(({ published, move }) => Math.log(priceAt(published + 62e6) / priceAt(published)) / move)
  })
  expect(moves.length).toBeGreaterThan(2)
  expect(moves.reduce((sum, one) => sum + one, 0) / moves.length).toBeGreaterThan(0.5)
})
