import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../config.ts'
import { seededRandom } from '../../random.ts'
import { openStreams } from '../../streams/open.ts'
import { replay } from '../../tables/replay.ts'
import { findShared } from '../reference.ts'
import { contentsOf, difference, outputTopics, undisturbed } from './outputs.ts'
import { startVictim, type Victim } from './victim.ts'

const capture = findShared('captures/coinbase-ticker-2026-04-04T0319-2h-btc-eth.ndjson.gz')
const seed = Number(process.env.CHAOS_SEED ?? 60)
const random = seededRandom(seed)
const config = readConfig()
const folder = mkdtempSync(join(tmpdir(), 'spike60-chaos-'))
const log = `embedded://${join(folder, 'log.db')}`
const parquet = join(folder, 'features.parquet')
const preload = ['--import', new URL('./fatal_write.ts', import.meta.url).href]
const victims: Victim[] = []
afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  rmSync(folder, { recursive: true, force: true })
})

const feed = ['scripts/feed.ts', '--raw', `${capture}`, '--topics', log]
const featurizer = ['features/featurizer.ts', '--topics', log, '--parquet', parquet]

function start(args: string[], fatalWrite?: string): Victim {
  const victim = startVictim(
    fatalWrite ? [...preload, ...args] : args,
    fatalWrite ? { FATAL_WRITE: fatalWrite } : undefined,
  )
  victims.push(victim)
  return victim
}

/** Dies in that write; it is a fault when it ends otherwise. */
async function dieIn(args: string[], write: string): Promise<void> {
  const victim = start(args, write)
  expect({ write, ...(await victim.wait()) }, victim.log()).toEqual({ write, code: null, signal: 'SIGKILL' })
}

const oneOf = (limit: number): number => 1 + Math.floor(limit * random())

test.skipIf(!capture)(
  'killed in the middle of every kind of write, the embedded log holds what an undisturbed run gives, each row once',
  async () => {
    const expected = await undisturbed(config, [capture!], join(folder, 'undisturbed.db'))
    const { digest, rows } = await replay({ raw: [capture!], out: null, config })

    const feedWrites = ['tables:1', 'topic:1', 'epoch:1', `record:${oneOf(3000)}`, 'end:1', 'before commit:4']
    const again = [`record:${oneOf(3000)}`, 'after commit:4', `record:${oneOf(3000)}`]
    const jobWrites = ['topic:4', `epoch:${oneOf(2)}`, 'position:1', `record:${oneOf(2)}`, `end:${oneOf(2)}`]
    const later = [`record:${oneOf(2000)}`, 'before commit:4', 'after commit:4', 'position:1', `end:${oneOf(3)}`]
    console.log(`chaos, seed ${seed}: ${[...feedWrites, ...again, ...jobWrites, ...later].join(', ')}`)
    for (const write of [...feedWrites, ...again]) await dieIn(feed, write)
    for (const write of [...jobWrites, ...later]) await dieIn([...featurizer, '--until-end'], write)

    let feeding = start([...feed, '--rate', '2500'])
    for (let round = 0; round < 6; round++) {
      const job = start(featurizer)
      while (job.ended() === null && job.readyAfter() === null) await delay(20)
      await delay(600 * random())
      await job.kill9()
      expect(job.readyAfter(), job.log()).not.toBeNull()
      if (round % 2 === 0 && feeding.ended() === null) {
        await feeding.kill9()
        feeding = start([...feed, '--rate', '2500'])
      }
    }
    await feeding.kill9()
    expect(await start(feed).wait()).toEqual({ code: 0, signal: null })
    await dieIn([...featurizer, '--until-end'], 'rename:1')
    const last = start([...featurizer, '--until-end', '--json'])
    expect(await last.wait(), last.log()).toEqual({ code: 0, signal: null })
    expect(JSON.parse(last.out().trimEnd().split('\n').at(-1)!)).toMatchObject({ digest, rows })

    const streams = await openStreams(log)
    for (const topic of outputTopics(config))
      expect({ topic, difference: difference(await contentsOf(streams, topic), expected.get(topic)!) }).toEqual({
        topic,
        difference: [],
      })
    await streams.close()
  },
  300_000,
)
