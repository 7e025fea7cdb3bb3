/** The API over topics that hold what a market of some minutes leaves, on a port that its parent is told. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { featureNames } from '../src/core/features/spec.ts'
import type { MinuteRecord } from '../src/core/indicators/scored_trade.ts'
import {
  finalSentiment,
  provisionalSentiment,
  type SentimentRecord,
} from '../src/core/indicators/sentiment/sentiment_record.ts'
import { serve } from '../src/serve/serve.ts'
import { openStreams } from '../src/streams/open.ts'

const config = readConfig()
const { topics } = config
const product = 'BTC-USD'
const [predictions, start, seconds] = ['ticks.predictions', 1_767_571_200, 600]
const prices = { open: 67_000.5, high: 67_010.25, low: 66_990, close: 67_004.75 }
const from = { feed: 'simulated', product, received_at: 1e6 * start, connection: 'c', sequence: 7, index: 0 }
const minute: MinuteRecord = {
  ...{ product, start, end: start + 60, trades: 250, volume: 61.25, volume_zscore: 3.4, volume_zscore_minute: 2.9 },
  ...{ vwap_1min: 67_000.5, vwap_5min: 67_000.5, rolling_avg_5min: 67_001, price_momentum: 4.25, close: prices.close },
}

const records = (
  [
    ...each(seconds, i => [
      topics.raw.name,
      { ...from, ...atSecond(i), type: 'trade', id: `${i}`, price: '67000.5', size: '.25', side: 'buy' },
    ]),
    ...each(20, i => [topics.sentiment.name, article(i)]),
    [topics.aggregations.name, minute] as const,
    ...each(10, i => [topics.windows.name, { ...windowOf(i, 60), length: 60 }]),
    [topics.windows.name, windowOf(0, 300)] as const,
    [
      topics.features.name,
      { product, ...atSecond(seconds), ...Object.fromEntries(featureNames.map((name, i) => [name, i / 7])) },
    ] as const,
    ...each(seconds, i => [
      predictions,
      { product, ...atSecond(i), model: 'ridge', probability: i / seconds, alarm: i > 500, tau: 5e-4 },
    ]),
  ] as [string, object][]
).map(([topic, value]) => ({ topic, key: product, value: JSON.stringify(value) }))

function each<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

function atSecond(second: number): { time: number } {
  return { time: 1e6 * (start + second) }
}

function article(i: number): SentimentRecord {
  const headline = `Bitcoin climbs to a great high for the ${i}. time, analysts fear a crash`
  const facts = { ...atSecond(30 * i), headline, source: 'Wire', url: `https://news.example/${i}` }
  const article = provisionalSentiment({ ...from, ...facts, type: 'news', id: `${i}`, summary: '', category: '' })
  return finalSentiment(article, { correlated: true, z: 3.4, strength: 'strong' }, 0.17)
}

function windowOf(i: number, length: number) {
  const times = { product, start: start + 60 * i, end: start + 60 * i + length }
  const sums = {
    trades: 250,
    volume: '61.25000000',
    notional: '4103780.6250000000000000',
    vwap: 67_000.5,
    moving_average: 67_001,
  }
  return { ...times, ...sums, ...prices, price_std: 4.2, return_std: 1e-4, revision: 1, final: true, source: 'trades' }
}

const folder = mkdtempSync(join(tmpdir(), 'bench-api-'))
const streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
await streams.createTopics([...Object.values(topics), { name: predictions, partitions: 1 }])
const writer = await streams.writer('bench')
await writer.commit({ records })
await writer.close()
const stop = new AbortController()
const guard = { hosts: [], origins: [], proxies: ['127.0.0.1'] }
const serving = await serve({
  config,
  streams,
  predictions,
  guard,
  host: '127.0.0.1',
  port: 0,
  version: 'bench',
  stop: stop.signal,
})
process.send!(serving.url)
process.on('message', async count => {
  const next = await streams.writer('bench')
  await next.commit({ records: records.slice(-Number(count)) })
  await next.close()
})
process.on('disconnect', async () => {
  stop.abort()
  await serving.close()
  await serving.done
  await streams.close()
  rmSync(folder, { recursive: true, force: true })
})
