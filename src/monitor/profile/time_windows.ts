import { maximum, minimum } from '../../core/math/extremes.ts'
import { percentileOfSorted } from '../../core/math/percentile.ts'
import { isoTime } from '../../core/math/time.ts'
import type { Side } from '../columns/side.ts'
import type { Sorted } from '../evidently/clean.ts'
import type { TimeIndex } from './time_index.ts'

/** A span of time of one side in which every column is summarised; ISO times of its first and last row. */
export interface TimeWindow {
  from: string
  to: string
  rows: number
}

/** Windows of a side, and for each product the row at which each window begins, with one more at the end. */
export interface WindowCut {
  windows: TimeWindow[]
  bounds: Int32Array[]
}

export const windowsPerSide = 12
/** Percentiles 0, 1, … 100 of a window are kept. */
export const percentileCount = 101

/** Cuts a side into twelve windows of equal time; those without rows are left out. */
export function cutWindows(side: Side, { products }: TimeIndex): WindowCut {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { from, to } of products) {
    first = Math.min(first, side.time[from])
    last = Math.max(last, side.time[to - 1])
  }
  const length = (last - first) / windowsPerSide || 1
  const place = (row: number): number => Math.min(Math.floor((side.time[row] - first) / length), windowsPerSide - 1)
  const bounds = products.map(({ from, to }) => {
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
      from: minimum(filled.map(starts => side.time[starts[w]])),
      to: maximum(filled.map(starts => side.time[starts[w + 1] - 1])),
    }
  })
  const kept = windows.flatMap(({ rows }, w) => (rows > 0 ? [w] : []))
  return {
    windows: kept.map(w => ({ rows: windows[w].rows, from: isoTime(windows[w].from), to: isoTime(windows[w].to) })),
    bounds: bounds.map(starts => Int32Array.from([...kept, windowsPerSide], w => starts[w])),
  }
}

/** The percentiles 0 to 100 of a window, NaN where it holds no value. */
export function percentilesOf(sorted: Sorted): Float64Array {
  return Float64Array.from({ length: percentileCount }, (_, percent) => percentileOfSorted(sorted, percent))
}
