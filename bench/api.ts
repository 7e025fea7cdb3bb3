import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { percentileOf } from '../src/core/math/percentile.ts'
import { SpikeError } from '../src/errors.ts'
import { ensurePythonEnv } from '../src/operations/python_env.ts'
import { askAtOnce, askAtRate, openStreamsOfEvents } from './api_load.ts'
import { type BenchResult, median } from './measure.ts'
import { processCpu, residentMib } from './process_cpu.ts'

const ofProduct = ['quotes', 'aggregations', 'features', 'sentiment', 'windows']
const paths = ['/health', ...ofProduct.map(name => `/${name}/BTC-USD`)]
const [rounds, requests, rate, seconds, streams] = [3, 6000, 500, 4, 1000]

interface Side {
  process: ChildProcess
  port: number
  us: number[]
  p99: number[]
}

/**
 * Six routes of the API with warm caches beside FastAPI with uvicorn, httptools and uvloop, in turn, on the same bodies: CPU time of
 * the server's process a request, and the 99th percentile of the delay at 500 requests a second. Ours limits each client, guards
 * and sends its security headers; theirs does none of that. `ratio` is theirs ÷ ours a CPU second where FastAPI makes its JSON
 * as routes usually do: 3 is the gate; `ready`, where it sends bytes that were made before. Then the memory of a server with
 * 1,000 open streams of events, 300 MiB is the gate.
 */
export async function benchApi(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-api-'))
  const sides: Record<string, Side> = {}
  try {
    sides.ours = await startOurs()
    const bodies = Object.fromEntries(
      await Promise.all(paths.map(async path => [path, await bodyOf(sides.ours.port, path)])),
    )
    const file = join(folder, 'bodies.json')
    writeFileSync(file, JSON.stringify(bodies))
    const { python } = await ensurePythonEnv()
    for (const how of ['made', 'ready']) sides[how] = await startFastApi(python, file, how)
    for (const side of Object.values(sides)) await askAtOnce(side.port, paths, requests)
    for (let round = 0; round < rounds; round++) for (const side of Object.values(sides)) await measure(side)
    const { ours, made, ready } = sides
    const figures = ({ us, p99 }: Side) => ({
      us_a_request: us.map(Math.round),
      p99_ms: p99.map(one => Math.round(10 * one) / 10),
    })
    const faster = (than: Side): number => round2(median(than.us.map((us, i) => us / ours.us[i])))
    return {
      name: 'api',
      ratio: faster(made),
      ratios: { ready: faster(ready) },
      p99_shares: { made: shareOf(ours, made), ready: shareOf(ours, ready) },
      ours: figures(ours),
      fastapi_made: figures(made),
      fastapi_ready: figures(ready),
      event_streams: await measureStreams(ours),
      bytes: Object.fromEntries(paths.map(path => [path, JSON.stringify(bodies[path]).length])),
      ...{ rounds, requests, rate, seconds, node: process.version },
      load: loadavg().map(load => Math.round(load * 10) / 10),
    }
  } finally {
    for (const { process: child } of Object.values(sides)) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(side: Side): Promise<void> {
  const before = processCpu(side.process.pid!)
  await askAtOnce(side.port, paths, requests)
  side.us.push((1e6 * (processCpu(side.process.pid!) - before)) / requests)
  side.p99.push(percentileOf(await askAtRate(side.port, paths, rate, seconds), 99))
}

const shareOf = (ours: Side, theirs: Side): number => round2(median(ours.p99.map((p99, i) => p99 / theirs.p99[i])))
const round2 = (value: number): number => Math.round(100 * value) / 100

async function measureStreams({ process: child, port }: Side) {
  const before = residentMib(child.pid!)
  const open = await openStreamsOfEvents(port, streams)
  const records = 50
  child.send(records)
  for (let waited = 0; open.received() < records; waited++) {
    if (waited > 600)
      throw new SpikeError('CHECK_FAILED', `a stream had ${open.received()} of ${records} records after a minute`)
    await delay(100)
  }
  const mib = residentMib(child.pid!)
  open.close()
  return { open: streams, records_each: records, resident_mib: Math.round(mib), before_mib: Math.round(before) }
}

async function startOurs(): Promise<Side> {
  const child = fork(fileURLToPath(new URL('./api_child.ts', import.meta.url)))
  const [url] = await once(child, 'message')
  return { process: child, port: Number(new URL(url).port), us: [], p99: [] }
}

async function startFastApi(python: string, file: string, how: string): Promise<Side> {
  const port = 20_000 + Math.floor(10_000 * Math.random())
  const script = fileURLToPath(new URL('./api_fastapi.py', import.meta.url))
  const child = spawn(python, [script, `${port}`, file, how], { stdio: ['pipe', 'ignore', 'inherit'] })
  await until(`http://127.0.0.1:${port}/health`)
  return { process: child, port, us: [], p99: [] }
}

/** What a path answers once all its records are there: an answer that is empty is not worth measuring. */
async function bodyOf(port: number, path: string): Promise<unknown> {
  return await until(`http://127.0.0.1:${port}${path}`, body => path === '/health' || !lacksSomething(body))
}

function lacksSomething({ missing = {}, ...body }: Record<string, object>): boolean {
  return (
    Object.keys(missing).length > 0 || Object.values(body).some(value => Array.isArray(value) && value.length === 0)
  )
}

async function until(url: string, isWhole: (body: Record<string, object>) => boolean = () => true): Promise<unknown> {
  for (let tried = 0; ; tried++) {
    const answer = await fetch(url).catch(() => null)
    const body = answer?.ok ? ((await answer.json()) as Record<string, object>) : null
    if (body !== null && isWhole(body)) return body
    if (tried === 300)
      throw new SpikeError('CHECK_FAILED', `${url} ${body === null ? 'does not answer' : 'has an empty answer'}`)
    await delay(100)
  }
}
