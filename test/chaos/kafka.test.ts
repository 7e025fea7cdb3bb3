import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { digestOf } from '../../features/digest.ts'
import { decodeRow } from '../../features/row_json.ts'
import { RowCollector } from '../../features/rows.ts'
import { seededRandom } from '../../random.ts'
import { openStreams } from '../../streams/open.ts'
import type { Streams } from '../../streams/port.ts'
import { replay } from '../../tables/replay.ts'
import { startTestBroker, type TestBroker } from '../kafka_broker.ts'
import { readByJava } from '../kafka_judge.ts'
import { kafkaIsHere } from '../kafka_shared.ts'
import { findShared } from '../reference.ts'
import { type Contents, contentsOf, difference, outputTopics, undisturbed } from './outputs.ts'
import { startVictim, type Victim } from './victim.ts'

const here = kafkaIsHere('chaos')
const capture = findShared('captures/coinbase-ticker-2026-04-04T0319-2h-btc-eth.ndjson.gz')
const seed = Number(process.env.CHAOS_SEED ?? 60)
const random = seededRandom(seed)
const config = readConfig()
const { raw, features } = config.topics
const folder = mkdtempSync(join(tmpdir(), 'spike60-chaos-'))
let broker: TestBroker | null = null
let streams: Streams | null = null
const victims: Victim[] = []
afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  await streams?.close()
  await broker?.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Events a second while processes are killed: slow enough that the capture outlasts it. */
const slowly = 150
const kinds = [
  ...Array(11).fill('featurizer'),
  ...Array(5).fill('broker'),
  ...Array(5).fill('feed'),
  ...Array(3).fill('takeover'),
  ...Array(2).fill('all at once'),
] as string[]

function shuffled<Item>(items: Item[]): Item[] {
  return items
    .map(item => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

function startFeed(...more: string[]): Victim {
  const victim = startVictim(['scripts/feed.ts', '--raw', capture!, '--topics', broker!.spec, ...more])
  victims.push(victim)
  return victim
}

function startFeaturizer(...more: string[]): Victim {
  const parquet = join(folder, `${victims.length}.parquet`)
  const victim = startVictim(['features/featurizer.ts', '--topics', broker!.spec, '--parquet', parquet, ...more])
  victims.push(victim)
  return victim
}

/** Asks until it is so; a broker that is down is no answer. */
async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const began = Date.now(); ; await delay(50)) {
    try {
      if (await holds()) return
    } catch (error) {
      if (!(error instanceof SpikeError && error.retriable)) throw error
    }
    if (Date.now() - began > 90_000)
      throw new Error(
        `waited 90 s for ${what}:\n${victims
          .map(victim => victim.log().slice(-800))
          .slice(-3)
          .join('\n--\n')}`,
      )
  }
}

const sum = (positions: { offset: number }[]): number => positions.reduce((total, { offset }) => total + offset, 0)
const taken = async (): Promise<number> => sum(await streams!.committed('featurizer', raw.name))
/** It ended with a line for people, fenced or refused by the broker: what a supervisor starts again. A crash has no such line. */
const refused = /^featurizer: kafka .*(newer writer took its id|refused)/m
const gaveUp = (victim: Victim): boolean => victim.ended()?.code === 1 && refused.test(victim.log())
const neverBegan = (victim: Victim): boolean => victim.ended()?.code === 1 && victim.readyAfter() === null

test.skipIf(!here || !capture)(
  'killed again and again, the topics hold what an undisturbed run gives, each row once',
  async () => {
    const expected = await undisturbed(config, [capture!], join(folder, 'undisturbed.db'))
    const { digest, rows } = await replay({ raw: [capture!], out: null, config })
    broker = await startTestBroker()
    streams = await openStreams(broker.spec)
    let feed = startFeed('--rate', `${slowly}`)
    let featurizer = startFeaturizer()
    const kills = { featurizer: 0, broker: 0, feed: 0 }

    /** Starts again what ended because the broker was away, or because another one took over. */
    function revive(): void {
      const end = feed.ended()
      if (end !== null && end.code !== 0) feed = startFeed('--rate', `${slowly}`)
      if (featurizer.ended() !== null) {
        if (!neverBegan(featurizer) && !gaveUp(featurizer) && featurizer.ended()!.signal !== 'SIGKILL')
          throw new Error(`the featurizer ended by itself:\n${featurizer.log()}`)
        featurizer = startFeaturizer()
      }
    }
    async function goesOn(): Promise<void> {
      let before: number | null = null
      await until('the featurizer to commit', async () => {
        revive()
        const now = await taken().catch(error => {
          if (error instanceof SpikeError && error.code === 'TOPIC_UNKNOWN') return 0
          throw error
        })
        before ??= now
        return now > before || feed.ended()?.code === 0
      })
    }
    const killing = {
      async featurizer() {
        kills.featurizer++
        await featurizer.kill9()
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
      async takeover() {
        const older = featurizer
        featurizer = startFeaturizer()
        await until('the older featurizer to be fenced', () => {
          revive()
          return older.ended() !== null
        })
        expect(older.log()).toMatch(refused)
      },
      async 'all at once'() {
        await Promise.all([killing.featurizer(), killing.feed()])
        await killing.broker()
      },
    }
    const plan = shuffled(kinds).map(kind => ({
      kind: kind as keyof typeof killing,
      after: Math.round(1200 * random()),
    }))
    console.log(`chaos, seed ${seed}: ${plan.map(({ kind, after }) => `${kind} +${after} ms`).join(', ')}`)
    for (const { kind, after } of plan) {
      await goesOn()
      await delay(after)
      await killing[kind]()
    }

    await goesOn()
    await feed.kill9()
    kills.feed++
    feed = startFeed()
    for (let round = 0; round < 3; round++) {
      const victim = featurizer
      await until('it to be ready', () => victim.ended() !== null || victim.readyAfter() !== null)
      await delay(400 * random())
      await killing.featurizer()
      revive()
    }
    await until('all of the capture to be fed', () => {
      revive()
      return feed.ended()?.code === 0
    })
    await until('the last featurizer to be ready', () => {
      revive()
      return featurizer.readyAfter() !== null
    })
    expect(await featurizer.stop()).toEqual({ code: 0, signal: null })
    const last = startFeaturizer('--until-end', '--json')
    expect(await last.wait(), last.log()).toEqual({ code: 0, signal: null })
    expect(JSON.parse(last.out().trimEnd().split('\n').at(-1)!)).toMatchObject({ digest, rows })
    const ready = victims.flatMap(victim => victim.readyAfter() ?? []).sort((a, b) => a - b)
    console.log(
      `kills: ${JSON.stringify(kills)}; ready after ${Math.round(ready[ready.length >> 1])} ms (median), ${Math.round(ready.at(-1)!)} ms (longest)`,
    )
    expect(kills.featurizer + kills.broker + kills.feed).toBeGreaterThanOrEqual(20)

    const judged = await readByJava(broker.address, features.name)
    const byJava: Contents = []
    const collector = new RowCollector()
    for (const { partition, key, value } of judged) {
      byJava[partition] ??= []
      byJava[partition].push(`${key} ${value}`)
      const row = decodeRow(value)!
      collector.add(row.product, row.time, row.values)
    }
    expect(difference(byJava, expected.get(features.name)!)).toEqual([])
    expect({ rows: judged.length, digest: digestOf(collector.takeTable()) }).toEqual({ rows, digest })
    for (const topic of outputTopics(config))
      expect({ topic, difference: difference(await contentsOf(streams, topic), expected.get(topic)!) }).toEqual({
        topic,
        difference: [],
      })
  },
  600_000,
)
