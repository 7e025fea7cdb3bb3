import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { seededRandom } from '../../src/core/math/random.ts'
import { startSimulator } from '../../src/exchange/simulator.ts'
import { openStreams } from '../../src/streams/open.ts'
import { at, drop, products, settings } from '../fixtures/simulated_market.ts'
import { contentsOf, expectPublished, expectReplayed } from '../harness/job_outputs.ts'
import { startDying, type Victim } from '../harness/victim.ts'

const seed = Number(process.env.CHAOS_SEED ?? 60)
const random = seededRandom(seed)
const config = readConfig()
const folder = mkdtempSync(join(tmpdir(), 'spike60-chaos-'))
const victims: Victim[] = []
afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  rmSync(folder, { recursive: true, force: true })
})

const oneOf = (limit: number): number => 1 + Math.floor(limit * random())

/** Every kind of write of an ingestor: part of a bronze block, a transaction before, within and after its end. */
const writes = [
  'bronze:1',
  `bronze:${1 + oneOf(6)}`,
  'bronze but the line end:1',
  `bronze but the line end:${1 + oneOf(6)}`,
  `record:${oneOf(40)}`,
  `before commit:${2 + oneOf(5)}`,
  `after commit:${2 + oneOf(5)}`,
  `end:${oneOf(9)}`,
  `bronze but the line end:${1 + oneOf(6)}`,
  `record:${oneOf(200)}`,
]

test('an ingestor killed in the middle of its writes: all of bronze is published, in the order of its replay, once', async () => {
  console.log(`chaos, seed ${seed}: ${writes.join(', ')}`)
  const bronze = join(folder, 'raw')
  const topics = `embedded://${join(folder, 'log.db')}`
  const faults = [drop(70, 80, 'abrupt'), { kind: 'loss', at: at(140) } as const, drop(200, 203, 'close')]
  // So slow that the market outlasts all deaths on a busy machine, too.
  const market = { settings: { ...settings, hours: 0.12 }, faults, speed: 20, settleMs: 300 }
  const simulator = await startSimulator(market)
  const args = ['scripts/ws_ingest.ts', '--url', simulator.url, '--raw', bronze, '--topics', topics, '--json']
  const begin = (write?: string): Victim => {
    const victim = startDying(args, write)
    victims.push(victim)
    return victim
  }
  try {
    for (const write of writes) {
      const victim = begin(write)
      expect({ write, ...(await victim.wait()) }, victim.log()).toEqual({ write, code: null, signal: 'SIGKILL' })
    }
    for (let round = 0; round < 3; round++) {
      const victim = begin()
      while (!victim.log().includes('"msg":"connected"') && victim.ended() === null) await delay(20)
      await delay(500 * random())
      await victim.kill9()
    }
    market.speed = 100
    const last = begin()
    expect(await last.wait(), last.log()).toEqual({ code: 0, signal: null })
  } finally {
    await simulator.close()
  }

  // One that died before its first line was written holds nothing.
  const files = readdirSync(bronze)
    .filter(name => name.endsWith('.ndjson'))
    .map(name => join(bronze, name))
    .filter(file => statSync(file).size > 0)
  const ends = files.map(file => readFileSync(file, 'utf8').at(-1))
  console.log(`${files.length} files of bronze, ${ends.filter(end => end !== '\n').length} without a last line end`)
  expect(files.length).toBeGreaterThan(writes.length)
  expect(ends.filter(end => end !== '\n').length).toBeGreaterThan(2)

  const streams = await openStreams(topics)
  try {
    const published = await expectPublished(streams, config, files)
    for (const product of products) expect(published.get(product), product).toBeGreaterThan(500)
    expect((await contentsOf(streams, `${config.topics.raw.name}.dlq`)).flat()).toEqual([])
    expect(await expectReplayed(streams, config, files, join(folder, 'features.parquet'))).toBeGreaterThan(300)
  } finally {
    await streams.close()
  }
}, 240_000)
