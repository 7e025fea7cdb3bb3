import type { Sorted } from '../evidently/clean.ts'
import { percentileCount, percentilesOf } from '../profile/time_windows.ts'
import type { RobustSpread } from './robust_spread.ts'

/** A column over the report's windows, in their order; null where a window holds no value. */
export interface OverTime {
  median: (number | null)[]
  low: (number | null)[]
  high: (number | null)[]
  /** W1 of the window to the whole reference over the reference's spread, on the percentiles of both. */
  score: (number | null)[]
}

/** Median, 10th and 90th percentile and distance to the reference of each window. @param windowPercentiles those of each window. */
export function followColumn(windowPercentiles: Float64Array[], reference: Sorted, spread: RobustSpread): OverTime {
  const whole = percentilesOf(reference)
  const at = (place: number): (number | null)[] =>
    windowPercentiles.map(grid => (Number.isNaN(grid[place]) ? null : grid[place]))
  return {
    median: at(50),
    low: at(10),
    high: at(90),
    score: windowPercentiles.map(grid =>
      Number.isNaN(grid[0]) || Number.isNaN(whole[0]) || spread.value === 0
        ? null
        : grid.reduce((sum, value, i) => sum + Math.abs(value - whole[i]), 0) / percentileCount / spread.value,
    ),
  }
}
