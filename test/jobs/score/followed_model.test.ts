import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { encodeRow } from '../../../src/core/features/row_json.ts'
import { featureNames } from '../../../src/core/features/spec.ts'
import type { Artifact } from '../../../src/core/models/artifact/artifact.ts'
import { scoreRows } from '../../../src/core/models/artifact/score.ts'
import { FollowedModel } from '../../../src/jobs/score/followed_model.ts'
import { RowPredictor } from '../../../src/jobs/score/partition.ts'
import { inferLive } from '../../../src/jobs/score/run.ts'
import { scorerCounts } from '../../../src/jobs/score/status.ts'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { saveModel } from '../../../src/tracking/model_folder.ts'
import { linearArtifact, volatilityArtifact } from '../../fixtures/artifacts.ts'
import { textsOf } from '../../harness/job_outputs.ts'

let folder: string
let told: string[]
const say = (_: object, text: string) => void told.push(text)
const log = { info: say, warn: say } as never
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-followed-'))
  told = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const until = (artifact: Artifact, to: string): Artifact => ({
  ...artifact,
  trained_on: { ...artifact.trained_on, to },
})
const [first, second] = ['2026-01-05T01:00:00.000Z', '2026-01-06T01:00:00.000Z']
/** As a training does: the folder is another one afterwards. */
function put(name: string, artifact: Artifact): void {
  rmSync(join(folder, name), { recursive: true, force: true })
  saveModel(join(folder, name), artifact, new Date(0))
}
const base = (name: string) => writeFileSync(join(folder, 'evaluation.json'), JSON.stringify({ base: name }))

const values = featureNames.map((_, i) => (1 + (i % 17)) * 1e-5)
const row = (second: number) => ({
  ...{ topic: 'rows', partition: 0, offset: second, key: 'BTC-USD', timestamp: 0 },
  value: Buffer.from(encodeRow('BTC-USD', second * 1e6, values)),
})

test('a new champion takes over between two rows, and each prediction says whose it is', () => {
  const [old, young] = [
    until(volatilityArtifact, first),
    { ...until(volatilityArtifact, second), tau: { 'BTC-USD': 4e-5 } },
  ]
  put('average', old)
  base('average')
  const followed = new FollowedModel(folder)
  const work = new RowPredictor(() => followed.current, 'out')
  work.take(row(1), false)
  put('average', young)
  work.take(row(2), false)
  followed.look(log)
  work.take(row(3), false)
  const table = {
    ...{ rows: 1, product: ['BTC-USD'], time: new Float64Array(1), sigma_future: new Float64Array(1) },
    columns: Object.fromEntries(featureNames.map((name, i) => [name, Float64Array.of(values[i])])),
  }
  const [before, after] = [old, young].map(artifact => ({
    ...{ trained_until: artifact.trained_on.to, tau: artifact.tau['BTC-USD'], model: 'average' },
    probability: scoreRows(artifact, table)[0],
  }))
  expect(before.probability).not.toBe(after.probability)
  const said = work.due.map(({ value }) => JSON.parse(String(value)))
  expect(said).toMatchObject([before, before, after])
  expect(told).toEqual(['a new champion scores from here on'])
})

test('the same model written again is no new one', () => {
  put('average', volatilityArtifact)
  const followed = new FollowedModel(join(folder, 'average'))
  const { current } = followed
  put('average', volatilityArtifact)
  followed.look(log)
  expect(followed.current).toBe(current)
  expect(told).toEqual([])
})

test('what cannot be used is told once, and the former model goes on until there is a whole one', () => {
  put('average', until(volatilityArtifact, first))
  const followed = new FollowedModel(join(folder, 'average'))
  const { current } = followed
  rmSync(join(folder, 'average'), { recursive: true })
  for (let i = 0; i < 3; i++) followed.look(log)
  expect(told).toHaveLength(1)
  mkdirSync(join(folder, 'average'))
  writeFileSync(join(folder, 'average/model.json'), '{}')
  for (let i = 0; i < 3; i++) followed.look(log)
  expect(told).toEqual(Array(2).fill('a new model cannot be used: the former one goes on'))
  expect(followed.current).toBe(current)
  put('average', until(volatilityArtifact, second))
  followed.look(log)
  expect(followed.current.trained_on.to).toBe(second)
})

test('a champion of another name is taken; a model that was named keeps its name', () => {
  put('average', volatilityArtifact)
  put('logistic', linearArtifact)
  base('average')
  const [champion, named] = [new FollowedModel(folder), new FollowedModel(join(folder, 'average'))]
  const work = new RowPredictor(() => champion.current, 'out')
  work.take(row(1), false)
  base('logistic')
  put('average', linearArtifact)
  for (let i = 0; i < 3; i++) for (const one of [champion, named]) one.look(log)
  work.take(row(2), false)
  expect(named.current.name).toBe('average')
  expect(work.due.map(({ value }) => JSON.parse(String(value)).model)).toEqual(['average', 'logistic'])
  expect(told).toEqual(['a new champion scores from here on', expect.stringMatching(/model of another name/)])
})

test('a scorer that runs takes it over without a start, and a later one goes on: each row once, whatever the names', async () => {
  put('average', until(volatilityArtifact, first))
  put('logistic', until(linearArtifact, second))
  base('average')
  const streams = await openStreams(`embedded://${join(folder, 'streams.db')}`)
  const topics = ['rows', 'rows.dlq', 'predictions']
  await streams.createTopics(topics.map(name => ({ name, partitions: 2 })))
  const writer = await streams.writer('rows')
  const put3 = (from: number) => writer.commit({ records: [from, from + 1, from + 2].map(row) })
  const begin = (followed?: FollowedModel) => {
    const status = newJobStatus<RowPredictor>()
    const finish = new AbortController()
    const ended = inferLive({
      ...{ streams, config: readConfig(), artifact: followed?.current ?? until(volatilityArtifact, first), followed },
      ...{ status, finish: finish.signal, topicIn: 'rows', topicOut: 'predictions' },
    })
    const rows = (count: number) => vi.waitUntil(() => scorerCounts(status).rows === count, 30_000)
    const end = async () => {
      finish.abort()
      await ended
    }
    return { rows, end }
  }
  // As it was before champions had a place of their own: kept by the name of the model.
  await put3(1)
  await begin().end()
  const followed = new FollowedModel(folder)
  const scorer = begin(followed)
  await put3(4)
  await scorer.rows(3)
  base('logistic')
  await vi.waitUntil(() => followed.current.name === linearArtifact.name, 30_000)
  await put3(7)
  await scorer.rows(6)
  await scorer.end()
  await put3(10)
  await begin(new FollowedModel(folder)).end()
  const said = (await textsOf(streams, 'predictions')).map(text => JSON.parse(text))
  await writer.close()
  await streams.close()
  expect(said.map(({ time, trained_until }) => [time / 1e6, trained_until])).toEqual(
    Array.from({ length: 12 }, (_, i) => [i + 1, i < 6 ? first : second]),
  )
})
