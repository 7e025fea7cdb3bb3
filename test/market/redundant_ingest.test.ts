import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { MarketEvent, Quote } from '../../src/core/events/event.ts'
import type { ConnectionFault } from '../../src/exchange/connection_faults.ts'
import { simulationStart } from '../../src/exchange/price_process.ts'
import { startSimulator } from '../../src/exchange/simulator.ts'
import { parseBronzeLine } from '../../src/market/bronze/line.ts'
import { createBronzeWriter } from '../../src/market/bronze/write.ts'
import { readEvents } from '../../src/market/decode/events.ts'
import { simulated } from '../../src/market/feeds/simulated.ts'
import { ingest } from '../../src/market/ingest.ts'
import type { IngestOptions } from '../../src/market/ingest_options.ts'
import { localBackoff } from '../../src/market/socket/backoff.ts'
import { marketStamp } from '../../src/market/socket/clock.ts'
import { rowsOf } from '../fixtures/events.ts'
import { at, channels, drop, products, settings, silentLog } from '../fixtures/simulated_market.ts'
import { micros, subscriptions, ticker } from '../fixtures/wire.ts'
import { startHostileExchange } from '../harness/hostile_exchange.ts'

const config = readConfig()
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function run(url: string, overrides: Partial<IngestOptions> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'redundant-'))
  const bronze = createBronzeWriter({ directory, feed: 'simulated' })
  cleanups.push(
    () => bronze.close(),
    () => rmSync(directory, { recursive: true }),
  )
  const counts = await ingest({
    feed: simulated,
    url,
    redundant: true,
    products,
    channels,
    bronze,
    stamp: marketStamp(undefined, simulationStart),
    start: 'test',
    staleAfterMs: 10_000,
    backoff: localBackoff,
    acknowledgeWithinMs: 10_000,
    log: silentLog,
    ...overrides,
  })
  const lines = bronze.files
    .flatMap(file => readFileSync(file, 'utf8').trimEnd().split('\n'))
    .map(line => parseBronzeLine(line)!)
  const events: MarketEvent[] = []
  for await (const decoded of readEvents([...bronze.files], config)) events.push(...decoded.events)
  return { counts, lines, events }
}

async function simulate(clients: number, faults: ConnectionFault[][]) {
  const simulator = await startSimulator({ settings, faults, clients })
  cleanups.push(() => simulator.close())
  return simulator
}

/** Events without what only their connection gave them, in order. */
function contentsOf(events: MarketEvent[], type: 'quote' | 'trade'): string[] {
  return events.flatMap(event => {
    if (event.type !== type) return []
    if (event.type === 'trade')
      return `${event.product} ${event.id} ${event.time} ${event.price} ${event.size} ${event.side}`
    const { product, bid, ask, bid_size, ask_size, last } = event as Quote
    return [product, bid, ask, bid_size, ask_size, last].join(' ')
  })
}

test('the primary is killed, the standby is killed, either loses frames: the rows of a single undisturbed connection', async () => {
  const loss = (seconds: number): ConnectionFault => ({ kind: 'loss', at: at(seconds) })
  const primary = [drop(60, 75, 'abrupt'), loss(110), drop(200, 215, 'abrupt'), drop(300, 302, 'close')]
  const standby = [drop(90, 100, 'close'), loss(130), drop(160, 190, 'abrupt')]
  const twice = await run((await simulate(2, [primary, standby])).url)
  const once = await run((await simulate(1, [])).url, { redundant: false })

  expect(twice.counts).toMatchObject({ reconnects: 5, stale: 0 })
  expect(twice.events.filter(({ type }) => type === 'gap')).toEqual([])
  for (const product of products) {
    const own = (events: MarketEvent[]) => events.filter(event => event.product === product)
    expect(contentsOf(own(twice.events), 'quote')).toEqual(contentsOf(own(once.events), 'quote'))
    expect(contentsOf(own(twice.events), 'trade').sort()).toEqual(contentsOf(own(once.events), 'trade').sort())
  }
  const { rows } = rowsOf(once.events)
  expect(rows).toBeGreaterThan(600)
  expect(rowsOf(twice.events)).toEqual(rowsOf(once.events))
  const connections = new Set(twice.events.map(({ connection }) => connection))
  expect([...connections].map(name => name.split('-')[2])).toContain('standby')
  expect(twice.lines.every(({ role }) => role === 'primary' || role === 'standby')).toBe(true)
})

test('both connections dropped at once: a gap with the bounds of what either had', async () => {
  const { events, lines } = await run((await simulate(2, [[drop(60, 80, 'abrupt')], [drop(70, 90, 'abrupt')]])).url)
  const own = (name: string) => events.filter(({ product }) => product === name)
  for (const product of products) {
    const gaps = events.filter(event => event.type === 'gap' && event.product === product)
    expect(gaps).toHaveLength(1)
    const [gap] = gaps as { from: number; to: number; reason: string }[]
    const given = own(product).filter(({ type }) => type === 'quote' || type === 'clock')
    expect(gap.reason).toBe('disconnect')
    expect(gap.from).toBe(Math.max(...given.map(({ time }) => time).filter(time => time < at(70))))
    expect(gap.to).toBe(Math.min(...given.map(({ time }) => time).filter(time => time > gap.from)))
    expect(gap.to).toBeGreaterThan(at(79.5))
    expect(gap.to).toBeLessThan(at(80.5))
  }
  expect(lines.filter(({ control }) => control === 'open')).toHaveLength(4)
})

test('a standby that is refused a product is asked again and costs nothing; the run goes on with the primary', async () => {
  const all = products
  const exchange = await startHostileExchange([
    async guest => {
      await guest.asked(channels.length)
      for (let i = 0; i < channels.length; i++) await guest.send(subscriptions(i, 0, all))
      await guest.send(ticker(3, 1), ticker(4, 1.1, 'ETH-USD'))
      while (exchange.guests.length < 2 || exchange.guests[1].requests.length < 2 * channels.length)
        await new Promise(go => setTimeout(go, 5))
      await guest.send(ticker(5, 2))
      for (const { socket } of exchange.guests) socket.close(1000, 'end of market')
    },
    async guest => {
      await guest.asked(channels.length)
      while (exchange.guests[0].socket.bufferedAmount > 0) await new Promise(go => setTimeout(go, 5))
      for (let i = 0; i < channels.length; i++) await guest.send(subscriptions(i, 0, [all[0]]))
    },
  ])
  cleanups.push(() => exchange.close())
  const { events } = await run(exchange.url, {
    feed: { ...simulated, name: 'coinbase' },
    stamp: marketStamp(undefined, micros(0)),
    backoff: { first_ms: 1, limit_ms: 5, healthy_ms: 60_000 },
  })
  expect(events.filter(({ type }) => type === 'quote').map(({ time }) => time)).toEqual([1, 1.1, 2].map(micros))
  expect(events.filter(({ type }) => type === 'gap')).toEqual([])
})
