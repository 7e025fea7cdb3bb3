import type { Clockwork, Stretch } from './clockwork.ts'
import { countBelow, type Sorted } from './evidently/clean.ts'

const knotsPerColumn = 64

/** Distinct quantiles of a sample, the least and the largest value among them; empty for an empty sample. */
export function chooseKnots(sorted: Sorted, wanted = knotsPerColumn): Float64Array {
  if (sorted.length === 0) return new Float64Array(0)
  const last = sorted.length - 1
  const picked = Float64Array.from({ length: wanted }, (_, i) => sorted[Math.round((i / (wanted - 1)) * last)])
  return picked.filter((knot, i) => i === 0 || knot !== picked[i - 1])
}

/**
 * How many values of a product each block holds in (knot before, knot]; one row of `knots.length` cells a block of the clock.
 * @param knots ascending, none of the values above the last.
 */
export function countBlocks(
  values: Float64Array,
  { from, to }: Stretch,
  { block, keys }: Clockwork,
  knots: Float64Array,
): Float32Array {
  const counts = new Float32Array(keys.length * knots.length)
  for (let row = from; row < to; row++) {
    const value = values[row]
    if (!Number.isNaN(value)) counts[block[row] * knots.length + countBelow(knots, value)]++
  }
  return counts
}
