import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { encodeRow } from '../../src/core/features/row_json.ts'
import { featureNames } from '../../src/core/features/spec.ts'
import { createFrameWriter } from '../../src/exchange/frame_writer.ts'
import { marketMessages } from '../../src/exchange/market_messages.ts'
import type { FeaturizerPartition } from '../../src/jobs/featurize/partition.ts'
import { runFeaturizer } from '../../src/jobs/featurize/run.ts'
import { feedFiles } from '../../src/jobs/ingest/feed_files.ts'
import type { RowPredictor } from '../../src/jobs/score/partition.ts'
import { inferLive } from '../../src/jobs/score/run.ts'
import { scorerCounts } from '../../src/jobs/score/status.ts'
import { newJobStatus } from '../../src/jobs/status.ts'
import { serveOperations } from '../../src/operations/endpoints.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Streams } from '../../src/streams/port.ts'
import { writeScorerModel } from '../fixtures/scorer_model.ts'
import { predictions } from '../harness/job_outputs.ts'

const config = readConfig()
const { raw, features } = config.topics
const folder = mkdtempSync(join(tmpdir(), 'spike60-probes-'))
const artifact = writeScorerModel(join(folder, 'model'))
let streams: Streams
beforeAll(async () => {
  streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  const file = join(folder, 'raw.ndjson')
  const frames = createFrameWriter(60)
  const tape = [...marketMessages({ ...config.simulator, hours: 1 })]
  writeFileSync(file, tape.map(message => `${frames.update(message)}\n`).join(''))
  await feedFiles({ streams, config, raw: [file] })
})
afterAll(async () => {
  await streams.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What probes of /healthz were told from the start of a job to its end: nothing, where its loop never leaves a turn to others. */
async function probe(status: { turnedAt: number }, job: Promise<unknown>): Promise<number[]> {
  const operations = await serveOperations({
    port: 0,
    idle: () => (performance.now() - status.turnedAt) / 1000,
    notReady: () => null,
    metrics: () => [],
  })
  const told: number[] = []
  let ended = false
  const end = job.finally(() => {
    ended = true
  })
  while (!ended) {
    const response = await fetch(`${operations.url}/healthz`)
    await response.text()
    if (!ended) told.push(response.status)
  }
  await end
  await operations.close()
  return told
}

const finish = AbortSignal.abort()

test('/healthz is answered while a featurizer catches up on a log that never makes it wait', async () => {
  const status = newJobStatus<FeaturizerPartition>()
  const job = runFeaturizer({ streams, config, topicIn: raw.name, topicOut: features.name, finish, status })
  const told = await probe(status, job)
  expect(told.length).toBeGreaterThan(0)
  expect(new Set(told)).toEqual(new Set([200]))
})

test('a featurizer that restores its bars shows that it lives', async () => {
  const status = newJobStatus<FeaturizerPartition>()
  const turns: number[] = []
  const watched = new Proxy(status, {
    set(target, key, value) {
      if (key === 'turnedAt' && !status.ready) turns.push(value)
      return Reflect.set(target, key, value)
    },
  })
  await runFeaturizer({ streams, config, topicIn: raw.name, topicOut: features.name, finish, status: watched })
  expect(turns.length).toBeGreaterThan(2)
})

test('/healthz is answered while a scorer catches up', async () => {
  const rows = 'rows'
  await streams.createTopics([{ name: rows, partitions: 2 }])
  const values = featureNames.map(() => 1)
  const records = Array.from({ length: 30_000 }, (_, second) => {
    const product = second % 2 === 0 ? 'BTC-USD' : 'ETH-USD'
    return { topic: rows, key: product, value: encodeRow(product, second * 1e6, values) }
  })
  const writer = await streams.writer('rows')
  await writer.commit({ records })
  const status = newJobStatus<RowPredictor>()
  const job = inferLive({
    ...{ streams, config, artifact, topicIn: rows, topicOut: predictions },
    ...{ finish, status },
  })
  const told = await probe(status, job)
  expect(scorerCounts(status).rows).toBe(30_000)
  expect(told.length).toBeGreaterThan(0)
  expect(new Set(told)).toEqual(new Set([200]))
})
