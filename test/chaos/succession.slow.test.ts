import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createFrameWriter } from '../../src/exchange/frame_writer.ts'
import { marketMessages } from '../../src/exchange/market_messages.ts'
import type { FeaturizerPartition } from '../../src/jobs/featurize/partition.ts'
import { runFeaturizer } from '../../src/jobs/featurize/run.ts'
import { feedFiles } from '../../src/jobs/ingest/feed_files.ts'
import type { RowPredictor } from '../../src/jobs/score/partition.ts'
import { inferLive } from '../../src/jobs/score/run.ts'
import { newJobStatus } from '../../src/jobs/status.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Streams } from '../../src/streams/port.ts'
import { writeScorerModel } from '../fixtures/scorer_model.ts'
import { contentsOf, difference, outputTopics, predictions, undisturbed } from '../harness/job_outputs.ts'
import { startTestBroker, type TestBroker } from '../harness/kafka/broker.ts'
import { lacksKafka } from '../harness/kafka/install.ts'
import { needs } from '../harness/needs.ts'

const config = readConfig()
const { raw, features } = config.topics
const folder = mkdtempSync(join(tmpdir(), 'spike60-succession-'))
const artifact = writeScorerModel(join(folder, 'model'))
let broker: TestBroker | null = null
const opened: Streams[] = []
afterAll(async () => {
  for (const streams of opened) await streams.close()
  await broker?.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function open(): Promise<Streams> {
  const streams = await openStreams(broker!.spec)
  opened.push(streams)
  return streams
}

/** How a job ended: its error's code, or `ended`; null while it runs. */
interface Ending {
  job: Promise<unknown>
  how: string | null
}

function watch(job: Promise<unknown>): Ending {
  const ending: Ending = { job, how: null }
  job.then(
    () => (ending.how = 'ended'),
    error => (ending.how = (error as { code?: string }).code ?? String(error)),
  )
  return ending
}

/** A featurizer and a scorer with streams of their own, as two processes would have. */
async function startPair() {
  const streams = await open()
  const status = { featurizer: newJobStatus<FeaturizerPartition>(), scorer: newJobStatus<RowPredictor>() }
  const finish = { featurizer: new AbortController(), scorer: new AbortController() }
  const featurizer = runFeaturizer({
    streams,
    config,
    topicIn: raw.name,
    topicOut: features.name,
    finish: finish.featurizer.signal,
    status: status.featurizer,
  })
  const scorer = inferLive({
    streams,
    artifact,
    topicIn: features.name,
    topicOut: predictions,
    config,
    finish: finish.scorer.signal,
    status: status.scorer,
  })
  return { status, finish, featurizer: watch(featurizer), scorer: watch(scorer) }
}

type Pair = Awaited<ReturnType<typeof startPair>>
const both = (pair: Pair, holds: (status: { ready: boolean; begunAnew: number }) => boolean): boolean =>
  holds(pair.status.featurizer) && holds(pair.status.scorer)

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await delay(20)
}

test('two of a job begin anew after an outage: the older ends for its successor, the newer goes on with equal rows', {
  ...needs(lacksKafka()),
  timeout: 480_000,
}, async () => {
  const file = join(folder, 'raw.ndjson')
  const frames = createFrameWriter(60)
  writeFileSync(
    file,
    [...marketMessages({ ...config.simulator, hours: 0.3 })].map(message => `${frames.update(message)}\n`).join(''),
  )
  const expected = await undisturbed(config, artifact, [file], join(folder, 'undisturbed.db'))

  broker = await startTestBroker()
  const streams = await open()
  const half = new AbortController()
  await feedFiles({ streams, config, raw: [file], stop: half.signal, onProgress: () => half.abort() })
  const older = await startPair()
  // One transaction was fed: on each partition positions are counts of records.
  const fed = (await contentsOf(streams, raw.name)).flat().length
  await until(async () => {
    const positions = await streams.committed('featurizer', raw.name)
    return positions.reduce((sum, { offset }) => sum + offset, 0) === fed
  })
  const rows = (await contentsOf(streams, features.name)).flat().length
  await until(
    async () => both(older, ({ ready }) => ready) && (await contentsOf(streams, predictions)).flat().length === rows,
  )
  const newer = await startPair()
  await until(() => both(newer, ({ ready }) => ready))
  expect([older.featurizer.how, older.scorer.how]).toEqual([null, null])

  await broker.kill9()
  await until(() => both(older, ({ begunAnew }) => begunAnew > 0) && both(newer, ({ begunAnew }) => begunAnew > 0))
  await broker.restart()
  await until(() => {
    expect([newer.featurizer.how, newer.scorer.how]).toEqual([null, null])
    expect([older.status.featurizer.ready, older.status.scorer.ready]).toEqual([false, false])
    return older.featurizer.how !== null && older.scorer.how !== null
  })
  expect([older.featurizer.how, older.scorer.how]).toEqual(['WRITER_FENCED', 'WRITER_FENCED'])

  await feedFiles({ streams, config, raw: [file] })
  newer.finish.featurizer.abort()
  await newer.featurizer.job
  newer.finish.scorer.abort()
  await newer.scorer.job
  for (const topic of outputTopics(config))
    expect({ topic, difference: difference(await contentsOf(streams, topic), expected.get(topic)!) }).toEqual({
      topic,
      difference: [],
    })
  expect(expected.get(predictions)!.flat().length).toBeGreaterThan(1000)
})
