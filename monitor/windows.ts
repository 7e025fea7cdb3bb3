import { cleanNumbers, type Sorted } from './evidently/clean.ts'
import { measureWasserstein } from './evidently/wasserstein.ts'
import { quantileOf } from './quantile.ts'
import type { Side } from './read_columns.ts'
import type { Spread } from './spread.ts'

/** A stretch of one side in which columns are looked at over time. */
export interface Window {
  side: 'reference' | 'current'
  /** ISO times of the first and the last row. */
  from: string
  to: string
  rows: number
}

/** A column over the report's windows, in their order; null where a window holds no value. */
export interface OverTime {
  median: (number | null)[]
  low: (number | null)[]
  high: (number | null)[]
  /** W1 of the window to the whole reference over the reference's spread. */
  score: (number | null)[]
}

const windowsPerSide = 12

/** Cuts a side into twelve windows of equal time; those without rows are left out. Gives each window its row numbers. */
export function cutWindows(side: Side, name: 'reference' | 'current'): { window: Window; rows: Int32Array }[] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const time of side.time) {
    first = Math.min(first, time)
    last = Math.max(last, time)
  }
  const length = (last - first) / windowsPerSide || 1
  const rows: number[][] = Array.from({ length: windowsPerSide }, () => [])
  side.time.forEach((time, row) => {
    rows[Math.min(Math.floor((time - first) / length), windowsPerSide - 1)].push(row)
  })
  return rows
    .filter(found => found.length > 0)
    .map(found => {
      const times = found.map(row => side.time[row])
      return {
        window: {
          side: name,
          from: toIso(times.reduce((a, b) => Math.min(a, b))),
          to: toIso(times.reduce((a, b) => Math.max(a, b))),
          rows: found.length,
        },
        rows: Int32Array.from(found),
      }
    })
}

/** Median, 10th and 90th percentile and distance to the reference of each window. */
export function followColumn(windows: Sorted[], reference: Sorted, spread: Spread): OverTime {
  const at = (share: number): (number | null)[] =>
    windows.map(sorted => (sorted.length === 0 ? null : quantileOf(sorted, share)))
  return {
    median: at(0.5),
    low: at(0.1),
    high: at(0.9),
    score: windows.map(sorted =>
      sorted.length === 0 || reference.length === 0 || spread.value === 0
        ? null
        : measureWasserstein(reference, sorted) / spread.value,
    ),
  }
}

/** The values of a column in a window, sorted, without nulls. */
export function valuesIn(values: Float64Array, rows: Int32Array): Sorted {
  return cleanNumbers(Float64Array.from(rows, row => values[row]))
}

/** Microseconds as an ISO time. */
export function toIso(micros: number): string {
  return new Date(micros / 1000).toISOString()
}
