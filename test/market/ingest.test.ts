import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { ConnectionFault } from '../../src/exchange/connection_faults.ts'
import { simulationStart } from '../../src/exchange/price_process.ts'
import { type Simulator, startSimulator } from '../../src/exchange/simulator.ts'
import { parseBronzeLine } from '../../src/market/bronze/line.ts'
import { createBronzeWriter } from '../../src/market/bronze/write.ts'
import { coinbase } from '../../src/market/feeds/coinbase.ts'
import { ingest } from '../../src/market/ingest.ts'
import type { IngestOptions } from '../../src/market/ingest_options.ts'
import { localBackoff } from '../../src/market/socket/backoff.ts'
import { marketStamp } from '../../src/market/socket/clock.ts'
import { at, channels, drop, products, settings, silentLog } from '../fixtures/simulated_market.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function simulate(faults: ConnectionFault[] = [], settleMs = 2000): Promise<Simulator> {
  const simulator = await startSimulator({ settings, faults, settleMs })
  cleanups.push(() => simulator.close())
  return simulator
}

/** Ingests into a new folder; the lines of bronze as they stand on disk afterwards. */
async function run(url: string, overrides: Partial<IngestOptions> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'ingest-'))
  cleanups.push(() => rmSync(directory, { recursive: true }))
  const bronze = createBronzeWriter({ directory, feed: 'coinbase' })
  cleanups.unshift(() => bronze.close())
  const lines = () => bronze.files.flatMap(file => readFileSync(file, 'utf8').trimEnd().split('\n'))
  const result = ingest({
    feed: coinbase,
    url,
    products,
    channels,
    bronze,
    stamp: marketStamp(undefined, simulationStart),
    start: 'test',
    staleAfterMs: 10_000,
    backoff: localBackoff,
    log: silentLog,
    ...overrides,
  })
  return { counts: await result.catch(error => error), lines: lines(), flush: () => bronze.flush() }
}

const faults = [drop(60, 75, 'abrupt'), drop(120, 124, 'close'), { kind: 'loss', at: at(90) } as const]

test('two runs of one market leave the same bronze, byte for byte, with a line for each opening and closing', async () => {
  const first = await run((await simulate(faults)).url)
  const second = await run((await simulate(faults)).url, { random: () => 0.99 })
  expect(second.lines).toEqual(first.lines)
  const controls = first.lines.map(line => parseBronzeLine(line)!).filter(line => line.control)
  expect(controls.map(({ connection, control }) => `${connection} ${control}`)).toEqual([
    'coinbase-test-000001 open',
    'coinbase-test-000001 close',
    'coinbase-test-000002 open',
    'coinbase-test-000002 close',
    'coinbase-test-000003 open',
    'coinbase-test-000003 close',
  ])
  expect(first.counts).toMatchObject({ frames: first.lines.length - 6, reconnects: 2, stale: 0 })
  const received = first.lines.map(line => parseBronzeLine(line)!.received_at)
  expect(received).toEqual([...received].sort((a, b) => a - b))
  expect(first.counts.to).toBe(received.at(-1))
})

test('a silent connection is left after the limit, noted as stale, and the market goes on', async () => {
  const { counts, lines } = await run((await simulate([drop(60, 75, 'silent')])).url, { staleAfterMs: 1000 })
  expect(counts).toMatchObject({ reconnects: 1, stale: 1 })
  const controls = lines.map(line => parseBronzeLine(line)!.control).filter(Boolean)
  expect(controls).toEqual(['open', 'stale', 'close', 'open', 'close'])
})

test('a message is in bronze before anything reads it', async () => {
  const stop = new AbortController()
  const simulator = await simulate()
  const { counts, lines } = await run(simulator.url, {
    signal: stop.signal,
    onFrame: ({ frames }) => frames === 50 && stop.abort(),
  })
  const frames = lines.map(line => parseBronzeLine(line)!).filter(line => line.frame)
  expect(frames.length).toBe(counts.frames)
  expect(counts.frames).toBeGreaterThanOrEqual(50)
  expect(parseBronzeLine(lines.at(-1)!)!.control).toBe('close')
  expect(frames.map(line => (line.frame as { sequence_num: number }).sequence_num)).toEqual(frames.map((_, i) => i))
})

test('a signal that was given before the start ends at once', async () => {
  const { counts, lines } = await run((await simulate()).url, { signal: AbortSignal.abort() })
  expect(counts).toMatchObject({ frames: 0, from: null })
  expect(lines).toEqual([])
})

test('the time limit ends a run', async () => {
  const { counts } = await run((await simulate([drop(60, 61, 'silent')])).url, { limitMs: 1000 })
  expect(counts.reconnects).toBe(0)
  expect(counts.frames).toBeGreaterThan(0)
})

test('a product that the exchange does not serve ends the run by name, when that was asked for', async () => {
  const { url } = await simulate()
  const strict = await run(url, { products: ['BTC-USD', 'FOO-USD'], acknowledgeWithinMs: 10_000 })
  expect(strict.counts).toMatchObject({ code: 'BAD_ARGUMENT' })
  expect(strict.counts.message).toMatch(/^FOO-USD: ws:.* does not serve this product/)
  const lenient = await run((await simulate()).url, { products: ['BTC-USD', 'FOO-USD'] })
  expect(lenient.counts.frames).toBeGreaterThan(1000)
})

test('an exchange that does not answer ends the run, when that was asked for', async () => {
  const { counts } = await run('ws://127.0.0.1:1', { acknowledgeWithinMs: 50 })
  expect(counts).toMatchObject({ code: 'SOCKET_FAILED' })
  expect(counts.faults).toHaveLength(1)
})

test('bronze that cannot be written ends the run with what the disk said', async () => {
  const broken = {
    ...createBronzeWriter({ directory: '/nowhere', feed: 'coinbase' }),
    control() {},
    flush() {},
    frame() {
      throw new Error('ENOSPC: no space left on device')
    },
  }
  const { counts } = await run((await simulate()).url, { bronze: broken })
  expect(counts.message).toBe('ENOSPC: no space left on device')
})
