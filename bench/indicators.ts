import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RSI, SMA } from 'trading-signals'
import type { CandleValues } from '../src/core/events/candle_values.ts'
import { candleColumns, type IndicatorColumns } from '../src/core/indicators/candle_columns.ts'
import { CandleIndicators } from '../src/core/indicators/candle_indicators.ts'
import { minimum } from '../src/core/math/extremes.ts'
import { seededRandom } from '../src/core/math/random.ts'
import { ensurePythonEnv } from '../src/operations/python_env.ts'
import { type BenchResult, cpuSeconds } from './measure.ts'

const rows = 1_000_000
const repetitions = 5
const minute = 60_000_000

/**
 * MA20, MA50 and RSI of a million made-up minutes, all rows kept: whole columns of ours, with simple means (`cutler`), against
 * pandas' rolling ones and trading-signals (its RSI is Wilder's, its default and its faster one), CPU seconds of each, the best of
 * five. Ours are the bits of a plain fold of every window, which the bench checks; those of the others are not.
 */
export async function benchIndicators(): Promise<BenchResult> {
  const { python } = await ensurePythonEnv()
  const table = { rows, start: Float64Array.from({ length: rows }, (_, i) => i * minute), close: makeCloses() }
  let ours: IndicatorColumns | null = null
  const columns = best(() => {
    ours = candleColumns(table, 'cutler', 'minutes', minute)
  })
  const wilder = best(() => candleColumns(table, 'wilder', 'minutes', minute))
  const streaming = best(() => {
    const running = new CandleIndicators('wilder', 'minutes', minute)
    for (let i = 0; i < rows; i++) running.push({ start: i * minute, close: table.close[i] } as CandleValues)
  })
  const theirs = best(() => {
    const [fast, slow, rsi] = [new SMA(20), new SMA(50), new RSI(14)]
    const kept = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)]
    for (let i = 0; i < rows; i++) {
      const close = table.close[i]
      kept[0][i] = fast.add(close) ?? Number.NaN
      kept[1][i] = slow.add(close) ?? Number.NaN
      kept[2][i] = rsi.add(close) ?? Number.NaN
    }
  })
  const pandas = runPandas(python, table.close)
  return {
    name: 'indicators',
    ratio: rounded(theirs / columns),
    ratios: { pandas: rounded(pandas.seconds / columns), wilder: rounded(theirs / wilder) },
    million_rows_per_cpu_s: {
      ...{ columns: millions(columns), wilder: millions(wilder), streaming: millions(streaming) },
      ...{ trading_signals: millions(theirs), pandas: millions(pandas.seconds) },
    },
    bit_equal: isPlainFold(table.close, ours!),
    ...{ rows, repetitions, simulated: true, pandas: pandas.version, node: process.version },
  }
}

function makeCloses(): Float64Array {
  const random = seededRandom(60)
  let price = 100_000
  return Float64Array.from({ length: rows }, () => {
    price = Math.max(1, price + Math.round(1000 * (random() - 0.5)) / 10)
    return price
  })
}

/** CPU seconds of the fastest of some runs, after one that does not count. */
function best(work: () => void): number {
  work()
  return minimum(Array.from({ length: repetitions }, () => cpuSeconds(work)))
}

/** Whether each value is the sum of its window from the oldest to the newest, divided once. */
function isPlainFold(close: Float64Array, { ma20, ma50, rsi }: IndicatorColumns): boolean {
  const fold = (value: (i: number) => number, row: number, length: number): number => {
    let sum = 0
    for (let i = row - length + 1; i <= row; i++) sum += value(i)
    return sum / length
  }
  const change = (i: number): number => close[i] - close[i - 1]
  for (let row = 49; row < rows; row++) {
    const gain = fold(i => Math.max(0, change(i)), row, 14)
    const loss = fold(i => Math.max(0, -change(i)), row, 14)
    const strength = loss === 0 ? (gain === 0 ? 50 : 100) : 100 - 100 / (1 + gain / loss)
    const price = (i: number): number => close[i]
    if (ma20[row] !== fold(price, row, 20) || ma50[row] !== fold(price, row, 50) || rsi[row] !== strength) return false
  }
  return true
}

function runPandas(python: string, close: Float64Array): { version: string; seconds: number } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-indicators-'))
  try {
    const path = join(folder, 'close.f64')
    writeFileSync(path, Buffer.from(close.buffer))
    const script = fileURLToPath(new URL('indicators_pandas.py', import.meta.url))
    const said = execFileSync(python, [script, path, String(repetitions)], { encoding: 'utf8' })
    const { version, seconds } = JSON.parse(said.trim().split('\n').at(-1)!)
    return { version, seconds: minimum(seconds) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function millions(seconds: number): number {
  return rounded(rows / 1e6 / seconds)
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
