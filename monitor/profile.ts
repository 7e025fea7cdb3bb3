import { chooseKnots, countBlocks } from './block_counts.ts'
import { type Clockwork, windUp } from './clockwork.ts'
import { countAtOrBelow, countBelow, type Sorted } from './evidently/clean.ts'
import { measureMemory } from './memory.ts'
import { mergeSorted } from './merge_sorted.ts'
import { rangeOf } from './ranges.ts'
import type { Side } from './read_columns.ts'
import { drawTimeline, type Hole, type Timeline } from './timeline.ts'
import { type Cut, cutWindows, gridOf, type Window } from './windows.ts'

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
  /** Numbers of the blocks with rows, and the seconds with a row in each; as in `Clockwork`. */
  keys: Float64Array
  filled: Float64Array
  windows: Window[]
  timeline: { products: Timeline[]; holes: Hole[] }
  columns: Record<string, ProfileColumn>
  /** Columns that are not numbers, with their type. */
  others: Record<string, string>
}

export interface ProfileColumn {
  kind: 'double' | 'integer'
  nulls: number
  infinite: number
  /** Values that the column's meaning does not allow. */
  outside: number
  /** One a product. */
  parts: Part[]
  /** Percentiles of all products in each window. */
  grids: Float64Array[]
}

/** A column of one product. */
export interface Part {
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
export interface Profiled {
  profile: Profile
  side: Side
  clock: Clockwork
}

/** @param forReference with the counts by block that only a reference needs. */
export function profileSide(
  side: Side,
  options: { blockSeconds: number; resetSeconds: number; forReference: boolean },
): Profiled {
  const clock = windUp(side, options.blockSeconds)
  const cut = cutWindows(side, clock)
  const profile: Profile = {
    name: side.name,
    spec_version: side.metadata['spike60.spec_version'] ?? null,
    simulated: side.metadata['spike60.simulated'] === 'true',
    timed: side.timed,
    rows: side.rows,
    products: Object.fromEntries(clock.stretches.map(({ product, from, to }) => [product, to - from])),
    block_s: options.blockSeconds,
    keys: clock.keys,
    filled: clock.filled,
    windows: cut.windows,
    timeline: side.timed ? drawTimeline(side, options.resetSeconds) : { products: [], holes: [] },
    columns: {},
    others: side.others,
  }
  for (const [name, { kind, values }] of Object.entries(side.columns))
    profile.columns[name] = { kind, ...profileColumn(name, values, clock, cut, options.forReference) }
  return { profile, side, clock }
}

function profileColumn(
  name: string,
  values: Float64Array,
  clock: Clockwork,
  { windows, bounds }: Cut,
  forReference: boolean,
): Omit<ProfileColumn, 'kind'> {
  const pieces = bounds.map(starts => windows.map((_, w) => sortFinite(values, starts[w], starts[w + 1])))
  const parts = clock.stretches.map((stretch, s): Part => {
    const sorted = mergeSorted(pieces[s])
    const knots = forReference ? chooseKnots(sorted) : new Float64Array(0)
    const finite = sorted.length === stretch.to - stretch.from || !hasInfinite(values, stretch)
    return {
      product: stretch.product,
      n: sorted.length,
      sorted,
      rank_error: 0,
      ...momentsOf(sorted),
      memory_s: measureMemory(values, stretch, clock),
      knots,
      counts: forReference && finite ? countBlocks(values, stretch, clock, knots) : new Float32Array(0),
    }
  })
  const finite = parts.reduce((sum, part) => sum + part.n, 0)
  const infinite = finite === values.length ? 0 : countInfinite(values)
  const range = rangeOf(name)
  return {
    nulls: values.length - finite - infinite,
    infinite,
    outside: range ? parts.reduce((sum, part) => sum + countOutside(part.sorted, range), 0) : 0,
    grids: windows.map((_, w) => gridOf(mergeSorted(pieces.map(piece => piece[w])))),
    parts,
  }
}

function hasInfinite(values: Float64Array, { from, to }: { from: number; to: number }): boolean {
  return countInfinite(values.subarray(from, to)) > 0
}

function countInfinite(values: Float64Array): number {
  let infinite = 0
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]) === Number.POSITIVE_INFINITY) infinite++
  return infinite
}

function countOutside(sorted: Sorted, { low, high }: { low: number; high: number }): number {
  return countBelow(sorted, low) + sorted.length - countAtOrBelow(sorted, high)
}

function sortFinite(values: Float64Array, from: number, to: number): Sorted {
  const kept = new Float64Array(to - from)
  let n = 0
  for (let row = from; row < to; row++) if (Number.isFinite(values[row])) kept[n++] = values[row]
  return (n === kept.length ? kept : kept.slice(0, n)).sort()
}

function momentsOf(sorted: Sorted): { low: number; high: number; mean: number; squares: number } {
  const n = sorted.length
  let sum = 0
  for (let i = 0; i < n; i++) sum += sorted[i]
  const mean = n > 0 ? sum / n : 0
  let squares = 0
  for (let i = 0; i < n; i++) squares += (sorted[i] - mean) ** 2
  return { low: n > 0 ? sorted[0] : 0, high: n > 0 ? sorted[n - 1] : 0, mean, squares }
}
