import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Config, readConfig } from '../../../src/config.ts'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { decodeEvent } from '../../../src/core/events/event_json.ts'
import { startBinanceExchange } from '../../../src/exchange/binance_exchange.ts'
import type { ConnectionFault } from '../../../src/exchange/connection_faults.ts'
import { startFinnhubService } from '../../../src/exchange/finnhub_service.ts'
import { startSimulator } from '../../../src/exchange/simulator.ts'
import { runIngestJob } from '../../../src/jobs/ingest/run.ts'
import { newIngestStatus, whyNotReady } from '../../../src/jobs/ingest/status.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { configuredFeeds } from '../../../src/market/feeds/configured_feeds.ts'
import { digestOf } from '../../../src/stores/digest.ts'
import { rowsOf } from '../../fixtures/events.ts'
import { at, drop, settings, silentLog } from '../../fixtures/simulated_market.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const cleanups: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const market = { ...settings, hours: 0.05 }
const listed = (...names: string[]) => names.map(name => ({ as: name, symbol: name }))
const feedAt = (name: string, url: string, ...names: string[]) => ({
  ...{ name, url, products: listed(...names), stale_after_s: 10 },
})

/** Both simulated markets, each with faults of its own, and news. */
async function serve(faults: { coinbase?: ConnectionFault[]; binance?: ConnectionFault[] } = {}) {
  const coinbase = await startSimulator({ settings: market, speed: 60, faults: faults.coinbase ?? [] })
  const binance = await startBinanceExchange({ settings: market, speed: 60, faults: faults.binance ?? [] })
  const news = await startFinnhubService({ seed: 7, tickers: ['AAPL'] })
  cleanups.push(coinbase.close, binance.close, news.close)
  return { coinbase, binance, news }
}

/** An exchange that lets nobody in from here. */
async function refuseRegion(): Promise<string> {
  const refusing = createServer((_, response) => response.end())
  refusing.on('upgrade', (_, socket) => socket.end('HTTP/1.1 451 no\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'))
  refusing.listen(0, '127.0.0.1')
  await once(refusing, 'listening')
  cleanups.push(() => refusing.close())
  return `ws://127.0.0.1:${(refusing.address() as AddressInfo).port}`
}

function start(feeds: Config['feeds'], signal = new AbortController().signal) {
  const directory = mkdtempSync(join(tmpdir(), 'several-'))
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }))
  const config = { ...readConfig(), feeds }
  const streams = createMemoryStreams()
  const status = newIngestStatus()
  const taken = configuredFeeds(config).map(feed => ({
    feed,
    secret: feed.feed.headers && 'made-up',
  }))
  const done = runIngestJob({
    ...{ config, feeds: taken, fillsGaps: true, directory, streams, log: silentLog, signal, status, limitMs: 20_000 },
  })
  done.catch(() => {})
  const published = (): MarketEvent[] =>
    [config.topics.raw, ...(feeds.some(({ name }) => name === 'finnhub') ? [config.topics.news] : [])].flatMap(topic =>
      streams.records(topic.name).map(({ value }) => decodeEvent(value.toString()) as MarketEvent),
    )
  const replayed = async (files: string[]): Promise<MarketEvent[]> => {
    const all: MarketEvent[] = []
    for await (const { events } of readEvents(files, config)) all.push(...events)
    return all
  }
  return { done, status, published, replayed }
}

const byProduct = (events: MarketEvent[]) =>
  [...Map.groupBy(events, ({ product }) => product)].toSorted(([a], [b]) => (a < b ? -1 : 1))
const digest = (events: MarketEvent[]): string => digestOf(rowsOf(events))

test('two markets and news at once: bronze a feed, what befalls one is no gap of the other, and the topics have what a replay gives', async () => {
  const faults = [drop(40, 55, 'abrupt'), { kind: 'loss' as const, at: at(80) }]
  const { coinbase, binance, news } = await serve({ binance: faults })
  const stop = new AbortController()
  const { done, status, published, replayed } = start(
    [
      feedAt('coinbase', coinbase.url, 'BTC-USD', 'ETH-USD'),
      feedAt('binance', binance.url, 'BTCUSDT', 'ETHUSDT'),
      feedAt('finnhub', news.url, 'AAPL'),
    ],
    stop.signal,
  )
  await Promise.all([coinbase.done, binance.done])
  await expect.poll(() => status.feeds[2].counts?.frames ?? 0, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(status.feeds.map(({ failure }) => failure)).toEqual([null, null, null])
  await expect.poll(() => status.backlogBytes(), { timeout: 10_000 }).toBe(0)
  stop.abort()
  const { files, feeds, failures } = await done
  expect(failures).toEqual([])
  const feedsOfFiles = files.map(file => basename(file).replace(/-2\d{7}T.*/, ''))
  expect(new Set(feedsOfFiles)).toEqual(new Set(['simulated', 'simulated-binance', 'simulated-finnhub']))
  expect(feeds.map(({ name, counts }) => [name, counts!.reconnects])).toEqual([
    ['coinbase', 0],
    ['binance', 1],
    ['finnhub', 0],
  ])
  expect(binance.stats).toMatchObject({ drops: 1, lost: 1 })
  const live = published()
  const again = await replayed(files)
  expect(byProduct(live)).toEqual(byProduct(again))
  expect(digest(live)).toBe(digest(again))
  const gaps = live.filter(({ type }) => type === 'gap').map(({ product }) => product)
  expect(new Set(gaps)).toEqual(new Set(['BTCUSDT', 'ETHUSDT']))
  expect(new Set(live.map(({ product }) => product))).toEqual(
    new Set(['BTC-USD', 'ETH-USD', 'BTCUSDT', 'ETHUSDT', 'AAPL']),
  )
})

test('an exchange that refuses the region ends its feed alone, by name: the other is taken to its end', async () => {
  const { coinbase } = await serve()
  const url = await refuseRegion()
  const { done, status, published, replayed } = start([
    feedAt('coinbase', coinbase.url, 'BTC-USD', 'ETH-USD'),
    feedAt('binance', url, 'BTCUSDT'),
  ])
  await expect.poll(() => status.feeds[1]?.failure ?? '', { timeout: 10_000 }).toMatch(/refuses this region/)
  expect(whyNotReady(status)).toMatch(/^(no message of coinbase for 10 s; )?binance has ended: .*region/)
  const { files, frames, failures } = await done
  expect(failures).toEqual([expect.objectContaining({ code: 'SOCKET_FAILED' })])
  expect(frames).toBe(coinbase.stats.frames)
  expect(digest(published())).toBe(digest(await replayed(files)))
})

test('where no feed is left, the job ends with its error', async () => {
  const url = await refuseRegion()
  const { done } = start([feedAt('coinbase', url, 'BTC-USD'), feedAt('binance', url, 'BTCUSDT')])
  await expect(done).rejects.toMatchObject({ code: 'SOCKET_FAILED', faults: [expect.stringContaining('status 451')] })
})
