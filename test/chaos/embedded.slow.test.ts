import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { seededRandom } from '../../src/core/math/random.ts'
import { replay } from '../../src/jobs/replay/replay.ts'
import { openStreams } from '../../src/streams/open.ts'
import { writeScorerModel } from '../fixtures/scorer_model.ts'
import { twoHours } from '../fixtures/simulated_captures.ts'
import { contentsOf, difference, outputTopics, predictions, undisturbed } from '../harness/job_outputs.ts'
import { wasFenced } from '../harness/keeper.ts'
import { startDying, type Victim } from '../harness/victim.ts'

const capture = twoHours()
const seed = Number(process.env.CHAOS_SEED ?? 60)
const random = seededRandom(seed)
const config = readConfig()
const folder = mkdtempSync(join(tmpdir(), 'spike60-chaos-'))
const log = `embedded://${join(folder, 'log.db')}`
const parquet = join(folder, 'features.parquet')
const model = join(folder, 'model')
const artifact = writeScorerModel(model)
const victims: Victim[] = []
afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  rmSync(folder, { recursive: true, force: true })
})

const feed = ['scripts/feed.ts', '--raw', capture, '--topics', log]
/** A second topic of predictions: deaths in mid-topic, however far the first has come. */
const secondTopic = 'predictions.second'
const scorer = ['models/infer.ts', '--topics', log, '--model', model]
const featurizer = ['features/featurizer.ts', '--topics', log, '--parquet', parquet]

function start(args: string[], write?: string): Victim {
  const victim = startDying(args, write)
  victims.push(victim)
  return victim
}

/** Dies in that write; it is a fault when it ends otherwise. */
async function dieIn(args: string[], write: string): Promise<void> {
  const victim = start(args, write)
  expect({ write, ...(await victim.wait()) }, victim.log()).toEqual({ write, code: null, signal: 'SIGKILL' })
}

const oneOf = (limit: number): number => 1 + Math.floor(limit * random())

test('killed in the middle of every kind of write, the embedded log holds what an undisturbed run gives, each row once', async () => {
  const expected = await undisturbed(config, artifact, [capture], join(folder, 'undisturbed.db'))
  const { digest, rows } = await replay({ raw: [capture], out: null, config })

  const feedWrites = ['tables:1', 'topic:1', 'epoch:1', `record:${oneOf(3000)}`, 'end:1', 'before commit:4']
  const again = [`record:${oneOf(3000)}`, 'after commit:4', `record:${oneOf(3000)}`]
  const jobWrites = ['topic:4', `epoch:${oneOf(2)}`, 'position:1', `record:${oneOf(2)}`, `end:${oneOf(2)}`]
  const later = [`record:${oneOf(2000)}`, 'before commit:4', 'after commit:4', 'position:1', `end:${oneOf(3)}`]
  const scorerWrites = ['topic:2', 'epoch:1', 'position:1', `record:${oneOf(500)}`, 'end:1', 'before commit:3']
  const scorerLater = [`record:${oneOf(2000)}`, 'after commit:3', `position:${oneOf(2)}`, 'before commit:3']
  const writes = [...feedWrites, ...again, ...jobWrites, ...later, ...scorerWrites, ...scorerLater]
  console.log(`chaos, seed ${seed}: ${writes.join(', ')}`)
  for (const write of [...feedWrites, ...again]) await dieIn(feed, write)
  for (const write of [...jobWrites, ...later]) await dieIn([...featurizer, '--until-end'], write)
  for (const write of scorerWrites) await dieIn([...scorer, '--until-end'], write)

  const isReady = (job: Victim): boolean => job.readyAfter() !== null || job.ended() !== null
  const older = [start(featurizer), start(scorer)]
  while (!older.every(isReady)) await delay(20)
  const newer = [start(featurizer), start(scorer)]
  while (!newer.every(isReady)) await delay(20)
  let feeding = start([...feed, '--rate', '2500'])
  await Promise.all(older.map(job => job.wait()))
  for (const job of older) expect(wasFenced(job), job.log()).toBe(true)
  await Promise.all(newer.map(job => job.kill9()))

  for (let round = 0; round < 6; round++) {
    const jobs = [start(featurizer), start(scorer)]
    while (jobs.some(job => job.ended() === null && job.readyAfter() === null)) await delay(20)
    await delay(600 * random())
    for (const job of jobs) {
      await job.kill9()
      expect(job.readyAfter(), job.log()).not.toBeNull()
    }
    if (round % 2 === 0 && feeding.ended() === null) {
      await feeding.kill9()
      feeding = start([...feed, '--rate', '2500'])
    }
  }
  await feeding.kill9()
  expect(await start(feed).wait()).toEqual({ code: 0, signal: null })
  await dieIn([...featurizer, '--until-end'], 'rename:1')
  const second = [...scorer, '--topic_out', secondTopic, '--until-end']
  for (const write of scorerLater) await dieIn(second, write)
  expect(await start(second).wait()).toEqual({ code: 0, signal: null })
  const last = start([...featurizer, '--until-end', '--json'])
  expect(await last.wait(), last.log()).toEqual({ code: 0, signal: null })
  expect(JSON.parse(last.out().trimEnd().split('\n').at(-1)!)).toMatchObject({ digest, rows })
  const scored = start([...scorer, '--until-end', '--json'])
  expect(await scored.wait(), scored.log()).toEqual({ code: 0, signal: null })
  expect(expected.get(predictions)!.flat().length).toBe(rows)

  const streams = await openStreams(log)
  expect(difference(await contentsOf(streams, secondTopic), expected.get(predictions)!)).toEqual([])
  for (const topic of outputTopics(config))
    expect({ topic, difference: difference(await contentsOf(streams, topic), expected.get(topic)!) }).toEqual({
      topic,
      difference: [],
    })
  await streams.close()
}, 300_000)
