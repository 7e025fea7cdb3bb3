import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { decodeRow } from '../../src/core/features/row_json.ts'
import { RowCollector } from '../../src/core/features/rows.ts'
import { seededRandom } from '../../src/core/math/random.ts'
import { SpikeError } from '../../src/errors.ts'
import { replay } from '../../src/jobs/replay/replay.ts'
import { settleOnce } from '../../src/jobs/settle/run.ts'
import { newSettleStatus } from '../../src/jobs/settle/status.ts'
import type { LiveScore } from '../../src/monitor/live_scores.ts'
import { digestOf } from '../../src/stores/digest.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Streams } from '../../src/streams/port.ts'
import { writeScorerModel } from '../fixtures/scorer_model.ts'
import { twoHours } from '../fixtures/simulated_captures.ts'
import {
  type Contents,
  contentsOf,
  difference,
  outputTopics,
  predictions,
  undisturbed,
} from '../harness/job_outputs.ts'
import { startTestBroker, type TestBroker } from '../harness/kafka/broker.ts'
import { type JudgedRecord, readByJava } from '../harness/kafka/console_consumer.ts'
import { lacksKafka } from '../harness/kafka/install.ts'
import { Keeper, wasFenced } from '../harness/keeper.ts'
import { needs } from '../harness/needs.ts'
import { startVictim, type Victim } from '../harness/victim.ts'

const capture = twoHours()
const seed = Number(process.env.CHAOS_SEED ?? 60)
const random = seededRandom(seed)
const config = readConfig()
const { raw, features } = config.topics
const folder = mkdtempSync(join(tmpdir(), 'spike60-chaos-'))
const model = join(folder, 'model')
const artifact = writeScorerModel(model)
let broker: TestBroker | null = null
let streams: Streams | null = null

/** Events a second while processes are killed: slow enough that the capture outlasts it. */
const slowly = 100
let feedRate = ['--rate', `${slowly}`]
const topics = (): string[] => ['--topics', broker!.spec]
const feed = new Keeper(() => ['scripts/feed.ts', '--raw', capture, ...topics(), ...feedRate])
const parquet = (): string => join(folder, `${featurizer.all.length}.parquet`)
const featurizer = new Keeper(() => ['features/featurizer.ts', ...topics(), '--parquet', parquet()])
const scorer = new Keeper(() => ['models/infer.ts', ...topics(), '--model', model])
const keepers = [feed, featurizer, scorer]
afterAll(async () => {
  for (const victim of keepers.flatMap(keeper => keeper.all)) await victim.kill9()
  await streams?.close()
  await broker?.remove()
  rmSync(folder, { recursive: true, force: true })
})

const kinds = [
  ...Array(5).fill('featurizer'),
  ...Array(5).fill('scorer'),
  ...Array(3).fill('broker'),
  ...Array(3).fill('feed'),
  'a featurizer takes over',
  'a scorer takes over',
  ...Array(2).fill('both take over in an outage'),
  ...Array(2).fill('all at once'),
] as (keyof typeof killing)[]

function shuffled<Item>(items: Item[]): Item[] {
  return items
    .map(item => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

/** Asks until it is so, keeping the jobs alive; a broker that is down is no answer. */
async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const began = Date.now(); ; await delay(50)) {
    for (const keeper of keepers) if (keeper !== feed || feed.victim.ended()?.code !== 0) keeper.revive()
    try {
      if (await holds()) return
    } catch (error) {
      if (!(error instanceof SpikeError && (error.retriable || error.code === 'TOPIC_UNKNOWN'))) throw error
    }
    if (Date.now() - began > 90_000)
      throw new Error(`waited 90 s for ${what}:\n${keepers.map(k => k.victim.log().slice(-800)).join('\n--\n')}`)
  }
}

const sum = (positions: { offset: number }[]): number => positions.reduce((total, { offset }) => total + offset, 0)
const positionOf = {
  featurizer: async () => sum(await streams!.committed('featurizer', raw.name)),
  scorer: async () => sum(await streams!.committed(`infer-chaos-${features.name}-${predictions}`, features.name)),
}

/** Both jobs commit something. */
async function goesOn(): Promise<void> {
  for (const job of ['featurizer', 'scorer'] as const) {
    let before: number | null = null
    await until(`the ${job} to commit`, async () => {
      const now = await positionOf[job]()
      before ??= now
      return now > before || feed.victim.ended()?.code === 0
    })
  }
}

const kills = { featurizer: 0, scorer: 0, broker: 0, feed: 0 }
let takeovers = 0

/** Nothing where all is fed: an older one notices when it writes. */
async function takeOver(...jobs: Keeper[]): Promise<void> {
  if (feed.victim.ended()?.code === 0) return
  takeovers += jobs.length
  await areFenced(jobs.map(job => job.succeed()))
}

/** They end, and for no other reason than that a newer one took over. */
async function areFenced(older: Victim[]): Promise<void> {
  await until('the older to be fenced', () => older.every(victim => victim.ended() !== null))
  for (const victim of older) expect(wasFenced(victim), victim.log()).toBe(true)
}

const killing = {
  async featurizer() {
    kills.featurizer++
    await featurizer.kill9()
  },
  async scorer() {
    kills.scorer++
    await scorer.kill9()
  },
  async broker() {
    kills.broker++
    await broker!.kill9()
    await broker!.restart()
  },
  async feed() {
    kills.feed++
    await feed.kill9()
  },
  'a featurizer takes over': () => takeOver(featurizer),
  'a scorer takes over': () => takeOver(scorer),
  /** The older ones sleep while the newer ones take over, and wake up to a broker that is away and comes back. */
  async 'both take over in an outage'() {
    const older = [featurizer, scorer].map(job => {
      process.kill(job.victim.pid, 'SIGSTOP')
      return job.succeed()
    })
    takeovers += older.length
    await goesOn()
    kills.broker++
    await broker!.kill9()
    for (const { pid } of older) process.kill(pid, 'SIGCONT')
    await until('the older to begin anew', () => older.every(victim => victim.log().includes('begins anew')))
    await broker!.restart()
    await areFenced(older)
  },
  async 'all at once'() {
    await Promise.all([killing.featurizer(), killing.scorer(), killing.feed()])
    await killing.broker()
  },
}

/** What a settlement of the predictions on a log comes to. */
async function scoresOf(spec: string): Promise<LiveScore[]> {
  const opened = await openStreams(spec)
  try {
    const status = newSettleStatus()
    const settled = config.topics.settled.name
    await settleOnce({ streams: opened, config, predictions, settled, status })
    return status.scores
  } finally {
    await opened.close()
  }
}

function byPartition(records: JudgedRecord[]): Contents {
  const contents: Contents = []
  for (const { partition, key, value } of records) {
    contents[partition] ??= []
    contents[partition].push(`${key} ${value}`)
  }
  return contents
}

test('killed again and again, the topics hold what an undisturbed run gives, each row once', {
  ...needs(lacksKafka()),
  timeout: 1_200_000,
}, async () => {
  const log = join(folder, 'undisturbed.db')
  const expected = await undisturbed(config, artifact, [capture], log)
  const { digest, rows } = await replay({ raw: [capture], out: null, config })
  broker = await startTestBroker()
  streams = await openStreams(broker.spec)
  for (const keeper of keepers) keeper.start()
  const plan = shuffled(kinds).map(kind => ({ kind, after: Math.round(1000 * random()) }))
  console.log(`chaos, seed ${seed}: ${plan.map(({ kind, after }) => `${kind} +${after} ms`).join(', ')}`)
  for (const { kind, after } of plan) {
    await goesOn()
    await delay(after)
    await killing[kind]()
  }

  await goesOn()
  feedRate = []
  await killing.feed()
  for (let round = 0; round < 3; round++) {
    const jobs = [featurizer, scorer]
    await until('both to be ready', () => jobs.every(job => job.victim.readyAfter() !== null))
    await delay(400 * random())
    await Promise.all([killing.featurizer(), killing.scorer()])
  }
  await until('all of the capture to be fed', () => feed.victim.ended()?.code === 0)
  await until('the last to be ready', () => [featurizer, scorer].every(job => job.victim.readyAfter() !== null))
  await Promise.all([killing.featurizer(), killing.scorer()])
  const last = startVictim(['features/featurizer.ts', ...topics(), '--parquet', parquet(), '--until-end', '--json'])
  expect(await last.wait(), last.log()).toEqual({ code: 0, signal: null })
  const scored = startVictim(['models/infer.ts', ...topics(), '--model', model, '--until-end'])
  expect(await scored.wait(), scored.log()).toEqual({ code: 0, signal: null })
  const settled = startVictim(['scripts/settle.ts', ...topics(), '--json'])
  expect(await settled.wait(), settled.log()).toEqual({ code: 0, signal: null })
  const [score] = (JSON.parse(settled.out().trimEnd().split('\n').at(-1)!) as { scores: LiveScore[] }).scores
  const [wanted] = await scoresOf(`embedded://${log}`)
  const nearly = Object.fromEntries(
    (['pr_auc', 'brier', 'ece'] as const).map(name => [name, expect.closeTo(wanted[name]!, 9)]),
  )
  expect(score).toEqual({ ...wanted, ...nearly })
  expect(score.positives).toBeGreaterThan(30)
  console.log(`settled: ${JSON.stringify(score)}`)
  const ready = [featurizer, scorer].flatMap(job => job.all.flatMap(victim => victim.readyAfter() ?? []))
  ready.sort((a, b) => a - b)
  console.log(
    `kills: ${JSON.stringify(kills)}, ${takeovers} takeovers; ready after ${Math.round(ready[ready.length >> 1])} ms (median), ${Math.round(ready.at(-1)!)} ms (longest)`,
  )
  expect(kills.featurizer + kills.scorer + kills.broker + kills.feed).toBeGreaterThanOrEqual(20)

  const judged = await readByJava(broker.address, features.name, rows)
  const collector = new RowCollector()
  for (const { value } of judged) {
    const row = decodeRow(value)!
    collector.add(row.product, row.time, row.values)
  }
  expect(difference(byPartition(judged), expected.get(features.name)!)).toEqual([])
  expect({ rows: judged.length, digest: digestOf(collector.takeTable()) }).toEqual({ rows, digest })
  const judgedPredictions = byPartition(await readByJava(broker.address, predictions, rows))
  expect(difference(judgedPredictions, expected.get(predictions)!)).toEqual([])
  expect(judgedPredictions.flat().length).toBe(rows)
  for (const topic of outputTopics(config))
    expect({ topic, difference: difference(await contentsOf(streams, topic), expected.get(topic)!) }).toEqual({
      topic,
      difference: [],
    })
  // Last, so that it is known whether rows were lost, or only its file of rows ended too early.
  expect(JSON.parse(last.out().trimEnd().split('\n').at(-1)!)).toMatchObject({ digest, rows })
})
