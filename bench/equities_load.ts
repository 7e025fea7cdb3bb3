import { setTimeout as delay } from 'node:timers/promises'
import { Producer } from '@platformatic/kafka'
import { seededRandom } from '../src/core/math/random.ts'
import { suitCollectorToRecords } from '../src/streams/kafka/collector.ts'
import { connectionOptions } from '../src/streams/kafka/connection.ts'
import { partitionOf } from '../src/streams/partition.ts'
import type { Stretch } from './stream_load.ts'

/** Trades of shares to a topic, each due at its time, whatever happened before. */
export interface EquitiesLoad {
  broker: string
  topic: string
  partitions: number
  tickers: string[]
  stretches: Stretch[]
}

/** What it prints at the end of each stretch, as a line. */
export interface EquitiesLoadLine {
  name: string
  /** Moment of its first trade in µs, and trades up to its end, over all stretches. */
  from: number
  sent: number
  /** Longest time from a trade's intended moment until it was handed to the client. */
  behind_ms: number
}

const [most, lingerMs] = [4000, 5]

async function run({ broker, topic, partitions, tickers, stretches }: EquitiesLoad): Promise<void> {
  suitCollectorToRecords()
  const producer = new Producer({ ...connectionOptions([broker]), idempotent: true })
  const random = seededRandom(60)
  const cents = tickers.map((_, i) => 10_000 + 5000 * i)
  const keys = tickers.map(ticker => Buffer.from(ticker))
  const places = tickers.map(ticker => partitionOf(ticker, partitions))
  const tradeAt = (time: number, sequence: number): Parameters<typeof producer.send>[0]['messages'][number] => {
    const n = Math.floor(random() * tickers.length)
    cents[n] += Math.round(2 * (random() - 0.5))
    const size = 1 + Math.floor(400 * random() * random() * random())
    const value = `{"type":"trade","feed":"simulated-polygon","product":"${tickers[n]}","time":${time},"received_at":${time},"connection":"bench","sequence":${sequence},"index":0,"id":"4-${sequence}","price":"${(cents[n] / 100).toFixed(2)}","size":"${size}","side":null}`
    return { topic, partition: places[n], key: keys[n], value: Buffer.from(value, 'latin1') }
  }
  let start = now()
  let sent = 0
  for (const { name, rate, seconds } of stretches) {
    const count = Math.round(rate * seconds)
    let behind_ms = 0
    for (let made = 0; made < count; ) {
      const due = Math.min(count, Math.floor(((now() - start) * rate) / 1e6), made + most)
      if (due > made) behind_ms = Math.max(behind_ms, (now() - start) / 1000 - (1000 * made) / rate)
      const messages = Array.from({ length: due - made }, (_, i) =>
        tradeAt(Math.floor(start + ((made + i) * 1e6) / rate), sent + i),
      )
      made = due
      sent += messages.length
      await Promise.all([messages.length > 0 ? producer.send({ messages }) : null, delay(lingerMs)])
    }
    console.log(JSON.stringify({ name, from: start, sent, behind_ms } satisfies EquitiesLoadLine))
    start += seconds * 1e6
  }
  await producer.close()
}

function now(): number {
  return (performance.timeOrigin + performance.now()) * 1000
}

await run(JSON.parse(process.argv[2]))
