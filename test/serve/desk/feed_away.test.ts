import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import type { z } from 'zod'
import { readConfig } from '../../../src/config.ts'
import { marketMessages } from '../../../src/exchange/market_messages.ts'
import { simulationStart } from '../../../src/exchange/price_process.ts'
import { type Simulator, startSimulator } from '../../../src/exchange/simulator.ts'
import { runIngestJob } from '../../../src/jobs/ingest/run.ts'
import { runWindows } from '../../../src/jobs/windows/run.ts'
import type { candlesBody } from '../../../src/serve/bodies.ts'
import { serve } from '../../../src/serve/serve.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { simulatedAt, withProducts } from '../../fixtures/feeds.ts'
import { silentLog, settings as usual } from '../../fixtures/simulated_market.ts'
import { lacksBrowser, launchBrowser } from '../../harness/browser.ts'
import { needs } from '../../harness/needs.ts'

const settings = { ...usual, hours: 0.4 }
const config = withProducts(readConfig(), Object.keys(settings.products))
const predictions = 'ticks.predictions'
/** Seconds of market time that nobody was connected for: two minutes whole, and parts of two. */
const awaySeconds = 170

/** Minutes since the epoch of the candles in the table of the chart, the newest first. */
async function minutesOn(page: Page): Promise<number[]> {
  const starts = await page.$$eval('#price-table tbody tr td:first-child', cells => cells.map(cell => cell.innerText))
  return starts.map(text => Date.parse(`2026-${text.replace(' ', 'T')}Z`) / 60_000)
}

/** How often the market dealt in each minute, as its seed alone has it. */
function tradesByMinute(): Map<number, number> {
  const counts = new Map<number, number>()
  for (const message of marketMessages(settings))
    for (const json of message.channel === 'market_trades' ? message.trades : []) {
      const { product_id, time } = JSON.parse(json)
      const minute = Math.floor(Date.parse(time) / 60_000)
      if (product_id === 'BTC-USD') counts.set(minute, (counts.get(minute) ?? 0) + 1)
    }
  return counts
}

test('the exchange is away for three minutes of market and comes back: no candle on the page is missing or twice', {
  ...needs(lacksBrowser),
  timeout: 90_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-feed-away-'))
  const browser = await launchBrowser()
  const streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  await streams.createTopics([...Object.values(config.topics), { name: predictions, partitions: 1 }])
  const stop = new AbortController()
  const exchangeFrom = (skipSeconds: number, port?: number): Promise<Simulator> =>
    startSimulator({ settings, faults: [], speed: 60, rushSeconds: 200, skipSeconds, port })
  let exchange = await exchangeFrom(0)
  const { port } = new URL(exchange.url)
  const serving = await serve({
    ...{ config, streams, predictions, guard: { hosts: [], origins: [], proxies: [] }, host: '127.0.0.1', port: 0 },
    ...{ version: '0', stop: stop.signal, limit: 1000 },
  })
  const feeds = [{ feed: simulatedAt(exchange.url, config), rest: exchange.rest }]
  const jobs = Promise.all([
    runIngestJob({ config, feeds, fillsGaps: true, directory: folder, streams, log: silentLog, signal: stop.signal }),
    runWindows({ config, topicIn: config.topics.raw.name, streams, stop: stop.signal }),
    serving.done,
  ])
  jobs.catch(() => {})
  onTestFinished(async () => {
    await browser.close()
    stop.abort()
    await serving.close()
    await exchange.close()
    await jobs
    await streams.close()
    rmSync(folder, { recursive: true })
  })

  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  await page.goto(serving.url)
  await page.click('#price-table summary')
  await expect.poll(async () => (await minutesOn(page)).length, { timeout: 30_000 }).toBeGreaterThan(3)
  const before = await minutesOn(page)
  const reached = (exchange.stats.time - simulationStart) / 1e6
  await exchange.close()
  exchange = await exchangeFrom(reached + awaySeconds, Number(port))
  const back = Math.floor((simulationStart / 1e6 + reached + awaySeconds) / 60)
  await expect.poll(async () => (await minutesOn(page))[0], { timeout: 30_000 }).toBeGreaterThan(back + 1)
  const whole = (minutes: number[]): number[] => minutes.map((_, i) => minutes[0] - i)
  await expect
    .poll(
      async () => {
        const minutes = await minutesOn(page)
        return minutes.filter((minute, i) => minute !== whole(minutes)[i])
      },
      { timeout: 20_000 },
    )
    .toEqual([])
  const after = await minutesOn(page)
  expect(after.at(-1)).toBe(before.at(-1))
  expect(after.length).toBeGreaterThanOrEqual(before.length + 4)
  const dealt = tradesByMinute()
  await expect
    .poll(
      async () => {
        const { candles } = (await (await fetch(`${serving.url}/candles/BTC-USD`)).json()) as z.infer<
          typeof candlesBody
        >
        const away = candles.filter(({ start }) => start / 60 >= before[0] && start / 60 <= back)
        return away.length > 2 && away.every(({ start, trades }) => trades === dealt.get(start / 60))
      },
      { timeout: 20_000 },
    )
    .toBe(true)
})
