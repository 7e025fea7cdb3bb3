import { once } from 'node:events'
import { openSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Producer } from '@platformatic/kafka'
import { suitCollectorToRecords } from '../src/streams/kafka/collector.ts'
import { connectionOptions } from '../src/streams/kafka/connection.ts'
import { partitionOf } from '../src/streams/partition.ts'
import { Closings, createEvents, nameProducts } from './stream_events.ts'

/** A stretch of the load: events a second over all products, seconds. */
export interface Stretch {
  name: string
  rate: number
  seconds: number
}

export interface Load {
  broker: string
  topic: string
  partitions: number
  products: number
  /** Seconds of the past, a quote a second and product, published first and as fast as it goes. */
  historyS: number
  outOfOrdernessS: number
  /** Share of trades among quotes; a tenth when absent. */
  tradeShare?: number
  stretches: Stretch[]
  /** Where each event that closes a bar is written: `product T µs` a line. */
  closings: string
}

/** A line of the load's standard output: a stretch begins; it is over; all of them are. */
export interface LoadLine {
  began?: string
  /** Intended moment of the stretch's beginning, in µs. */
  from?: number
  over?: string
  /** Longest time in the stretch from an event's intended moment until it was handed to the client, in ms. */
  behindMs?: number
  /** Events sent, those of the past included. */
  sent?: number
}

const most = 4000
/** What is due in so long goes out together, as a publisher would send it; the delay counts. */
const lingerMs = 5

/**
 * The load of the stream bench in a process of its own, open loop: an event is due at its time, whatever happened before.
 * It begins with SIGUSR2, once the past is published.
 */
async function run(load: Load): Promise<void> {
  const names = nameProducts(load.products)
  const keys = names.map(name => Buffer.from(name))
  const places = names.map(name => partitionOf(name, load.partitions))
  const encode = createEvents(names, 60, load.tradeShare ?? 0.1)
  const closings = new Closings(load.products, load.outOfOrdernessS)
  const file = openSync(load.closings, 'w')
  const producer = new Producer({
    ...connectionOptions([load.broker]),
    idempotent: true,
  })
  let messages: Parameters<typeof producer.send>[0]['messages'] = []
  let lines = ''
  let sent = 0
  /** Bars that end before the live events are those of the past, or of the silence after it. */
  let live = Number.POSITIVE_INFINITY

  function add(product: number, time: number): void {
    const end = closings.close(product, time)
    if (end !== null && end * 1e6 > live + 1e6) lines += `${names[product]} ${end} ${time}\n`
    messages.push({
      topic: load.topic,
      partition: places[product],
      key: keys[product],
      value: Buffer.from(encode(product, time), 'latin1'),
    })
  }

  async function send(): Promise<void> {
    const batch = messages
    messages = []
    await producer.send({ messages: batch })
    sent += batch.length
  }

  const began = Math.ceil(now() / 1e6) * 1e6
  for (let second = load.historyS; second > 0; second--)
    for (let product = 0; product < load.products; product++) {
      add(product, began - second * 1e6 + 5000 * product)
      if (messages.length >= most) await send()
    }
  if (messages.length > 0) await send()
  const awaken = setInterval(() => {}, 1000)
  const told = once(process, 'SIGUSR2')
  print({ began: 'past' })
  await told
  clearInterval(awaken)

  live = now()
  let start = live
  let turn = 0
  for (const { name, rate, seconds } of load.stretches) {
    print({ began: name, from: start })
    const count = Math.round(rate * seconds)
    let made = 0
    let behindMs = 0
    while (made < count) {
      const due = Math.min(count, Math.floor(((now() - start) * rate) / 1e6))
      if (due > made) behindMs = Math.max(behindMs, (now() - start) / 1000 - (1000 * made) / rate)
      for (const end = Math.min(due, made + most); made < end; made++) {
        add(turn, Math.floor(start + (made * 1e6) / rate))
        turn = (turn + 1) % load.products
      }
      await Promise.all([messages.length > 0 ? send() : null, delay(lingerMs)])
      if (lines.length > 1 << 16) lines = flush(file, lines)
    }
    start += seconds * 1e6
    print({ over: name, behindMs })
  }
  flush(file, lines)
  await producer.close()
  print({ sent })
}

function flush(file: number, lines: string): '' {
  writeSync(file, lines)
  return ''
}

function now(): number {
  return (performance.timeOrigin + performance.now()) * 1000
}

function print(line: LoadLine): void {
  console.log(JSON.stringify(line))
}

suitCollectorToRecords()
await run(JSON.parse(process.argv[2]))
