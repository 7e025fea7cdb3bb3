import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/exchange/simulator.ts'
import { parseBronzeLine } from '../../src/market/bronze/line.ts'
import { openStreams } from '../../src/streams/open.ts'
import { settings } from '../fixtures/simulated_market.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ws-ingest-'))
  cleanups.push(() => rmSync(path, { recursive: true }))
  return path
}

/** A market that is served at a fixed pace, so that the command is in the midst of it when it is stopped. */
async function simulate(speed?: number): Promise<Simulator> {
  const simulator = await startSimulator({ settings, faults: [], speed })
  cleanups.push(() => simulator.close())
  return simulator
}

function start(...args: string[]) {
  const child = spawn('node', ['scripts/ws_ingest.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  cleanups.unshift(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.on('data', data => {
    out += data
  })
  child.stderr.on('data', data => {
    err += data
  })
  const ended = once(child, 'close').then(([code]) => ({ code, out, err }))
  return { child, ended }
}

function filesOf(directory: string): string[] {
  const names = readdirSync(directory).filter(name => name.endsWith('.ndjson'))
  return names.map(name => join(directory, name))
}

function bronzeOf(directory: string): string[] {
  return filesOf(directory).flatMap(file => {
    const text = readFileSync(file, 'utf8')
    expect(text.endsWith('\n')).toBe(true)
    return text.trimEnd().split('\n')
  })
}

async function recordsOn(topics: string, topic: string): Promise<number> {
  const streams = await openStreams(topics)
  const ends = await streams.ends(topic)
  await streams.close()
  return ends.reduce((total, { offset }) => total + offset, 0)
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s leaves complete bronze, all of it published, and exit 0',
  async signal => {
    const directory = folder()
    const raw = join(directory, 'raw')
    const topics = `embedded://${join(directory, 'topics.db')}`
    const simulator = await simulate(40)
    const { child, ended } = start('--url', simulator.url, '--raw', raw, '--topics', topics, '--json')
    while (!existsSync(raw) || bronzeSize(raw) < 50_000) await new Promise(resolve => setTimeout(resolve, 20))
    child.kill(signal)
    const { code, out, err } = await ended
    expect({ code, err: err.includes('Error') }).toEqual({ code: 0, err: false })
    const summary = JSON.parse(out.trimEnd().split('\n').at(-1)!)
    const lines = bronzeOf(raw).map(line => parseBronzeLine(line)!)
    expect(lines.filter(line => line.frame).length).toBe(summary.frames)
    expect(lines.at(-1)!.control).toBe('close')
    const events = Object.values(summary.events as Record<string, number>).reduce((sum, n) => sum + n, 0)
    expect(events).toBeGreaterThan(100)
    expect(await recordsOn(topics, 'ticks.raw')).toBe(events)
  },
)

test('the end of the market ends the run, with a summary line', async () => {
  const directory = folder()
  const { url } = await simulate()
  const topics = `embedded://${join(directory, 'topics.db')}`
  const { code, out } = await start(
    '--url',
    url,
    '--raw',
    join(directory, 'raw'),
    '--topics',
    topics,
    '--pair',
    'BTC-USD',
  ).ended
  expect(code).toBe(0)
  expect(out).toMatch(
    /^\d+ frames, \d+ events, 0 reconnects \(0 after silence\), 0 gaps; .*\.ndjson\n6 min of market, 1 product: about \d+ rows, \d+ of them labelled; .*more\n$/,
  )
})

test('a simulated exchange is recognised whatever feed was named: bronze is marked, and gaps are filled in from it alone', async () => {
  const directory = folder()
  const raw = join(directory, 'raw')
  const { url } = await simulate()
  const real = ['--feed', 'coinbase', '--rest', 'https://api.coinbase.com/api/v3/brokerage']
  const where = ['--raw', raw, '--topics', `embedded://${join(directory, 'topics.db')}`, '--pair', 'BTC-USD']
  const { code, err } = await start('--url', url, ...real, ...where).ended
  expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('marked as simulated') })
  const lines = bronzeOf(raw).map(line => parseBronzeLine(line)!)
  expect([...new Set(lines.map(({ feed }) => feed))]).toEqual(['simulated'])
})

test('a second ingest on the topics is refused while the first lives, whatever its folder, and the first goes on', async () => {
  const directory = folder()
  const [first, second] = [join(directory, 'first'), join(directory, 'second')]
  const path = join(directory, 'topics.db')
  const where = ['--topics', `embedded://${path}`, '--url', (await simulate(40)).url]
  const { child, ended } = start(...where, '--raw', first)
  while (!existsSync(first) || bronzeSize(first) < 10_000) await new Promise(resolve => setTimeout(resolve, 20))
  const refused = await start(...where, '--raw', second).ended
  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`process ${child.pid} publishes`) })
  expect(refused.err.trimEnd().split('\n').at(-1)).toBe(
    `ws_ingest: ${path}: process ${child.pid} publishes to these topics already; end it, or give this ingest topics of its own (--topics)`,
  )
  expect(existsSync(second)).toBe(false)
  const size = bronzeSize(first)
  while (bronzeSize(first) <= size) await new Promise(resolve => setTimeout(resolve, 20))
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0 })
})

test('bad input ends with exit 2 and one line a fault, before anything is written', async () => {
  const directory = folder()
  const where = ['--raw', join(directory, 'raw'), '--topics', `embedded://${join(directory, 'topics.db')}`]
  const { url } = await simulate()
  const cases: [string[], RegExp][] = [
    [['--pair', 'BTC/USD,x y'], /^ws_ingest: --pair 'BTC\/USD': .*letters.*\nws_ingest: --pair 'x y': .*\n$/],
    [['--minutes', '-1'], /^ws_ingest: --minutes .*\n$/],
    [['--url', 'http://localhost'], /^ws_ingest: --url .*\n$/],
    [['--feed', 'kraken'], /^ws_ingest: --feed takes coinbase or .*'kraken'\n$/],
    [['--sideways'], /^ws_ingest: unknown option .*\n$/],
    [['--metrics-port', new URL(url).port], /^ws_ingest: --metrics-port \d+ cannot be had .*\n$/],
  ]
  for (const [args, expected] of cases) {
    const { code, err } = await start(...where, ...args).ended
    expect({ args, code }).toEqual({ args, code: 2 })
    expect(err).toMatch(expected)
  }
  expect(readdirSync(directory)).toEqual([])
  const { code, err } = await start(...where, '--url', url, '--pair', 'FOO-USD').ended
  expect(code).toBe(2)
  expect(err.trimEnd().split('\n').at(-1)).toMatch(/^ws_ingest: FOO-USD: .* does not serve this product/)
})

function bronzeSize(directory: string): number {
  return filesOf(directory).reduce((total, file) => total + readFileSync(file).length, 0)
}
