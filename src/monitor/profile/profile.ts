import type { Side } from '../columns/side.ts'
import type { Sorted } from '../evidently/clean.ts'
import type { TimeIndex } from './time_index.ts'
import type { TimeWindow } from './time_windows.ts'
import type { Hole, Timeline } from './timeline.ts'

/** All that a comparison needs to know of the rows of one side. */
export interface Profile {
  /** How the side is called in the report and in faults. */
  name: string
  /** Version of the feature spec that the rows were made by; null where the file does not say. */
  spec_version: string | null
  simulated: boolean
  timed: boolean
  rows: number
  /** Rows of each product, in the order of `parts`. */
  products: Record<string, number>
  /** Length of a block of time in seconds. */
  block_s: number
  /** Numbers of the blocks with rows, and the seconds with a row in each; as in `TimeIndex`. */
  keys: Float64Array
  filled: Float64Array
  windows: TimeWindow[]
  timeline: { products: Timeline[]; holes: Hole[] }
  columns: Record<string, ProfileColumn>
  /** Columns that are not numbers, with their type. */
  others: Record<string, string>
}

export interface ProfileColumn {
  kind: 'double' | 'integer'
  nulls: number
  infinite: number
  /** Product and time of the first infinite value, where there is one. */
  infinite_at?: string
  /** Values that the column's meaning does not allow. */
  outside: number
  /** One a product. */
  parts: ColumnPart[]
  /** Percentiles of all products in each window. */
  windowPercentiles: Float64Array[]
}

/** A column of one product. */
export interface ColumnPart {
  product: string
  /** Values that are not null. */
  n: number
  /** All of them ascending, or as many equally spaced in rank as `rank_error` says. */
  sorted: Sorted
  /** Largest error of the share of values at or below any number; 0 where all values are kept. */
  rank_error: number
  low: number
  high: number
  mean: number
  /** Sum of the squared deviations from the mean. */
  squares: number
  /** How long it remembers, seconds; Infinity where that cannot be seen. */
  memory_s: number
  knots: Float64Array
  /** Counts by block and knot, as `countBlocks` gives them; empty for the current side of a comparison. */
  counts: Float32Array
}

/** A profile with the rows that it was made of. */
export interface ProfiledSide {
  profile: Profile
  side: Side
  times: TimeIndex
}
