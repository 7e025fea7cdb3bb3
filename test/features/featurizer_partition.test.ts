import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MarketEvent } from '../../features/event.ts'
import { encodeEvent } from '../../features/event_json.ts'
import { FeaturizerPartition } from '../../features/featurizer_partition.ts'
import type { PartitionState } from '../../features/job_state.ts'
import { seededRandom } from '../../random.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import { marketShape, randomMarket, settings } from './events.ts'

const topics = { bars: 'bars', features: 'rows', labels: 'labels', late: 'late', dead: 'dead' }

function newJob(): FeaturizerPartition {
  return new FeaturizerPartition({ partition: 0, settings, configHash: 'x', topics, encodeDead: (_, reason) => reason })
}

function asRecords(events: (MarketEvent | string)[]): Incoming[] {
  return events.map((event, offset) => ({
    topic: 'raw',
    partition: 0,
    offset,
    key: 'BTC-USD',
    value: Buffer.from(typeof event === 'string' ? event : encodeEvent(event)),
  }))
}

/** Runs over the records and, at each cut, commits, throws the job away and lets a new one take over from the state. */
function run(records: Incoming[], cuts: Set<number>): { written: Outgoing[]; restarts: number } {
  const written: Outgoing[] = []
  let state: PartitionState | null = null
  let job = newJob()
  let restarts = 0
  let uncommitted = 0
  for (let i = 0; i < records.length; ) {
    job.take(records[i])
    i++
    if (i > (state?.offset ?? 0)) uncommitted++
    if (cuts.has(i) && uncommitted > 0) {
      const barsEnd = written.filter(record => record.topic === 'bars').length
      const due = job.drain()
      state = JSON.parse(JSON.stringify(job.state(barsEnd))) as PartitionState
      written.push(...due)
      const bars = written.filter(record => record.topic === 'bars')
      job = newJob()
      const again = bars.map((record, offset) => ({
        ...record,
        partition: 0,
        offset,
        value: Buffer.from(record.value),
      }))
      for (const record of again.slice(state.bars_from)) job.restore(record)
      job.goOn(state)
      expect(state.offset).toBe(i)
      i = state.resume
      uncommitted = 0
      restarts++
    }
  }
  written.push(...job.drain())
  return { written, restarts }
}

it('goes on after any number of restarts with the same bars, rows, labels, late events and dead letters', () => {
  fc.assert(
    fc.property(marketShape, fc.nat(), (shape, seed) => {
      const random = seededRandom(seed)
      const events: (MarketEvent | string)[] = randomMarket(shape)
        .map(event => ({ event, key: event.time + random() * 1.9e6 }))
        .sort((a, b) => a.key - b.key)
        .map(({ event }) => event)
      events.splice(Math.floor(events.length / 2), 0, '{broken')
      const records = asRecords(events)
      const cuts = new Set(Array.from({ length: 6 }, () => 1 + Math.floor(random() * records.length)))
      expect(run(records, cuts).written).toEqual(run(records, new Set()).written)
    }),
    { numRuns: 60 },
  )
}, 60_000)

it('needs no more than the last bars: a long stream restarts from near its end', () => {
  const shape = {
    seed: 1,
    start: 1_767_571_000,
    events: 6000,
    meanStep: 1.5,
    price: 100,
    roughness: 1e-4,
    holes: 0,
    sizes: true,
  }
  const job = newJob()
  const records = asRecords(randomMarket(shape))
  let bars = 0
  let state = job.state(0)
  for (const record of records) {
    job.take(record)
    if (record.offset % 50 !== 49) continue
    const due = job.drain()
    state = job.state(bars)
    bars += due.filter(({ topic }) => topic === 'bars').length
  }
  const product = state.products['BTC-USD']
  expect(bars - state.bars_from).toBeLessThan(1500)
  expect(state.offset - state.resume).toBeLessThan(20)
  expect(product.open_from).toBeGreaterThan(shape.start + 8000)
})
