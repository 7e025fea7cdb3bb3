import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** In MiB. */
export interface MemoryFigures {
  /** Largest resident set while a day of two products became a table and its digest. */
  day_rss: number
  /** Heap and typed arrays in use after each day of a week of events whose rows are not kept. */
  week_used: number[]
  /** Growth by the least-squares line through the days after the first. */
  week_slope_per_day: number
}

const child = fileURLToPath(new URL('./memory_child.ts', import.meta.url))

/** Measures each in a process of its own. */
export async function measureMemory(): Promise<MemoryFigures> {
  const day = await run('day')
  const week = await run('week')
  const week_used = week.used as number[]
  return { day_rss: day.rss as number, week_used, week_slope_per_day: slope(week_used.slice(1)) }
}

async function run(what: string): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, what], { maxBuffer: 1 << 20 })
  return JSON.parse(stdout)
}

function slope(values: number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((a, b) => a + b) / values.length
  const products = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0)
  const squares = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0)
  return Math.round((1000 * products) / squares) / 1000
}
