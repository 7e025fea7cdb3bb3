import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { MarketEvent } from '../../src/core/events/event.ts'
import { decodeEvent } from '../../src/core/events/event_json.ts'
import { startBinanceExchange } from '../../src/exchange/binance_exchange.ts'
import { startCoinCapExchange } from '../../src/exchange/coincap_exchange.ts'
import type { ProtocolExchangeOptions } from '../../src/exchange/protocol_exchange.ts'
import type { Simulator } from '../../src/exchange/simulator.ts'
import { runIngestJob } from '../../src/jobs/ingest/run.ts'
import { readEvents } from '../../src/market/decode/events.ts'
import { configuredFeeds } from '../../src/market/feeds/configured_feeds.ts'
import { digestOf } from '../../src/stores/digest.ts'
import { rowsOf } from '../fixtures/events.ts'
import { at, drop, settings, silentLog } from '../fixtures/simulated_market.ts'
import { createMemoryStreams } from '../harness/memory_streams.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** Takes a simulated market in by the way of every market, and reads it back from its bronze. */
async function record(
  name: string,
  symbols: string[],
  start: (options: ProtocolExchangeOptions) => Promise<Simulator>,
) {
  const directory = mkdtempSync(join(tmpdir(), 'exchange-'))
  cleanups.push(() => rmSync(directory, { recursive: true }))
  const faults = [drop(40, 55, 'abrupt'), { kind: 'loss' as const, at: at(80) }, { kind: 'loss' as const, at: at(81) }]
  const exchange = await start({ settings: { ...settings, hours: 0.05 }, speed: 60, faults })
  const products = symbols.map(symbol => ({ as: symbol, symbol }))
  const config = { ...readConfig(), feeds: [{ name, products, stale_after_s: 10 }] }
  const feed = { ...configuredFeeds(config)[0], url: exchange.url }
  const streams = createMemoryStreams()
  const signal = new AbortController().signal
  const summary = await runIngestJob({
    ...{ config, feeds: [{ feed }], fillsGaps: true, directory, streams, log: silentLog, signal },
  })
  await exchange.close()
  const replayed: MarketEvent[] = []
  for await (const { events } of readEvents(summary.files, config)) replayed.push(...events)
  const published = streams.records('ticks.raw').map(({ value }) => decodeEvent(value.toString()) as MarketEvent)
  return { summary, replayed, published, stats: exchange.stats }
}

const digest = (events: MarketEvent[]): string => digestOf(rowsOf(events))
const byProduct = (events: MarketEvent[]) => Map.groupBy(events, ({ product }) => product)

test('Binance: what went wrong is told, the history is there, and the topic has what bronze gives again', async () => {
  const { summary, replayed, published, stats } = await record('binance', ['BTCUSDT', 'ETHUSDT'], startBinanceExchange)
  expect([...byProduct(published)]).toEqual([...byProduct(replayed)])
  expect(digest(published)).toBe(digest(replayed))
  const { events, dead } = summary.published
  expect(stats).toMatchObject({ drops: 1, lost: 2, connections: 3 })
  expect(events.candle).toBeGreaterThan(2 * 360)
  expect(replayed.some(event => event.type === 'gap' && event.reason === 'disconnect')).toBe(true)
  expect(replayed.some(event => event.type === 'trade' && event.backfilled === true)).toBe(true)
  expect(Object.keys(dead).every(reason => ['not_json', 'not_object', 'unknown_shape'].includes(reason))).toBe(true)
  const trades = replayed.filter(event => event.type === 'trade')
  const times = new Set(trades.map(({ product, time }) => `${product} ${time}`))
  expect(times.size).toBeLessThan(new Set(trades.map(({ id }) => id)).size)
})

test('CoinCap: trades without a price in dollars are counted and left out', async () => {
  const { summary, replayed, published } = await record('coincap', ['bitcoin', 'ethereum'], startCoinCapExchange)
  expect([...byProduct(published)]).toEqual([...byProduct(replayed)])
  expect(summary.published.events.trade).toBeGreaterThan(100)
  expect(summary.published.left_out['trade without priceUsd'].count).toBeGreaterThan(0)
})
