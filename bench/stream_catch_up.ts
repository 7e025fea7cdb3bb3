import { kill } from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { Producer } from '@platformatic/kafka'
import { SpikeError } from '../src/errors.ts'
import { connectionOptions } from '../src/streams/kafka/connection.ts'
import { partitionOf } from '../src/streams/partition.ts'
import type { Streams } from '../src/streams/port.ts'
import { processCpu } from './process_cpu.ts'
import { createEvents, nameProducts } from './stream_events.ts'
import { startFeaturizers } from './stream_jobs.ts'
import { standOf } from './stream_run.ts'

export interface CatchUp {
  processes: number
  events: number
  events_per_s: number
  cpu_us_per_event: { featurizers: number; broker: number }
}

interface Place {
  streams: Streams
  spec: string
  address: string
  folder: string
  brokerPid: number
  partitions: number
}

const products = 200
const eventsPerS = 60_000
const seconds = 25

/** How fast so many featurizers, the partitions shared out among them, work off what waits for them: 25 s of 60,000 events a second. */
export async function benchCatchUp(place: Place, processes: number): Promise<CatchUp> {
  const { streams, partitions } = place
  const prefix = `behind${processes}.`
  const jobs = await startFeaturizers(place, prefix, processes)
  try {
    for (const { process } of jobs) kill(process.pid, 'SIGSTOP')
    const events = await publish(place, jobs[0].from)
    const cpu = () => ({
      featurizers: jobs.reduce((sum, { process }) => sum + processCpu(process.pid), 0),
      broker: processCpu(place.brokerPid),
    })
    const before = cpu()
    const began = performance.now()
    for (const { process } of jobs) kill(process.pid, 'SIGCONT')
    while ((await standOf(streams, jobs[0])).lag > 0) {
      const ended = jobs.find(({ process }) => process.ended() !== null)
      if (ended) throw new SpikeError('CHECK_FAILED', `a featurizer ended: ${ended.process.log()}`)
      await delay(50)
    }
    const took = (performance.now() - began) / 1000
    const after = cpu()
    const perEvent = (name: 'featurizers' | 'broker'): number =>
      Math.round((1e8 * (after[name] - before[name])) / events) / 100
    return {
      processes,
      events,
      events_per_s: Math.round(events / took),
      cpu_us_per_event: { featurizers: perEvent('featurizers'), broker: perEvent('broker') },
    }
  } finally {
    for (const { process } of jobs) await process.kill9()
  }

  async function publish({ address }: Place, topic: string): Promise<number> {
    const names = nameProducts(products)
    const keys = names.map(name => Buffer.from(name))
    const encode = createEvents(names, 60, 0.1)
    const producer = new Producer({ ...connectionOptions([address]), idempotent: true })
    const start = Date.UTC(2026, 0, 5) * 1000
    const total = eventsPerS * seconds
    for (let sent = 0; sent < total; ) {
      const messages = []
      for (; messages.length < 4000; sent++) {
        const product = sent % products
        const value = Buffer.from(encode(product, start + Math.floor((sent * 1e6) / eventsPerS)), 'latin1')
        messages.push({ topic, partition: partitionOf(keys[product], partitions), key: keys[product], value })
      }
      await producer.send({ messages })
    }
    await producer.close()
    return total
  }
}
