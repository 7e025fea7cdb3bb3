import { metadataKeys } from '../../core/features/metadata.ts'
import { rangeOf } from '../../core/features/value_range.ts'
import { countAtMost, countBelow } from '../../core/math/search.ts'
import { isoTime } from '../../core/math/time.ts'
import { simulatedFile } from '../../stores/metadata.ts'
import type { Side } from '../columns/side.ts'
import { cleanNumbers, type Sorted } from '../evidently/clean.ts'
import { measureAutocorrelationLength } from './autocorrelation_length.ts'
import { chooseKnots, countBlocks } from './block_counts.ts'
import { mergeSorted } from './merge_sorted.ts'
import type { ColumnPart, Profile, ProfileColumn, ProfiledSide } from './profile.ts'
import { indexTime, type TimeIndex } from './time_index.ts'
import { cutWindows, percentilesOf, type WindowCut } from './time_windows.ts'
import { describeTimeline } from './timeline.ts'

/** @param forReference with the counts by block that only a reference needs. */
export function profileSide(
  side: Side,
  options: { blockSeconds: number; resetSeconds: number; forReference: boolean },
): ProfiledSide {
  const times = indexTime(side, options.blockSeconds)
  const cut = cutWindows(side, times)
  const profile: Profile = {
    name: side.name,
    spec_version: side.metadata[metadataKeys.specVersion] ?? null,
    simulated: simulatedFile(side.metadata),
    timed: side.timed,
    rows: side.rows,
    products: Object.fromEntries(times.products.map(({ product, from, to }) => [product, to - from])),
    block_s: options.blockSeconds,
    keys: times.keys,
    filled: times.filled,
    windows: cut.windows,
    timeline: side.timed ? describeTimeline(side, options.resetSeconds) : { products: [], holes: [] },
    columns: {},
    others: side.others,
  }
  for (const [name, { kind, values }] of Object.entries(side.columns)) {
    const column = profileColumn(name, values, times, cut, options.forReference)
    profile.columns[name] = { kind, ...column, ...(column.infinite > 0 && firstInfinite(side, values)) }
  }
  return { profile, side, times }
}

function profileColumn(
  name: string,
  values: Float64Array,
  times: TimeIndex,
  { windows, bounds }: WindowCut,
  forReference: boolean,
): Omit<ProfileColumn, 'kind'> {
  const pieces = bounds.map(starts => windows.map((_, w) => cleanNumbers(values.subarray(starts[w], starts[w + 1]))))
  const parts = times.products.map((own, s): ColumnPart => {
    const sorted = mergeSorted(pieces[s])
    const knots = forReference ? chooseKnots(sorted) : new Float64Array(0)
    const finite = sorted.length === own.to - own.from || !hasInfinite(values, own)
    return {
      product: own.product,
      n: sorted.length,
      sorted,
      rank_error: 0,
      ...momentsOf(sorted),
      memory_s: measureAutocorrelationLength(values, own, times),
      knots,
      counts: forReference && finite ? countBlocks(values, own, times, knots) : new Float32Array(0),
    }
  })
  const finite = parts.reduce((sum, part) => sum + part.n, 0)
  const infinite = finite === values.length ? 0 : countInfinite(values)
  const range = rangeOf(name)
  return {
    nulls: values.length - finite - infinite,
    infinite,
    outside: range ? parts.reduce((sum, part) => sum + countOutside(part.sorted, range), 0) : 0,
    windowPercentiles: windows.map((_, w) => percentilesOf(mergeSorted(pieces.map(piece => piece[w])))),
    parts,
  }
}

function firstInfinite({ product, time, timed }: Side, values: Float64Array): { infinite_at?: string } {
  const row = values.findIndex(value => Math.abs(value) === Number.POSITIVE_INFINITY)
  if (row < 0) return {}
  return { infinite_at: timed ? `${product[row]} ${isoTime(time[row])}`.trim() : `row ${row + 1}` }
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
  return countBelow(sorted, low) + sorted.length - countAtMost(sorted, high)
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
