/** Whatever stands on a topic: nothing throws, and each record is accounted for. Seeded. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { MarketEvent } from '../../src/core/events/event.ts'
import { eventFault } from '../../src/core/events/event_json.ts'
import { SymbolTable } from '../../src/core/indicators/windows/symbol_table.ts'
import { tickOf } from '../../src/core/indicators/windows/tick.ts'
import { checkFor } from '../../src/jobs/check/records.ts'
import { createTally } from '../../src/jobs/check/tally.ts'
import { EquitiesPartition } from '../../src/jobs/equities/partition.ts'
import { FeaturizerPartition } from '../../src/jobs/featurize/partition.ts'
import { sinkRows } from '../../src/jobs/featurize/sink.ts'
import type { PartitionWork } from '../../src/jobs/partitions/partition_work.ts'
import { runPartitions } from '../../src/jobs/run_partitions.ts'
import { RowPredictor } from '../../src/jobs/score/partition.ts'
import { SettlementPartition } from '../../src/jobs/settle/partition.ts'
import { newJobStatus } from '../../src/jobs/status.ts'
import { TradePartition } from '../../src/jobs/trade/partition.ts'
import { WindowsPartition } from '../../src/jobs/windows/partition.ts'
import { servedTopics } from '../../src/serve/topics_served.ts'
import { View } from '../../src/serve/view.ts'
import { takeBatch } from '../../src/stores/take_batch.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Incoming } from '../../src/streams/port.ts'
import { settings } from '../fixtures/events.ts'
import { operators } from '../fixtures/operators.ts'
import { randomValues } from '../fixtures/random_records.ts'
import { scorerModel } from '../fixtures/scorer_model.ts'
import { feedJob, textsOf } from '../harness/job_outputs.ts'
import { createMemoryStreams } from '../harness/memory_streams.ts'

const config = readConfig()
const topics = { raw: 'raw', bars: 'bars', features: 'rows', labels: 'labels', late: 'late' }
const seed = 20_261_130
const values = fc.array(randomValues(seed), { minLength: 1, maxLength: 150 })
const keys = ['BTC-USD', 'ETH-USD', '', '__proto__']

const recordsOf = (topic: string, batch: Buffer[]): Incoming[] =>
  batch.map((value, offset) => ({ topic, partition: 0, offset, key: keys[offset % keys.length], value }))

/** Takes all of a batch in, makes work ahead, and lets a new work go on from its state and its own records. */
function takeAll<Work extends PartitionWork>(work: Work, next: Work, records: Incoming[]): Work {
  for (const record of records) {
    work.take(record, false)
    work.anticipate?.()
  }
  const state = work.state?.(new Map([[topics.bars, 0]]))
  for (const record of records) next.recall?.(record)
  if (state) next.restore?.(JSON.parse(JSON.stringify(state.memory)))
  for (const record of records) next.take(record, true)
  expect(next.due).toEqual([])
  for (const { topic, key, value } of work.due)
    expect([typeof topic, typeof key, typeof value]).toEqual(Array(3).fill('string'))
  return work
}

const deadOf = ({ due }: PartitionWork): number => due.filter(({ topic }) => topic.endsWith('.dlq')).length

test('featurizer: in = used + late + repeated + dead', () => {
  fc.assert(
    fc.property(values, batch => {
      const make = (): FeaturizerPartition => new FeaturizerPartition(settings, topics)
      const work = takeAll(make(), make(), recordsOf(topics.raw, batch))
      const { products, unaccepted, dead } = work.counts()
      const taken = [...Object.values(products), unaccepted].reduce(
        (sum, one) =>
          sum +
          one.quotes +
          one.trades +
          one.clocks +
          one.gaps +
          one.candles +
          one.news +
          one.late +
          one.backfilled +
          one.duplicates,
        0,
      )
      expect(taken + dead).toBe(batch.length)
      expect(deadOf(work)).toBe(dead)
    }),
    { seed, numRuns: 60 },
  )
})

test('trader: in = candles + late + repeated + told otherwise + impossible + others + dead', () => {
  fc.assert(
    fc.property(values, batch => {
      const make = (): TradePartition => new TradePartition(config.trading, { signals: 'signals', ledger: 'ledger' })
      const work = takeAll(make(), make(), recordsOf(topics.raw, batch))
      const { candles, late, repeated, conflicting, bad, others, dead } = work.counts
      expect(candles + late + repeated + conflicting + bad + others + dead).toBe(batch.length)
      expect(deadOf(work)).toBe(late + conflicting + bad + dead)
    }),
    { seed, numRuns: 60 },
  )
})

test('windows: in = trades and prices + repeated + the time alone + dead', () => {
  const set = { length_s: 60, slide_s: 10, lateness_s: 600 }
  const names = { raw: topics.raw, windows: 'windows', candles: 'candles' }
  const [symbols, settings] = [new SymbolTable([]), { sets: [set], lag_s: 2, candle_lag_s: 2, revise_s: 10 }]
  fc.assert(
    fc.property(values, batch => {
      const make = (): WindowsPartition => new WindowsPartition(settings, names, symbols)
      const records = recordsOf(topics.raw, batch)
      const work = takeAll(make(), make(), records)
      const dead = Object.values(work.tally.dead).reduce((sum, count) => sum + count, 0)
      const { ticks, repeated } = work.sets[0].counts()
      const others = records.filter(({ value }) => isTimeAlone(value.toString())).length
      expect(ticks + repeated + others + dead).toBe(batch.length)
      expect(deadOf(work)).toBe(dead)
    }),
    { seed, numRuns: 60 },
  )
})

/** What windows take nothing of but the time, and nothing at all: gaps, news, what is none of both. */
function isTimeAlone(text: string): boolean {
  try {
    const event: unknown = JSON.parse(text)
    const tick = tickOf(event)
    const { type } = Object(event) as { type?: string }
    if (tick === null) return true
    return (
      typeof tick === 'object' &&
      tick.source === 'clock' &&
      (type !== 'candle' || eventFault(event as MarketEvent) === null)
    )
  } catch {
    return false
  }
}

test('equities: in = scored + repeated + late + refused by reason + others + dead + what waits for the end of its frame', () => {
  const forest = { window: 20, every: 10, trees: 3, sample: 8, offset: { contamination: 0.05 }, seed: 60 }
  const settings = { lag: 0, aheadLimit: 60e6, features: 'relative' as const, forest, mean: 'exact' as const }
  const names = { scored: 'scored', minutes: 'minutes', anomalies: 'anomalies' }
  fc.assert(
    fc.property(values, batch => {
      const work = new EquitiesPartition(settings, names)
      for (const record of recordsOf(topics.raw, batch)) {
        work.take(record, false)
        work.anticipate()
      }
      const { trades, repeated, late, others, refused } = work.counts
      const dead = Object.values(refused).reduce((sum, count) => sum + count, 0)
      const tickers = Object.values(work.state(new Map([[names.scored, 0]])).memory!) as { held: unknown[] }[]
      const held = tickers.reduce((sum, one) => sum + one.held.length, 0)
      expect(trades + repeated + late + others + dead + held).toBe(batch.length)
      expect(deadOf(work)).toBe(late + dead)
    }),
    { seed, numRuns: 60 },
  )
})

test('store: in = rows, the newest of each key, + older revisions + refused', () => {
  fc.assert(
    fc.property(values, batch => {
      const { rows, refused, upTo } = takeBatch(
        recordsOf('market.windows', batch),
        [{ topic: 'market.windows', partition: 0, offset: batch.length }],
        [],
      )
      const all = [...rows.values()].flat()
      expect(all.length + refused.length).toBeLessThanOrEqual(batch.length)
      const again = takeBatch(recordsOf('market.windows', batch), upTo, upTo)
      expect([...again.rows.values()].flat().length + again.refused.length).toBe(0)
      for (const { reason } of refused) expect(reason).toMatch(/^(not_json|window: .|candle: .)/)
    }),
    { seed, numRuns: 60 },
  )
})

test.each(servedTopics(config, 'predictions'))('what serve shows of $kind: in = taken + unreadable', ({ kind }) => {
  fc.assert(
    fc.property(values, batch => {
      const view = new View()
      for (const value of batch) view.take(kind, value.toString())
      expect(view.counts[kind] + view.leftOut.unreadable).toBe(batch.length)
      for (const product of view.products.values()) expect(() => JSON.stringify(product)).not.toThrow()
    }),
    { seed, numRuns: 40 },
  )
})

test('scorer: in = scored + of unknown products + dead', () => {
  fc.assert(
    fc.property(values, batch => {
      const make = (): RowPredictor => new RowPredictor(() => scorerModel, 'predictions')
      const work = takeAll(make(), make(), recordsOf(topics.features, batch))
      const { rows, skipped, dead } = work.counts
      expect(rows + skipped + dead).toBe(batch.length)
      expect(deadOf(work)).toBe(dead)
      for (const { topic, value } of work.due)
        if (topic === 'predictions') expect(JSON.parse(String(value)).probability).toBeGreaterThanOrEqual(0)
    }),
    { seed, numRuns: 100 },
  )
})

test('settlement: in = waiting or met + late + repeated + dead', () => {
  fc.assert(
    fc.property(values, values, (predictions, labels) => {
      const names = { predictions: 'predictions', labels: 'labels', settled: 'settled' }
      const make = (): SettlementPartition => new SettlementPartition(names, 40)
      const records = [...recordsOf('predictions', predictions), ...recordsOf('labels', labels)]
      const work = takeAll(make(), make(), records)
      const { taken, late, repeated, dead } = work.counts
      expect(taken + late + repeated + dead).toBe(records.length)
      expect(deadOf(work)).toBe(dead)
    }),
    { seed, numRuns: 100 },
  )
})

test.each(operators)('$name on topics full of it begins once, ends, and begins again', async ({ job: jobOf }) => {
  const own = mkdtempSync(join(tmpdir(), 'spike60-fuzz-'))
  const streams = await openStreams(`embedded://${join(own, 'log.db')}`)
  const job = jobOf(config)
  const run = async (sample: number) => {
    const records = job.reads.flatMap(topic =>
      fc
        .sample(randomValues(seed), { seed: sample, numRuns: 300 })
        .map((value, i) => ({ topic, key: keys[i % keys.length], value })),
    )
    await feedJob(streams, job, records)
    const status = newJobStatus()
    await runPartitions({ ...job, streams, finish: AbortSignal.abort(), status })
    expect(status.fault).toBeNull()
    expect(status.begunAnew).toBe(0)
    return Object.values(status.dead).reduce((sum, { count }) => sum + count, 0)
  }
  try {
    const dead = (await run(1)) + (await run(2))
    const letters = await Promise.all(job.reads.map(topic => textsOf(streams, `${topic}.dlq`)))
    // The job may read letters itself: those that it was fed stand there too.
    const fed = 600 * job.reads.filter(topic => job.reads.includes(`${topic}.dlq`)).length
    expect(letters.flat()).toHaveLength(fed + dead)
    expect(dead).toBeGreaterThan(100)
  } finally {
    await streams.close()
    rmSync(own, { recursive: true, force: true })
  }
})

const folder = mkdtempSync(join(tmpdir(), 'spike60-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the file of rows: in = rows + others', async () => {
  await fc.assert(
    fc.asyncProperty(values, async batch => {
      const streams = createMemoryStreams()
      await streams.createTopics([{ name: topics.features, partitions: 1 }])
      const records = batch.map(value => ({ topic: topics.features, key: 'A', value }))
      await (await streams.writer('feed')).commit({ records })
      const { rows, skipped } = await sinkRows({
        ...{ streams, config, topic: topics.features, out: join(folder, 'rows.parquet') },
      })
      expect(rows + skipped).toBe(batch.length)
    }),
    { seed, numRuns: 4 },
  )
})

test.each(['ticks.raw', 'ticks.features', 'ticks.raw.dlq', 'ticks.bars'])(
  'check of %s: in = valid + invalid',
  topic => {
    fc.assert(
      fc.property(values, batch => {
        const { tally, add } = createTally(
          checkFor(topic, { raw: 'ticks.raw', late: 'l', news: 'n', features: 'ticks.features' }),
        )
        for (const record of recordsOf(topic, batch)) add(record)
        const valid = Object.values(tally.products).reduce((sum, { count }) => sum + count, 0)
        expect(valid + tally.invalid).toBe(batch.length)
        expect(tally.count).toBe(batch.length)
        expect(JSON.stringify(tally)).not.toMatch(/NaN|null,"last":\d/)
      }),
      { seed, numRuns: 60 },
    )
  },
)
