import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startSimulator } from '../../src/exchange/simulator.ts'
import { openStreams } from '../../src/streams/open.ts'
import { writeScorerModel } from '../fixtures/scorer_model.ts'
import { settings } from '../fixtures/simulated_market.ts'
import { startTestBroker } from '../harness/kafka/broker.ts'
import { lacksKafka } from '../harness/kafka/install.ts'
import { needs } from '../harness/needs.ts'
import { startVictim, type Victim } from '../harness/victim.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-stopping-'))
const victims: Victim[] = []
const cleanups: (() => Promise<void> | void)[] = []
afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  for (const cleanup of cleanups) await cleanup()
  rmSync(folder, { recursive: true, force: true })
})

function start(...args: string[]): Victim {
  const victim = startVictim(args)
  victims.push(victim)
  return victim
}

/** Far above the 5 s that are promised, and far below what the client would wait for a broker: a busy machine decides nothing. */
const patienceMs = 12_000

describe('SIGTERM while the broker hangs', needs(lacksKafka()), () => {
  test('ingestor, featurizer and scorer end within seconds, and leave nothing half-written', async () => {
    const broker = await startTestBroker()
    cleanups.push(() => broker.remove())
    const simulator = await startSimulator({ settings, faults: [], speed: 20 })
    cleanups.push(() => simulator.close())
    const { topics } = readConfig()
    const streams = await openStreams(broker.spec)
    await streams.createTopics([topics.raw, topics.features])
    await streams.close()
    const model = join(folder, 'model')
    writeScorerModel(model)
    const raw = join(folder, 'raw')
    const parquet = join(folder, 'features.parquet')
    const to = ['--topics', broker.spec]
    const jobs = {
      ingestor: start('scripts/ws_ingest.ts', '--url', simulator.url, '--raw', raw, ...to, '--metrics-port', '0'),
      featurizer: start('features/featurizer.ts', '--parquet', parquet, ...to),
      scorer: start('models/infer.ts', '--model', model, ...to),
    }
    for (const job of [jobs.featurizer, jobs.scorer])
      await expect.poll(() => job.readyAfter(), { timeout: 60_000 }).not.toBeNull()
    const recorded = (): string[] => (existsSync(raw) ? readdirSync(raw).filter(name => name.endsWith('.ndjson')) : [])
    await expect.poll(() => recorded().length, { timeout: 30_000 }).toBeGreaterThan(0)
    const file = join(raw, recorded()[0])
    await expect.poll(() => readFileSync(file, 'utf8').split('\n').length, { timeout: 30_000 }).toBeGreaterThan(100)

    process.kill(broker.pid(), 'SIGSTOP')
    cleanups.unshift(() => void process.kill(broker.pid(), 'SIGCONT'))
    await delay(500)
    const began = performance.now()
    const ends = Object.entries(jobs).map(async ([name, job]) => {
      const end = await Promise.race([job.stop(), delay(patienceMs, null)])
      return [name, end?.code ?? 'runs on', Math.round(performance.now() - began)] as const
    })
    const ended = await Promise.all(ends)
    console.log(
      `with the broker stopped: ${ended.map(([name, code, ms]) => `${name} exit ${code} after ${ms} ms`).join(', ')}`,
    )
    for (const [name, code] of ended) {
      expect([0, 1], `${name}: ${code}\n${jobs[name as keyof typeof jobs].log()}`).toContain(code)
      if (code === 1) expect(jobs[name as keyof typeof jobs].log()).toMatch(/ended 4 s after SIGTERM in the middle/)
    }
    expect(readdirSync(folder).filter(name => name.includes('.tmp'))).toEqual([])
    expect(readFileSync(file, 'utf8')).toMatch(/\n$/)
  }, 300_000)
})

test('a job told twice to stop ends at once; the same Ctrl-C that comes twice is one', async () => {
  const script = join(folder, 'stubborn.ts')
  const stopping = new URL('../../src/operations/stopping.ts', import.meta.url).href
  writeFileSync(
    script,
    `import { stopOnSignal } from '${stopping}'
    const stop = stopOnSignal('stubborn')
    stop.addEventListener('abort', () => console.log('told'))
    setInterval(() => {}, 1000)
    console.log('begun')`,
  )
  const victim = start(script)
  await expect.poll(() => victim.out(), { timeout: 20_000 }).toContain('begun')
  process.kill(victim.pid, 'SIGINT')
  await expect.poll(() => victim.out(), { timeout: 20_000 }).toContain('told')
  const told = performance.now()
  expect(victim.ended()).toBeNull()
  const again = setInterval(() => process.kill(victim.pid, 'SIGINT'), 100)
  await victim.wait()
  clearInterval(again)
  expect(performance.now() - told).toBeGreaterThan(700)
  expect(victim.ended()).toEqual({ code: null, signal: 'SIGINT' })
})
