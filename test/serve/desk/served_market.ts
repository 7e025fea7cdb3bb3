import { setTimeout as delay } from 'node:timers/promises'
import { readConfig } from '../../../src/config.ts'
import { alertOf } from '../../../src/core/indicators/alerts/alert_row.ts'
import { serve } from '../../../src/serve/serve.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const product = 'BTC-USD'
const firstStart = 1_775_000_040
const config = readConfig()
const { candles, signals, settled, raw, anomalies, sentiment, alerts } = config.topics
const predictions = 'ticks.predictions'
export const headline = 'A lone headline of the first minute'
const pollMs = 10

/** A record of the candle of the i-th minute of a market that was made up: a wave around 67,000. */
function candleOf(i: number) {
  const price = (at: number): number => Math.round(6_700_000 + 4000 * Math.sin(at / 9) + 900 * Math.sin(at * 1.7)) / 100
  const [open, close] = [price(i), price(i + 1)]
  const start = firstStart + 60 * i
  return {
    ...{
      product,
      start,
      end: start + 60,
      open,
      high: Math.max(open, close) + 5,
      low: Math.min(open, close) - 5,
      close,
    },
    ...{ volume: (2 + Math.sin(i / 3)).toFixed(8), trades: 100, source: 'trades', revision: 1, final: true },
  }
}

/** A market on topics in memory, and the real server before them. */
export async function serveMarket(count: number) {
  const memory = createMemoryStreams()
  const streams: Streams = { ...memory, reader: (...given) => slowly(memory.reader(...given)) }
  const specs = Object.values(config.topics).concat({ name: predictions, partitions: 1 })
  await streams.createTopics(specs)
  const writer = await streams.writer('market')
  const write = (topic: string, record: object) => ({ topic, key: product, value: JSON.stringify(record) })
  let minutes = 0
  const closeMinute = async (): Promise<number> => {
    const { start, end, open, high, low, close, volume } = candleOf(minutes)
    const prediction = { product, time: 1e6 * end, model: 'ridge', probability: minutes % 4 === 0 ? 0.27 : 0.08 }
    const said = { ...prediction, alarm: minutes % 4 === 0, tau: 0.0005 }
    const turnedOut = { ...said, sigma_future: 0.0004, label: minutes % 8 === 0 ? 1 : 0 }
    const before = [0, 20, 40].map(second => ({ ...turnedOut, time: 1e6 * (start + second) }))
    const apart = { product, id: `${minutes}`, time: 1e6 * start, price: close, size: 9, anomaly_score: -0.1 }
    const anomaly = { ...apart, model_version: 1, feature_vector: { z: 4 } }
    const averages = { ma20: minutes < 19 ? null : close - 3, ma50: minutes < 49 ? null : close - 9, rsi: 50 }
    const signal = {
      ...{ product, start: 1e6 * start, open, high, low, close, volume: Number(volume), ...averages },
      ...{ signal: 'HOLD', reason: 'none', action: 'HOLD', crypto: 0, budget: 10_000, total_value: 10_000 },
    }
    const clock = { type: 'clock', feed: 'simulated-coinbase', product, time: 1e6 * end }
    const records = [
      ...[
        write(candles.name, candleOf(minutes)),
        write(predictions, said),
        ...before.map(one => write(settled.name, one)),
      ],
      ...[write(signals.name, signal), write(raw.name, clock), write(anomalies.name, anomaly)],
    ]
    minutes++
    await writer.commit({ records })
    return start
  }
  const article = { product, id: 'n', time: 1e6 * firstStart, headline, source: 'Wire', url: 'https://news.example/n' }
  const scored = { ...article, sentiment_score: 0.6, sentiment_label: 'positive', revision: 2, final: true }
  const alert = alertOf('price_move', product, firstStart, 2, 1)
  await writer.commit({ records: [write(sentiment.name, scored), write(alerts.name, alert)] })
  for (let i = 0; i < count; i++) await closeMinute()
  let stop = new AbortController()
  const start = (port: number) =>
    serve({
      ...{ config, streams, predictions, guard: { hosts: [], origins: [], proxies: [] }, host: '127.0.0.1', port },
      ...{ version: '0', stop: stop.signal, limit: 1000 },
    })
  let serving = await start(0)
  const { url } = serving
  const end = async (): Promise<void> => {
    stop.abort()
    await Promise.all([serving.close(), serving.done])
  }
  return {
    url,
    closeMinute,
    end,
    async begin(): Promise<void> {
      stop = new AbortController()
      serving = await start(Number(new URL(url).port))
    },
  }
}

/** As a broker does, waits a little where there is nothing. */
async function slowly(opening: ReturnType<Streams['reader']>): ReturnType<Streams['reader']> {
  const reader = await opening
  return {
    ...reader,
    async poll(max, waitMs) {
      const records = await reader.poll(max, waitMs)
      if (records.length === 0) await delay(pollMs)
      return records
    },
  }
}
