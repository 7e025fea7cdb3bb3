import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { decodeBar } from '../../../src/core/features/bar/bar.ts'
import { historySeconds } from '../../../src/core/features/window/history.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { FeaturizerPartition } from '../../../src/jobs/featurize/partition.ts'
import type { PartitionState } from '../../../src/jobs/featurize/state.ts'
import type { Incoming, Outgoing } from '../../../src/streams/port.ts'
import { marketShape, quote, randomMarket, settings } from '../../fixtures/events.ts'

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

/**
 * Runs over the records and, at each cut, commits, throws the job away and lets a new one take over from the state.
 * @param isIdle asked after each record: whether the job makes records ahead then.
 */
function run(records: Incoming[], cuts: Set<number>, isIdle = () => false): { written: Outgoing[]; restarts: number } {
  const written: Outgoing[] = []
  let state: PartitionState | null = null
  let job = newJob()
  let restarts = 0
  let uncommitted = 0
  for (let i = 0; i < records.length; ) {
    job.take(records[i])
    while (isIdle() && job.anticipate());
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
    fc.property(marketShape, fc.nat(), fc.constantFrom(0, 0.6), (shape, seed, idle) => {
      const random = seededRandom(seed)
      const events: (MarketEvent | string)[] = randomMarket(shape)
        .map(event => ({ event, key: event.time + random() * 1.9e6 }))
        .sort((a, b) => a.key - b.key)
        .map(({ event }) => event)
      events.splice(Math.floor(events.length / 2), 0, '{broken')
      const records = asRecords(events)
      const cuts = new Set(Array.from({ length: 6 }, () => 1 + Math.floor(random() * records.length)))
      expect(run(records, cuts, () => random() < idle).written).toEqual(run(records, new Set()).written)
    }),
    { numRuns: 60 },
  )
})

it('says where it stands and what is due as if it made nothing ahead', () => {
  let made = 0
  fc.assert(
    fc.property(marketShape, fc.nat(), (shape, seed) => {
      const random = seededRandom(seed)
      const events = randomMarket(shape).map(event => ({
        ...event,
        product: random() < 0.3 ? 'ETH-USD' : event.product,
      }))
      const [ahead, waiting] = [newJob(), newJob()]
      let bars = 0
      for (const record of asRecords(events)) {
        for (const job of [ahead, waiting]) job.take(record)
        while (random() < 0.6 && ahead.anticipate()) made++
        expect(ahead.due).toEqual(waiting.due)
        if (random() > 0.1) continue
        const due = ahead.drain()
        expect(due).toEqual(waiting.drain())
        expect(ahead.state(bars)).toEqual(waiting.state(bars))
        bars += due.filter(({ topic }) => topic === 'bars').length
      }
      expect(ahead.drain()).toEqual(waiting.drain())
      expect(ahead.counts()).toEqual(waiting.counts())
      expect(ahead.watermarks()).toEqual(waiting.watermarks())
    }),
    { numRuns: 30 },
  )
  expect(made).toBeGreaterThan(100)
})

it('makes the next second of each product once, product by product', () => {
  const job = newJob()
  const events = ['A', 'B', 'C'].flatMap(product =>
    [0.5, 1.5, 2.5, 3.5].map(second => ({ ...quote(1_767_571_200 + second, 100, 101), product })),
  )
  const records = asRecords(events.sort((a, b) => a.time - b.time))
  for (const record of records) job.take(record)
  const bars = job.drain().filter(({ topic }) => topic === 'bars')
  expect(bars.map(({ key }) => key)).toEqual(['A', 'B', 'C'])
  expect([1, 2, 3, 4].map(() => job.anticipate())).toEqual([true, true, true, false])
  expect(job.due).toHaveLength(0)
})

it('needs no more than the last bars, and all of them: a long stream restarts from near its end', () => {
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
  const bars: number[] = []
  let state = job.state(0)
  for (const record of records) {
    job.take(record)
    if (record.offset % 50 !== 49) continue
    const due = job.drain()
    state = job.state(bars.length)
    for (const { topic, value } of due) if (topic === 'bars') bars.push(decodeBar(String(value)).bar.second)
  }
  const product = state.products['BTC-USD']
  expect(bars.length - state.bars_from).toBeLessThan(1500)
  expect(bars[state.bars_from]).toBeLessThanOrEqual(product.open_from - historySeconds)
  expect(state.offset - state.resume).toBeLessThan(20)
  expect(product.open_from).toBeGreaterThan(shape.start + 8000)
})
