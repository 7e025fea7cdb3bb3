import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { type Config, readConfig } from '../../../src/config.ts'
import { encodeLabel } from '../../../src/core/features/label_json.ts'
import { encodeRow } from '../../../src/core/features/row_json.ts'
import { featureNames } from '../../../src/core/features/spec.ts'
import {
  decodePrediction,
  encodePrediction,
  type LivePrediction,
} from '../../../src/core/models/artifact/prediction_json.ts'
import { scoreRows } from '../../../src/core/models/artifact/score.ts'
import { decodeSettled, encodeSettled } from '../../../src/core/models/artifact/settled_json.ts'
import { runExperiment } from '../../../src/core/models/experiment.ts'
import { inferLive } from '../../../src/jobs/score/run.ts'
import { settleLive, settleOnce } from '../../../src/jobs/settle/run.ts'
import { newSettleStatus, settleMetrics } from '../../../src/jobs/settle/status.ts'
import { LiveScores } from '../../../src/monitor/live_scores.ts'
import { renderMetrics } from '../../../src/operations/metrics.ts'
import { decodeDeadLetter } from '../../../src/streams/dead_letter.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { readAll } from '../../../src/streams/read_all.ts'
import { syntheticSource, syntheticTable } from '../../fixtures/synthetic_features.ts'

const prediction = (time: number, probability: number): LivePrediction => ({
  ...{ product: 'A-USD', time, model: 'average', probability, alarm: probability >= 0.5, tau: 1 },
})

/** The settings with a topic of labels of that name. */
function configOf(labels: string, partitions: number): Config {
  const config = readConfig()
  return { ...config, topics: { ...config.topics, labels: { name: labels, partitions } } }
}

test('a settlement that follows its topics scores each prediction when its label comes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-settle-'))
  const streams = await openStreams(`embedded://${join(folder, 'streams.db')}`)
  const config = configOf('l', 1)
  const status = newSettleStatus()
  const stop = new AbortController()
  const until = async (settled: number, waiting: number): Promise<void> => {
    while (status.scores[0]?.settled !== settled || status.scores[0].waiting !== waiting) await delay(10)
  }
  const prediction = (second: number, probability: number) => ({
    topic: 'p',
    key: 'A-USD',
    value: encodePrediction({
      ...{ product: 'A-USD', time: second * 1e6, model: 'm', probability },
      ...{ alarm: probability > 0.5, tau: 1 },
    }),
  })
  const label = (second: number, sigma: number) => ({
    topic: 'l',
    key: 'A-USD',
    value: encodeLabel('A-USD', second * 1e6, sigma),
  })
  try {
    await streams.createTopics([
      { name: 'p', partitions: 1 },
      { name: 'l', partitions: 1 },
    ])
    const log = pino({ level: 'silent' })
    const running = settleLive({
      ...{ streams, config, predictions: 'p', settled: 's', stop: stop.signal, every: 0.01, status, log },
    })
    const writer = await streams.writer('test')
    await writer.commit({ records: [prediction(1, 0.9), prediction(2, 0.2), prediction(3, 0.4)] })
    await until(0, 3)
    expect(renderMetrics(settleMetrics(status))).not.toContain('settle_pr_auc{')
    await writer.commit({ records: [label(1, 2), label(2, 0.5)] })
    await until(2, 1)
    expect(status.scores[0]).toMatchObject({ positives: 1, pr_auc: 1, brier: expect.closeTo(0.025, 12), alarms: 1 })
    expect(renderMetrics(settleMetrics(status))).toContain('\nspike60_settle_pr_auc{model="m"} 1\n')
    await writer.commit({ records: [label(3, 1), prediction(4, 0.7), label(4, 0.1)] })
    await until(4, 0)
    expect(status.scores[0]).toMatchObject({ positives: 2, prevalence: 0.5 })
    stop.abort()
    await running
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('what is read in no order of the two topics, garbage among it, is settled in one pass over both', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-settle-'))
  const streams = await openStreams(`embedded://${join(folder, 'streams.db')}`)
  try {
    await streams.createTopics([
      { name: 'p', partitions: 2 },
      { name: 'l', partitions: 2 },
    ])
    const writer = await streams.writer('test')
    const wanted = new LiveScores()
    const records = Array.from({ length: 6000 }, (_, i) => {
      const product = `${'ABC'[i % 3]}-USD`
      const sigma = i % 7 === 0 ? null : (i % 11) / 5
      const made = { ...prediction(1e6 * i, ((i * 37) % 101) / 101), product }
      wanted.add(decodeSettled(encodeSettled(made, sigma))!)
      return [
        { topic: 'p', key: product, value: encodePrediction(made) },
        { topic: 'l', key: product, value: encodeLabel(product, made.time, sigma ?? Number.NaN) },
      ]
    })
    await writer.commit({ records: records.map(([made]) => made) })
    await writer.commit({ records: [{ topic: 'l', key: 'A', value: '{' }, ...records.map(([, label]) => label)] })
    await writer.commit({ records: [{ topic: 'p', key: 'A', value: '[]' }] })
    const [score] = wanted.scores(new Map())
    const nearly = { brier: expect.closeTo(score.brier!, 12), ece: expect.closeTo(score.ece!, 12) }
    for (let times = 0; times < 2; times++) {
      const status = newSettleStatus()
      await settleOnce({ streams, config: configOf('l', 2), predictions: 'p', settled: 's', status })
      expect(status.skipped).toBe(2)
      expect(status.scores).toEqual([{ ...score, ...nearly }])
    }
    for (const [topic, reason] of [
      ['p', 'not_a_prediction'],
      ['l', 'not_a_label'],
    ]) {
      const letters = []
      for await (const records of readAll(streams, `${topic}.dlq`))
        letters.push(...records.map(({ value }) => decodeDeadLetter(value)))
      expect(letters).toMatchObject([{ reason, topic, key: 'A' }])
    }
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
    const { artifacts } = runExperiment(table, syntheticSource, readConfig())
    const artifact = artifacts.find(({ name }) => name === 'average')!
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
    const letters = []
    for await (const records of readAll(streams, 'rows.dlq'))
      letters.push(...records.map(({ value }) => decodeDeadLetter(value)))
    expect(letters).toMatchObject([{ reason: 'not_a_row', topic: 'rows', key: 'A', value: Buffer.from('no row') }])
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
    const status = newSettleStatus()
    await settleOnce({ streams, config: configOf('labels', 2), predictions: 'predictions', settled: 'settled', status })
    expect(status.scores).toMatchObject([
      { model: 'average', settled: labelled, waiting: 0, unlabelled: table.rows - labelled },
    ])
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
