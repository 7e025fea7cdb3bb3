import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { encodeLabel } from '../../../src/core/features/label_json.ts'
import { encodePrediction } from '../../../src/core/models/artifact/prediction_json.ts'
import { type SettleStatus, settleLive, settleMetrics } from '../../../src/jobs/settle/run.ts'
import { renderMetrics } from '../../../src/operations/metrics.ts'
import { openStreams } from '../../../src/streams/open.ts'

test('a settlement that follows its topics scores each prediction when its label comes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-settle-'))
  const streams = await openStreams(`embedded://${join(folder, 'streams.db')}`)
  const status: SettleStatus = { fault: null, turnedAt: 0, skipped: 0, scores: [] }
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
      ...{ streams, predictions: 'p', labels: 'l', stop: stop.signal, every: 0.01, status, log },
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
