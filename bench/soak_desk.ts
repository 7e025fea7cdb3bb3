import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SpikeError } from '../src/errors.ts'
import { command, positiveNumber, runCommand, wholeNumber } from '../src/operations/command.ts'
import type { Health } from '../src/serve/health.ts'
import { freePorts } from '../test/harness/free_ports.ts'
import { startVictim, type Victim } from '../test/harness/victim.ts'
import { residentMib } from './process_cpu.ts'
import { judgeUsage, type ProcessVerdict, type Usage } from './soak_report.ts'

export interface DeskSoakOptions {
  /** Market time that is looked at, and market seconds a second. */
  hours: number
  speed: number
  /** Minutes of market that come at once before. From 120 on a model is trained of them, and it begins once that scores. */
  history: number
}

export interface DeskSoak {
  /** By part; `start` is the one that runs them. */
  processes: Record<string, ProcessVerdict>
  /** Records not shown yet: the most at any moment, and in the end. */
  lag: { most: number; last: number }
  restarts: number
  /** MiB of the folder in the beginning, the middle and the end: it keeps all, so the two steps should be alike. */
  folder_mib: number[]
  ready_s: number
  ended_s: number
  exit: number | null
  samples: number
  load: number[]
}

/** Little heap: garbage is collected soon, so what is resident is what is held. */
const littleHeap = { NODE_OPTIONS: '--max-old-space-size=256 --max-semi-space-size=4' }
const [sampleMs, patienceMs, modelFrom] = [400, 900_000, 120]

/** The whole `npm start` on a simulated market: what each of its processes holds, how far it is behind, and how it ends. */
export async function soakDesk({ hours, speed, history }: DeskSoakOptions): Promise<DeskSoak> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-soak-desk-'))
  const [port] = await freePorts(1)
  const script = fileURLToPath(new URL('../scripts/start.ts', import.meta.url))
  const simulation = ['--speed', `${speed}`, '--history', `${history}`]
  const began = performance.now()
  const desk = startVictim([script, '--port', `${port}`, '--out', join(folder, 'desk'), ...simulation], littleHeap)
  try {
    const seen = await watch(desk, `http://127.0.0.1:${port}/health`, { hours, history, folder })
    const ready_s = (seen.readyAt - began) / 1000
    const asked = performance.now()
    const { code } = await desk.stop('SIGINT')
    const { usage, lags, sizes, restarts } = seen
    // What ended in between, such as a training, is no part that could grow.
    const whole = Object.entries(usage).filter(([, all]) => all.length >= lags.length - 1)
    return {
      processes: Object.fromEntries(whole.map(([name, all]) => [name, judgeUsage(all)])),
      lag: { most: Math.max(...lags), last: lags.at(-1)! },
      ...{ restarts, ready_s: round(ready_s), ended_s: round((performance.now() - asked) / 1000), exit: code },
      folder_mib: [0, sizes.length >> 1, sizes.length - 1].map(i => Math.round(sizes[i])),
      ...{ samples: lags.length, load: loadavg().map(round) },
    }
  } finally {
    await desk.kill9()
    rmSync(folder, { recursive: true, force: true })
  }
}

const round = (value: number): number => Math.round(10 * value) / 10

interface Place {
  hours: number
  history: number
  folder: string
}

async function watch(desk: Victim, url: string, { hours, history, folder }: Place) {
  const [usage, lags, sizes]: [Record<string, Usage[]>, number[], number[]] = [{}, [], []]
  let [from, readyAt, restarts, patience] = [Number.NaN, Number.NaN, 0, performance.now() + patienceMs]
  for (; ; await delay(sampleMs)) {
    const ended = desk.ended()
    if (ended !== null) throw new SpikeError('CHECK_FAILED', `npm start ended with exit ${ended.code}: ${desk.log()}`)
    if (performance.now() > patience) throw new SpikeError('CHECK_FAILED', `nothing goes on for ${patienceMs / 1000} s`)
    const health = await healthAt(url)
    const now = Math.max(...(health?.products ?? []).map(({ last_event: last }) => last ?? Number.NaN))
    if (health === null || !(now > 0)) continue
    if (Number.isNaN(readyAt)) readyAt = performance.now()
    restarts = health.parts.reduce((sum, part) => sum + part.restarts, 0)
    const isScored = health.parts.some(({ name, state }) => name === 'drift' && state === 'runs')
    if (Number.isNaN(from) && history >= modelFrom && !isScored) continue
    if (Number.isNaN(from)) from = now
    const passed = (now - from) / 3600
    lags.push(health.consumer_lag)
    sizes.push(sizeOf(folder))
    for (const [name, pid] of processesOf(desk.pid)) {
      usage[name] ??= []
      usage[name].push({ hours: passed, rssMib: residentMib(pid), files: openFiles(pid) })
    }
    patience = performance.now() + patienceMs
    if (passed >= hours && lags.length >= leastSamples && health.consumer_lag === 0)
      return { usage, lags, sizes, restarts, readyAt }
  }
}

/** What can be judged. */
const leastSamples = 60

async function healthAt(url: string): Promise<Health | null> {
  try {
    return (await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).json()) as Health
  } catch {
    return null
  }
}

/** The process and those that it has started, by the command each runs. */
function processesOf(pid: number): [name: string, pid: number][] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  return [
    ['start', pid],
    ...children.map((child): [string, number] => {
      const words = read(`/proc/${child}/cmdline`).split('\0')
      const name = words[words.findIndex(word => word.includes('spike60')) + 1] ?? 'unknown'
      return [words.includes('--aside') ? 'aside' : name, child]
    }),
  ]
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return Number.NaN
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** MiB of all files below a folder. */
function sizeOf(folder: string): number {
  let bytes = 0
  for (const name of readdirSync(folder, { recursive: true }) as string[])
    bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
  return bytes / 2 ** 20
}

/** What is not as it should be, a line each. */
export function faultsOf({ processes, lag, restarts, exit }: DeskSoak): string[] {
  return [
    ...Object.entries(processes).flatMap(([name, { memory_flat, files_flat, slope_mib_per_hour, files }]) => [
      ...(memory_flat ? [] : [`${name}: memory grows by ${slope_mib_per_hour.slope} MiB an hour of market`]),
      ...(files_flat ? [] : [`${name}: ${files.last} files are open, ${files.first} were`]),
    ]),
    ...(lag.last === 0 ? [] : [`${lag.last} records behind at the end`]),
    ...(restarts === 0 ? [] : [`parts were started again ${restarts} times`]),
    ...(exit === 0 ? [] : [`npm start ended with exit ${exit}`]),
  ]
}

export const soakDeskCommand = (): Promise<void> =>
  runCommand<DeskSoakOptions & { json?: boolean }>(
    command(
      'soak_desk',
      'The whole npm start on a simulated market that runs faster: memory and open files of each process flat, lag zero at the end.',
      'npm run bench -- soak_desk --hours 1 --speed 60 --json',
    )
      .option('--hours <n>', 'market time after the model scores', positiveNumber('--hours'), 1)
      .option('--speed <n>', 'market seconds a second', positiveNumber('--speed'), 60)
      .option(
        '--history <minutes>',
        'market that comes at once before; below 120 no model is waited for',
        wholeNumber('--history', 0, 2000),
        120,
      )
      .option('--json', 'print the figures as one JSON line'),
    async ({ json, ...options }) => {
      const result = { name: 'soak_desk', ...options, ...(await soakDesk(options)) }
      if (json) console.log(JSON.stringify(result))
      else console.log(result)
      const faults = faultsOf(result)
      if (faults.length > 0) throw new SpikeError('CHECK_FAILED', faults)
    },
  )
