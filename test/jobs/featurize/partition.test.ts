import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { decodeBar } from '../../../src/core/features/bar/bar.ts'
import { historySeconds } from '../../../src/core/features/window/history.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { FeaturizerPartition } from '../../../src/jobs/featurize/partition.ts'
import { decodeDeadLetter } from '../../../src/streams/dead_letter.ts'
import type { Incoming } from '../../../src/streams/port.ts'
import { marketShape, quote, randomMarket, settings } from '../../fixtures/events.ts'

const topics = { raw: 'raw', bars: 'bars', features: 'rows', labels: 'labels', late: 'late' }

function newJob(): FeaturizerPartition {
  return new FeaturizerPartition(settings, topics)
}

const endAt = (bars: number) => new Map([['bars', bars]])

function asRecords(events: (MarketEvent | string)[]): Incoming[] {
  return events.map((event, offset) => ({
    topic: 'raw',
    partition: 0,
    offset,
    key: 'BTC-USD',
    value: Buffer.from(typeof event === 'string' ? event : encodeEvent(event)),
  }))
}

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
        for (const job of [ahead, waiting]) job.take(record, false)
        while (random() < 0.6 && ahead.anticipate()) made++
        expect(ahead.due).toEqual(waiting.due)
        if (random() > 0.1) continue
        const due = ahead.due.splice(0)
        expect(due).toEqual(waiting.due.splice(0))
        expect(ahead.state(endAt(bars))).toEqual(waiting.state(endAt(bars)))
        bars += due.filter(({ topic }) => topic === 'bars').length
      }
      expect(ahead.due.splice(0)).toEqual(waiting.due.splice(0))
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
  for (const record of records) job.take(record, false)
  const bars = job.due.splice(0).filter(({ topic }) => topic === 'bars')
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
  let state = job.state(endAt(0))
  for (const record of records) {
    job.take(record, false)
    if (record.offset % 50 !== 49) continue
    const due = job.due.splice(0)
    state = job.state(endAt(bars.length))
    for (const { topic, value } of due) if (topic === 'bars') bars.push(decodeBar(String(value))!.bar.second)
  }
  const { products } = state.memory as { products: Record<string, { open_from: number }> }
  const product = products['BTC-USD']
  const firstBar = state.recall!.bars
  expect(bars.length - firstBar).toBeLessThan(1500)
  expect(bars[firstBar]).toBeLessThanOrEqual(product.open_from - historySeconds)
  expect(records.length - state.from!.raw).toBeLessThan(20)
  expect(product.open_from).toBeGreaterThan(shape.start + 8000)
})

it('names that nobody listed do not fill the memory: events beyond so many products are dead letters', () => {
  const job = new FeaturizerPartition(settings, topics, 2)
  const products = ['A', 'B', 'C', 'A', 'C']
  const events = products.map((product, i) => ({ ...quote(10 + i, 1, 2), product }))
  for (const record of asRecords(events)) job.take(record, false)
  const letters = job.due.filter(({ topic }) => topic === 'raw.dlq').map(({ value }) => decodeDeadLetter(`${value}`))
  expect(letters.map(({ reason, offset }) => [reason, offset])).toEqual([
    ['too_many_products', 2],
    ['too_many_products', 4],
  ])
  expect(Object.keys(job.counts().products)).toEqual(['A', 'B'])
})

it('a product of which nothing was accepted takes no room, before a restart as after it', () => {
  const lettersOf = (restarts: boolean): unknown[] => {
    let job = new FeaturizerPartition(settings, topics, 2)
    const events = ['A', 'bad', 'B', 'C', 'bad'].map((product, i) => ({
      ...quote(10 + i, product === 'bad' ? -1 : 1, 2),
      product,
    }))
    const due = asRecords(events).flatMap(record => {
      job.take(record, false)
      const made = job.due.splice(0)
      if (restarts) {
        const { memory } = JSON.parse(JSON.stringify(job.state(endAt(0))))
        job = new FeaturizerPartition(settings, topics, 2)
        job.restore(memory)
      } else expect(Object.keys(job.counts().products)).not.toContain('bad')
      return made
    })
    if (!restarts) expect(job.counts().unaccepted.rejected.invalid_quote).toBe(1)
    const letters = due.filter(({ topic }) => topic === 'raw.dlq').map(({ value }) => decodeDeadLetter(`${value}`))
    return letters.map(({ reason, offset }) => [reason, offset])
  }
  expect(lettersOf(false)).toEqual([
    ['invalid_quote', 1],
    ['too_many_products', 3],
    ['too_many_products', 4],
  ])
  expect(lettersOf(true)).toEqual(lettersOf(false))
})
