import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { type Config, readConfig } from '../src/config.ts'
import { SpikeError } from '../src/errors.ts'
import { newJobStatus } from '../src/jobs/status.ts'
import { runStore } from '../src/jobs/store/run.ts'
import { openStreams } from '../src/streams/open.ts'
import type { Incoming, Streams } from '../src/streams/port.ts'
import { shortLivedJvm, startTestBroker } from '../test/harness/kafka/broker.ts'
import { startVictim } from '../test/harness/victim.ts'
import type { EquitiesLoad, EquitiesLoadLine } from './equities_load.ts'
import type { BenchResult } from './measure.ts'
import { median } from './measure.ts'
import { processCpu, residentMib } from './process_cpu.ts'
import { describeDelays } from './stream_report.ts'

export interface EquitiesOptions {
  /** Trades a second. */
  rate: number
  /** Length of the steady stretch. */
  seconds: number
}

/** As the page of the original has them, on as many partitions as its topic. */
const tickers = ['AAPL', 'MSFT', 'AMZN', 'TSLA', 'NVDA']
const partitions = 6
/** Once the load goes on, a broker just started compiles itself. */
const warmS = 15
const [burstS, reliefS] = [30, 30]
const drainLimitS = 300

/**
 * Trades of shares through a real broker, the real job and the hot store on one machine, open loop: delay from a trade's intended moment
 * to the store's confirmation; then three times the rate for 30 s, of which none may be lost. `ratio` is 67 ms over the p99 of the steady
 * stretch: 1 is the gate.
 */
export async function benchEquities({ rate, seconds }: EquitiesOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-equities-'))
  const broker = await startTestBroker(undefined, { listeners: {}, properties: {}, format: [], jvm: shortLivedJvm })
  const streams = await openStreams(broker.spec)
  const over = new AbortController()
  const { config, path } = writeConfig(folder)
  await streams.createTopics(Object.values(config.topics))
  const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const job = startVictim([script('../scripts/equities.ts'), '--topics', broker.spec, '--config', path])
  const place = join(folder, 'hot.db')
  const delays: { at: number; ms: number }[] = []
  const stored = runStore({
    ...{ topic: config.topics.scored.name, store: `sqlite:${place}`, status: newJobStatus(), stop: over.signal },
    streams: confirming(streams, records => {
      const at = (performance.timeOrigin + performance.now()) * 1000
      for (const { value } of records) {
        const time = Number(/"time":(\d+)/.exec(value.toString('latin1'))?.[1])
        delays.push({ at: time, ms: (at - time) / 1000 })
      }
    }),
  })
  try {
    while (job.readyAfter() === null && job.ended() === null) await delay(50)
    const stretches = [
      { name: 'warm', rate, seconds: warmS },
      { name: 'steady', rate, seconds },
      { name: 'burst', rate: 3 * rate, seconds: burstS },
      { name: 'relief', rate: rate / 3, seconds: reliefS },
    ]
    const load: EquitiesLoad = { broker: broker.address, topic: config.topics.raw.name, partitions, tickers, stretches }
    const generator = startVictim([script('./equities_load.ts'), JSON.stringify(load)])
    const lags: { at: number; lag: number }[] = []
    const pids = { job: job.pid, store: process.pid, broker: broker.pid(), load: generator.pid }
    const looks: CpuLook[] = []
    const group = `equities-${config.topics.raw.name}-${config.topics.scored.name}`
    const look = async (): Promise<number> => {
      if (job.ended() !== null) throw new SpikeError('CHECK_FAILED', `the job ended: ${job.log()}`)
      const lag = await lagOf(streams, group, config.topics.raw.name)
      const at = (performance.timeOrigin + performance.now()) * 1000
      lags.push({ at, lag })
      looks.push({
        at,
        seconds: Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, processCpu(pid)])),
      })
      return lag
    }
    while (generator.ended() === null) {
      await look()
      await delay(400)
    }
    const lines = generator
      .out()
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as EquitiesLoadLine)
    const sent = lines.at(-1)?.sent
    if (lines.length < stretches.length || sent === undefined)
      throw new SpikeError('CHECK_FAILED', `the load ended: ${generator.log()}`)
    const ended = performance.now()
    while (delays.length < sent && performance.now() - ended < 1000 * drainLimitS) {
      await look()
      await delay(200)
    }
    const drained_s = Math.round((performance.now() - ended) / 100) / 10
    over.abort()
    await stored
    const figures = Object.fromEntries(
      lines.map(({ name, from, behind_ms }, i) => {
        const to = lines[i + 1]?.from ?? Number.POSITIVE_INFINITY
        const inside = ({ at }: { at: number }): boolean => at >= from && at < to
        const lag = lags.filter(inside).map(one => one.lag)
        const lag_records = { median: median(lag), largest: Math.max(...lag), last: lag.at(-1) }
        const ms = describeDelays(delays.filter(inside).map(one => one.ms))
        const { rate } = stretches[i]
        const cpu_us_per_trade = cpuPerTrade(looks.filter(inside), rate)
        return [name, { rate, store_ms: ms, lag_records, load_behind_ms: Math.round(behind_ms), cpu_us_per_trade }]
      }),
    )
    const rows = rowsIn(place)
    if (rows !== sent) throw new SpikeError('CHECK_FAILED', `of ${sent} trades ${rows} are in the store`)
    return {
      ...{ name: 'equities', ratio: Math.round((100 * 67) / figures.steady.store_ms.p99) / 100, ratios: {} },
      ...{ sent, in_store: rows, drained_s, stretches: figures },
      ...{ rss_mib: { job: Math.round(residentMib(job.pid)), store: Math.round(residentMib(process.pid)) } },
      ...{ store: 'sqlite', store_mib: Math.round(statSync(place).size / 2 ** 20), tickers, partitions },
      ...{ simulated: true, node: process.version, load: loadavg().map(load => Math.round(load)) },
    }
  } finally {
    over.abort()
    await job.kill9()
    await stored.catch(() => {})
    await streams.close()
    await broker.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeConfig(folder: string): { config: Config; path: string } {
  const config = readConfig()
  for (const topic of Object.values(config.topics)) if (!('compacted' in topic)) topic.partitions = partitions
  const path = join(folder, 'config.yaml')
  writeFileSync(path, stringify(config))
  return { config, path }
}

/** Streams whose readers tell of a batch when the next one is asked for: what was given out has been written by then. */
function confirming(streams: Streams, confirm: (records: Incoming[]) => void): Streams {
  return {
    ...streams,
    async reader(...where) {
      const reader = await streams.reader(...where)
      let given: Incoming[] = []
      return {
        async poll(max, waitMs) {
          confirm(given)
          given = await reader.poll(max, waitMs)
          return given
        },
        positions: () => reader.positions(),
        close: () => reader.close(),
      }
    },
  }
}

async function lagOf(streams: Streams, group: string, topic: string): Promise<number> {
  const [ends, committed] = await Promise.all([streams.ends(topic), streams.committed(group, topic)])
  const sum = (all: { offset: number }[]): number => all.reduce((total, { offset }) => total + offset, 0)
  return sum(ends) - sum(committed)
}

/** Seconds of CPU that each process has taken up to a moment in µs. */
interface CpuLook {
  at: number
  seconds: Record<string, number>
}

/** Microseconds of CPU time between the first look and the last one, over the trades that were due between them. */
function cpuPerTrade(looks: CpuLook[], rate: number): Record<string, number> {
  const [first, last] = [looks[0], looks[looks.length - 1]]
  const trades = ((last.at - first.at) * rate) / 1e6
  return Object.fromEntries(
    Object.entries(last.seconds).map(([name, seconds]) => [
      name,
      Math.round((1e6 * (seconds - first.seconds[name])) / trades),
    ]),
  )
}

function rowsIn(place: string): number {
  const database = new DatabaseSync(place, { readOnly: true })
  const row = database.prepare('SELECT count(*) AS n FROM market_trades').get()
  database.close()
  return Number(row?.n)
}
