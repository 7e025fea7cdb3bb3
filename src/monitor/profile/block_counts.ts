import { countBelow } from '../../core/math/search.ts'
import type { Sorted } from '../evidently/clean.ts'
import type { ProductRows, TimeIndex } from './time_index.ts'

const knotsPerColumn = 32

/** Distinct quantiles of a sample, the least and the largest value among them; empty for an empty sample. */
export function chooseKnots(sorted: Sorted, wanted = knotsPerColumn): Float64Array {
  if (sorted.length === 0) return new Float64Array(0)
  const last = sorted.length - 1
  const picked = Float64Array.from({ length: wanted }, (_, i) => sorted[Math.round((i / (wanted - 1)) * last)])
  return picked.filter((knot, i) => i === 0 || knot !== picked[i - 1])
}

/**
 * How many values of a product each block holds in (knot before, knot]; one row of `knots.length` cells a block of `times`.
 * @param knots ascending, none of the values above the last.
 */
export function countBlocks(
  values: Float64Array,
  { from, to }: ProductRows,
  { block, keys }: TimeIndex,
  knots: Float64Array,
): Float32Array {
  const width = knots.length
  const counts = new Float32Array(keys.length * width)
  const find = findKnot(knots)
  for (let row = from; row < to; row++) {
    const value = values[row]
    if (!Number.isNaN(value)) counts[block[row] * width + find(value)]++
  }
  return counts
}

const slots = 1024

/** Number of knots below a value, by a table of equal slots that says where to begin; for values up to the last knot. */
function findKnot(knots: Float64Array): (value: number) => number {
  const low = knots[0]
  const scale = slots / (knots[knots.length - 1] - low)
  if (!Number.isFinite(scale)) return value => (value <= low ? 0 : knots.length - 1)
  const slotOf = (value: number): number => (value > low ? Math.min(Math.floor((value - low) * scale), slots - 1) : 0)
  const first = new Int32Array(slots + 1).fill(knots.length - 1)
  for (let k = knots.length - 1; k >= 0; k--) first.fill(k, 0, slotOf(knots[k]) + 1)
  return value => {
    const slot = slotOf(value)
    return countBelow(knots, value, first[slot], first[slot + 1])
  }
}
