import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readConfig } from '../src/config.ts'
import { unitsOfNumber } from '../src/core/indicators/windows/decimal_units.ts'
import { Windows } from '../src/core/indicators/windows/windows.ts'
import { SpikeError } from '../src/errors.ts'
import { replayWindows } from '../src/jobs/windows/replay.ts'
import { ensurePythonEnv } from '../src/operations/python_env.ts'
import { type BenchResult, cpuSeconds, median } from './measure.ts'
import { round } from './stream_report.ts'
import { measureDisorder } from './windows_disorder.ts'
import { measureLive } from './windows_live.ts'
import { makeTrades, type TradeColumns, writeTrades } from './windows_trades.ts'

const trades = 2_000_000
const repetitions = 3
const products = ['BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD']
const set = { length_s: 60, slide_s: 10, lateness_s: 600 }

/**
 * Windows of 60 s by 10 s over the same files of trades in the same run: Spark on all cores, and our replay on one just before and
 * just after each of its runs, JSON and exact decimals included; windows from typed arrays; how right windows are over disorder; and
 * on a real broker a burst through the ingestor, and how soon a window can be read. `ratio` is our trades a second by the clock
 * over Spark's, the median of the pairs: 5 is the gate. `per_core` is the same of CPU seconds, which other work on the machine
 * disturbs less.
 */
export async function benchWindows(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-windows-'))
  try {
    const columns = makeTrades(trades, products, 6, 60)
    const files = writeTrades(folder, columns, 8)
    await measureReplay(files)
    const runs = [await measureReplay(files)]
    const spark = await startSpark(folder)
    const theirs: SparkRun[] = []
    for (let i = 0; i < repetitions; i++) {
      if (typeof spark !== 'string') theirs.push(await spark.run())
      runs.push(await measureReplay(files))
    }
    if (typeof spark !== 'string') await spark.end()
    const ratioOf = (of: 'seconds' | 'cpu'): number =>
      round(median(theirs.map((one, i) => (2 * one[of]) / (runs[i][of] + runs[i + 1][of]))), 1)
    const typed = Array.from({ length: 3 }, () => cpuSeconds(() => foldColumns(columns)))
    const perSecond = (of: 'seconds' | 'cpu', all: Pick<SparkRun, 'seconds' | 'cpu'>[]): number =>
      Math.round(trades / median(all.map(one => one[of])))
    const speed = (all: Pick<SparkRun, 'seconds' | 'cpu'>[]) => ({
      trades_per_s: perSecond('seconds', all),
      trades_per_cpu_s: perSecond('cpu', all),
    })
    return {
      name: 'windows',
      ...(typeof spark === 'string'
        ? { ratio: Number.NaN, ratios: {}, spark }
        : {
            ratio: ratioOf('seconds'),
            ratios: { per_core: ratioOf('cpu') },
            spark: { ...theirs[0], ...speed(theirs) },
          }),
      ...{ trades, ...speed(runs), from_typed_arrays_per_cpu_s: Math.round(trades / median(typed)) },
      disorder: measureDisorder(),
      live: await measureLive(),
      ...{ repetitions, node: process.version, load: loadavg().map(load => round(load, 1)) },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureReplay(files: string[]): Promise<Pick<SparkRun, 'seconds' | 'cpu'>> {
  const config = readConfig()
  const [began, before] = [performance.now(), process.cpuUsage()]
  const { ticks } = await replayWindows(files, config, { ...config.windows, sets: [set] })
  const { user, system } = process.cpuUsage(before)
  if (ticks !== trades) throw new SpikeError('CHECK_FAILED', `windows took in ${ticks} of ${trades} trades`)
  return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 }
}

interface SparkRun {
  version: string
  events: number
  /** By the clock, and of the processor. */
  seconds: number
  cpu: number
}

/** Spark, warm, that makes the windows when told to. A text where the machine has none, which says so loudly. */
async function startSpark(folder: string): Promise<{ run(): Promise<SparkRun>; end(): Promise<void> } | string> {
  const script = fileURLToPath(new URL('./windows_spark.py', import.meta.url))
  try {
    await promisify(execFile)('java', ['-version'])
    const { python } = await ensurePythonEnv('spark')
    const child = spawn(python, [script, folder], { stdio: ['pipe', 'pipe', 'ignore'] })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async (): Promise<string> => {
      const { value, done } = await lines.next()
      if (done) throw new SpikeError('CHECK_FAILED', 'Spark ended before its windows were made')
      return value
    }
    await next()
    return {
      async run() {
        child.stdin.write('\n')
        return JSON.parse(await next())
      },
      async end() {
        child.stdin.end()
        await once(child, 'exit')
      },
    }
  } catch (error) {
    const skipped = `SKIPPED, nothing is compared: ${error instanceof Error ? error.message.split('\n')[0] : error}`
    console.error(`bench windows: Spark ${skipped}`)
    return skipped
  }
}

function foldColumns({ products, product, time, price, size, id }: TradeColumns): void {
  const { lag_s, revise_s } = readConfig().windows
  const windows = new Windows({ ...set, lag_s, revise_s }, () => {})
  for (let i = 0; i < time.length; i++)
    windows.push(
      {
        source: 'trades',
        product: products[product[i]],
        time: time[i],
        id: String(id[i]),
        price: price[i],
        units: unitsOfNumber(price[i])!,
        size: unitsOfNumber(size[i]),
      },
      i,
    )
}
