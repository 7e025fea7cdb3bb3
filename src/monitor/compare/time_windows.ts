import type { Side } from '../columns/side.ts'
import type { Sorted } from '../evidently/clean.ts'
import { quantileOf } from './quantile.ts'
import type { Spread } from './robust_spread.ts'
import type { Clockwork } from './time_blocks.ts'

/** A stretch of one side in which columns are looked at over time; ISO times of the first and the last row. */
export interface Window {
  from: string
  to: string
  rows: number
}

/** A column over the report's windows, in their order; null where a window holds no value. */
export interface OverTime {
  median: (number | null)[]
  low: (number | null)[]
  high: (number | null)[]
  /** W1 of the window to the whole reference over the reference's spread, on the percentiles of both. */
  score: (number | null)[]
}

/** Windows of a side, and the row of each stretch at which each window begins, with one more at the end. */
export interface Cut {
  windows: Window[]
  bounds: Int32Array[]
}

export const windowsPerSide = 12
/** Percentiles 0, 1, … 100 of a window are kept. */
export const percentiles = 101

/** Cuts a side into twelve windows of equal time; those without rows are left out. */
export function cutWindows(side: Side, { stretches }: Clockwork): Cut {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { from, to } of stretches) {
    first = Math.min(first, side.time[from])
    last = Math.max(last, side.time[to - 1])
  }
  const length = (last - first) / windowsPerSide || 1
  const place = (row: number): number => Math.min(Math.floor((side.time[row] - first) / length), windowsPerSide - 1)
  const bounds = stretches.map(({ from, to }) => {
    const starts = new Int32Array(windowsPerSide + 1)
    let row = from
    for (let w = 0; w < windowsPerSide; w++) {
      starts[w] = row
      while (row < to && place(row) === w) row++
    }
    starts[windowsPerSide] = to
    return starts
  })
  const windows = Array.from({ length: windowsPerSide }, (_, w) => {
    const filled = bounds.filter(starts => starts[w + 1] > starts[w])
    return {
      rows: filled.reduce((rows, starts) => rows + starts[w + 1] - starts[w], 0),
      from: Math.min(...filled.map(starts => side.time[starts[w]])),
      to: Math.max(...filled.map(starts => side.time[starts[w + 1] - 1])),
    }
  })
  const kept = windows.flatMap(({ rows }, w) => (rows > 0 ? [w] : []))
  return {
    windows: kept.map(w => ({ rows: windows[w].rows, from: toIso(windows[w].from), to: toIso(windows[w].to) })),
    bounds: bounds.map(starts => Int32Array.from([...kept, windowsPerSide], w => starts[w])),
  }
}

/** The percentiles 0 to 100 of a window, NaN where it holds no value. */
export function gridOf(sorted: Sorted): Float64Array {
  return Float64Array.from({ length: percentiles }, (_, i) => quantileOf(sorted, i / (percentiles - 1)))
}

/** Median, 10th and 90th percentile and distance to the reference of each window. @param grids its percentiles. */
export function followColumn(grids: Float64Array[], reference: Sorted, spread: Spread): OverTime {
  const whole = gridOf(reference)
  const at = (place: number): (number | null)[] => grids.map(grid => (Number.isNaN(grid[place]) ? null : grid[place]))
  return {
    median: at(50),
    low: at(10),
    high: at(90),
    score: grids.map(grid =>
      Number.isNaN(grid[0]) || Number.isNaN(whole[0]) || spread.value === 0
        ? null
        : grid.reduce((sum, value, i) => sum + Math.abs(value - whole[i]), 0) / percentiles / spread.value,
    ),
  }
}

/** Microseconds as an ISO time. */
export function toIso(micros: number): string {
  return new Date(micros / 1000).toISOString()
}
