import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { encodeLabel } from '../../src/core/features/label_json.ts'
import { encodeRow } from '../../src/core/features/row_json.ts'
import { featureNames } from '../../src/core/features/spec.ts'
import {
  decodePrediction,
  encodePrediction,
  type LivePrediction,
} from '../../src/core/models/artifact/prediction_json.ts'
import { scoreRows } from '../../src/core/models/artifact/score.ts'
import { runExperiment } from '../../src/core/models/experiment.ts'
import { averagePrecision, brierScore } from '../../src/core/models/metrics/metrics.ts'
import { inferLive } from '../../src/jobs/score/run.ts'
import { settleTopics } from '../../src/jobs/settle/topics.ts'
import { Settlement } from '../../src/monitor/settle.ts'
import { decodeDeadLetter } from '../../src/streams/dead_letter.ts'
import { openStreams } from '../../src/streams/open.ts'
import { readAll } from '../../src/streams/read_all.ts'
import { syntheticTable } from '../fixtures/synthetic_features.ts'

const prediction = (time: number, probability: number): LivePrediction => ({
  product: 'A-USD',
  time,
  model: 'average',
  probability,
  alarm: probability >= 0.5,
  tau: 1,
})

test('in whatever order predictions and labels come, the score is that of the matched pairs', () => {
  const pair = fc.record({
    p: fc.double({ min: 0, max: 1, noNaN: true }),
    sigma: fc.option(fc.constantFrom(0.5, 1, 2)),
  })
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 60 }), fc.infiniteStream(fc.boolean()), (pairs, coins) => {
      const settlement = new Settlement()
      const later: (() => void)[] = []
      pairs.forEach(({ p, sigma }, i) => {
        const steps = [() => settlement.predicted(prediction(i, p)), () => settlement.matured('A-USD', i, sigma)]
        if (coins.next().value) steps.reverse()
        steps[0]()
        later.push(steps[1])
      })
      for (const step of later) step()
      const known = pairs.filter(({ sigma }) => sigma !== null)
      const labels = known.map(({ sigma }) => (sigma! >= 1 ? 1 : 0))
      const positives = labels.reduce<number>((sum, label) => sum + label, 0)
      const [score] = settlement.scores()
      expect(score).toMatchObject({
        settled: known.length,
        waiting: 0,
        unlabelled: pairs.length - known.length,
        positives,
      })
      if (known.length === 0) return
      // the order of settling differs, so the last digit of a sum may
      const probabilities = known.map(({ p }) => p)
      expect(score.brier).toBeCloseTo(brierScore(labels, probabilities), 12)
      if (positives > 0) expect(score.pr_auc).toBeCloseTo(averagePrecision(labels, probabilities), 12)
      else expect(score.pr_auc).toBe(null)
    }),
  )
})

test('a prediction without its label waits, a label without a prediction changes nothing', () => {
  const settlement = new Settlement()
  settlement.predicted(prediction(1, 0.9))
  settlement.matured('A-USD', 2, 3)
  expect(settlement.scores()[0]).toMatchObject({ settled: 0, waiting: 1, pr_auc: null, brier: null })
})

test('what is read in no order of the two topics, garbage among it, is settled in one pass over both', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-settle-'))
  const streams = await openStreams(`embedded://${join(folder, 'streams.db')}`)
  try {
    await streams.createTopics([
      { name: 'p', partitions: 3 },
      { name: 'l', partitions: 2 },
    ])
    const writer = await streams.writer('test')
    const settlement = new Settlement()
    const records = Array.from({ length: 6000 }, (_, i) => {
      const product = `${'ABC'[i % 3]}-USD`
      const sigma = i % 7 === 0 ? null : (i % 11) / 5
      const made = { ...prediction(1e6 * i, ((i * 37) % 101) / 101), product }
      settlement.predicted(made)
      settlement.matured(product, made.time, sigma)
      return [
        { topic: 'p', key: product, value: encodePrediction(made) },
        { topic: 'l', key: product, value: encodeLabel(product, made.time, sigma ?? Number.NaN) },
      ]
    })
    await writer.commit({ records: records.map(([made]) => made) })
    await writer.commit({ records: [{ topic: 'l', key: 'A', value: '{' }, ...records.map(([, label]) => label)] })
    await writer.commit({ records: [{ topic: 'p', key: 'A', value: '[]' }] })
    const { scores, skipped } = await settleTopics({ streams, predictions: 'p', labels: 'l' })
    const [wanted] = settlement.scores()
    expect(skipped).toBe(2)
    expect(scores).toEqual([
      { ...wanted, brier: expect.closeTo(wanted.brier!, 12), ece: expect.closeTo(wanted.ece!, 12) },
    ])
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('live scores equal those of the table, each row once though the scorer is started twice, and are settled', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-live-'))
  const streams = await openStreams(`embedded://${join(folder, 'streams.db')}`)
  try {
    const table = syntheticTable(3000, 62)
    const source = { file: 'x.parquet', simulated: true, config_hash: 'x' }
    const { volatility } = runExperiment(table, source, readConfig())
    const artifact = volatility.find(({ name }) => name === 'average')!
    await streams.createTopics([
      { name: 'rows', partitions: 2 },
      { name: 'labels', partitions: 2 },
    ])
    const writer = await streams.writer('test')
    const rows = Array.from({ length: table.rows }, (_, row) => row)
    const write = (some: number[]) =>
      writer.commit({
        records: some.flatMap(row => {
          const [product, time] = [table.product[row], table.time[row]]
          const sigma = table.sigma_future[row]
          const values = featureNames.map(name => table.columns[name][row])
          const label = JSON.stringify({ product, time, sigma_future: Number.isNaN(sigma) ? null : sigma })
          return [
            { topic: 'rows', key: product, value: encodeRow(product, time, values) },
            { topic: 'labels', key: product, value: label },
          ]
        }),
      })
    const start = () =>
      inferLive({
        streams,
        artifact,
        topicIn: 'rows',
        topicOut: 'predictions',
        config: readConfig(),
        finish: AbortSignal.abort(),
      })
    await write(rows.slice(0, 1000))
    await writer.commit({ records: [{ topic: 'rows', key: 'A', value: 'no row' }] })
    expect(await start()).toMatchObject({ rows: 1000, skipped: 0, dead: 1 })
    for await (const records of readAll(streams, 'rows.dlq'))
      expect(records.map(({ value }) => decodeDeadLetter(value))).toMatchObject([
        { reason: 'not_a_row', topic: 'rows', key: 'A', value: Buffer.from('no row') },
      ])
    await write(rows.slice(1000))
    expect(await start()).toMatchObject({ rows: table.rows - 1000, skipped: 0, dead: 0 })

    const found = new Map<string, number>()
    for await (const records of readAll(streams, 'predictions'))
      for (const { value } of records) {
        const { product, time, probability } = decodePrediction(value.toString())!
        expect(found.has(`${product} ${time}`)).toBe(false)
        found.set(`${product} ${time}`, probability)
      }
    expect(Array.from(rows, row => found.get(`${table.product[row]} ${table.time[row]}`))).toEqual(
      Array.from(scoreRows(artifact, table)),
    )
    const labelled = rows.filter(row => !Number.isNaN(table.sigma_future[row])).length
    const { scores } = await settleTopics({ streams, predictions: 'predictions', labels: 'labels' })
    expect(scores).toMatchObject([
      { model: 'average', settled: labelled, waiting: 0, unlabelled: table.rows - labelled },
    ])
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
