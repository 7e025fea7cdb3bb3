import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { freePorts } from '../harness/free_ports.ts'

const script = fileURLToPath(new URL('../../scripts/start.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'spike60-start-'))
const [port] = await freePorts(1)
let running: ChildProcess | null = null
afterAll(() => {
  running?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** @param under a process such as npm, which can be killed. */
function start(under: string[] = []): { child: ChildProcess; said: () => string } {
  const args = [script, '--port', `${port}`, '--history', '5', '--out', join(folder, 'desk')]
  const [command, ...more] = [...under, process.execPath, ...args]
  const env = { ...process.env, npm_lifecycle_event: 'start' }
  const child = spawn(command, more, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', chunk => {
    text += chunk
  })
  child.stderr.on('data', chunk => {
    text += chunk
  })
  running = child
  return { child, said: () => text }
}

interface Candles {
  candles: { start: number; final: boolean }[]
}

async function candles(): Promise<Candles['candles']> {
  const answer = await fetch(`http://127.0.0.1:${port}/candles/BTC-USD`)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as Candles).candles
}

async function endWithin(child: ChildProcess, ms: number): Promise<void> {
  const began = performance.now()
  child.kill('SIGINT')
  if (child.exitCode === null) await once(child, 'exit')
  expect(performance.now() - began).toBeLessThan(ms)
}

describe('npm start', () => {
  test('shows candles, ends within five seconds of Ctrl-C with all its parts, goes on where it was, and ends with a killed npm', async () => {
    const first = start()
    await vi.waitFor(async () => expect((await candles()).length).toBeGreaterThan(3), {
      timeout: 120_000,
      interval: 500,
    })
    const before = await candles()
    expect(await (await fetch(`http://127.0.0.1:${port}/health`)).json()).toMatchObject({ simulated: true })
    await endWithin(first.child, 5000)
    expect(first.said()).toContain('SIMULATED')
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow()
    const second = start(['sh', '-c', '"$0" "$@"; exit'])
    await vi.waitFor(async () => expect((await candles()).length).toBeGreaterThanOrEqual(before.length), {
      timeout: 120_000,
      interval: 500,
    })
    const after = await candles()
    const starts = after.map(one => one.start)
    expect(new Set(starts).size).toBe(starts.length)
    expect(starts).toEqual(expect.arrayContaining(before.map(one => one.start)))
    second.child.kill('SIGKILL')
    await vi.waitFor(() => expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow(), { timeout: 10_000 })
    await vi.waitFor(() => expect(second.said()).toContain('all parts have ended'), { timeout: 10_000 })
  }, 300_000)

  test('a port that is taken is one line', async () => {
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    const { child, said } = start()
    await once(child, 'exit')
    server.close()
    expect(child.exitCode).toBe(2)
    expect(said()).toBe(
      `start: --port ${port} cannot be had on 127.0.0.1 (somebody listens there already); name another\n`,
    )
  }, 60_000)
})
