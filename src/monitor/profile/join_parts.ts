import { maximum, minimum } from '../../core/math/extremes.ts'
import { countBelow } from '../../core/math/search.ts'
import type { Sorted } from '../evidently/clean.ts'
import { chooseKnots } from './block_counts.ts'
import { downsample } from './downsample.ts'
import { mergeSorted } from './merge_sorted.ts'
import { joinMoments } from './pool_parts.ts'
import type { ColumnPart } from './profile.ts'

/** A column of more values than this is kept as `keptValues` of them. */
const exactLimit = 100_000
const keptValues = 20_000

/** A part, and where its blocks stand among those of the whole. */
export interface PlacedPart {
  part: ColumnPart
  place: ArrayLike<number>
}

/**
 * Parts of one column as one part: moments, extremes and, where all values are kept, values exactly; counts by block on common
 * knots, a cell that these cut being shared out as the part's values lie. It remembers as long as any part is seen to.
 * @param blocks of the whole.
 */
export function joinParts(product: string, placed: PlacedPart[], blocks: number): ColumnPart {
  const filled = placed.filter(({ part }) => part.n > 0)
  const parts = filled.map(({ part }) => part)
  const moments = joinMoments(parts)
  const exact = parts.every(part => part.rank_error === 0)
  const sorted = exact ? mergeSorted(parts.map(part => part.sorted)) : downsampleParts(parts, keptValues)
  const [low, high] = [minimum(parts.map(part => part.low)), maximum(parts.map(part => part.high))]
  const knots = parts.length === 0 ? new Float64Array(0) : withEnds(chooseKnots(sorted), low, high)
  const counts = new Float32Array(blocks * knots.length)
  for (const { part, place } of filled) redistributeCounts(part, place, knots, counts)
  const seen = parts.map(part => part.memory_s).filter(Number.isFinite)
  return {
    product,
    ...moments,
    sorted,
    rank_error: exact ? 0 : errorOf(parts) + 1 / (2 * keptValues),
    low: parts.length > 0 ? low : 0,
    high: parts.length > 0 ? high : 0,
    memory_s: seen.length > 0 || parts.length === 0 ? Math.max(0, maximum(seen)) : Number.POSITIVE_INFINITY,
    knots,
    counts,
  }
}

/** The parts of a column with no more values kept than `keptValues`, where all together have more than `exactLimit`. */
export function downsampleColumn(parts: ColumnPart[]): ColumnPart[] {
  const n = parts.reduce((sum, part) => sum + part.n, 0)
  const kept = parts.reduce((sum, part) => sum + part.sorted.length, 0)
  if (n <= exactLimit || kept <= keptValues + parts.length) return parts
  return parts.map(part => {
    const share = Math.min(part.sorted.length, Math.ceil((keptValues * part.n) / n))
    if (share === 0) return part
    return { ...part, sorted: downsampleParts([part], share), rank_error: part.rank_error + 1 / (2 * share) }
  })
}

function downsampleParts(parts: ColumnPart[], wanted: number): Sorted {
  return downsample(
    parts.map(({ sorted, n }) => ({ sorted, weight: n / sorted.length })),
    wanted,
  )
}

function errorOf(parts: ColumnPart[]): number {
  const n = parts.reduce((sum, part) => sum + part.n, 0)
  return parts.reduce((sum, part) => sum + (part.n / n) * part.rank_error, 0)
}

function withEnds(knots: Float64Array, low: number, high: number): Float64Array {
  const last = knots[knots.length - 1]
  return Float64Array.from([...(low < knots[0] ? [low] : []), ...knots, ...(high > last ? [high] : [])])
}

function redistributeCounts(
  { knots, counts, sorted }: ColumnPart,
  place: ArrayLike<number>,
  onto: Float64Array,
  sum: Float32Array,
): void {
  const [from, to] = [knots.length, onto.length]
  const shares = new Float64Array(from * to)
  const rows = new Float64Array(from)
  for (let i = 0; i < sorted.length; i++) {
    const cell = Math.min(countBelow(knots, sorted[i]), from - 1)
    shares[cell * to + Math.min(countBelow(onto, sorted[i]), to - 1)]++
    rows[cell]++
  }
  for (let cell = 0; cell < from; cell++) {
    if (rows[cell] === 0) shares[cell * to + Math.min(countBelow(onto, knots[cell]), to - 1)] = 1
    else for (let j = 0; j < to; j++) shares[cell * to + j] /= rows[cell]
  }
  for (let block = 0; block < place.length; block++)
    for (let cell = 0; cell < from; cell++) {
      const count = counts[block * from + cell]
      if (count === 0) continue
      for (let j = 0; j < to; j++) sum[place[block] * to + j] += count * shares[cell * to + j]
    }
}
