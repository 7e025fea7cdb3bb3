import { seededRandom } from '../random.ts'
import { countBelow } from './evidently/clean.ts'

/** Values of one side with the block each belongs to; NaN is null. */
export interface Blocked {
  values: Float64Array
  /** Block number from 0, one a row. */
  block: Int32Array
  blocks: number
}

const resamples = 1999
/** Resampling stops once so many draws were at least as far apart (Besag and Clifford 1991). */
const enough = 100
const knotsWanted = 128

/**
 * p-value of the first Wasserstein distance when whole blocks of time, not single seconds, are dealt anew to the two sides:
 * the share of deals that lie at least as far apart as what was seen. The distance is taken on 128 common quantiles.
 */
export function resampleBlocks(reference: Blocked, current: Blocked, seed: number): number {
  const knots = chooseKnots(reference.values, current.values)
  const sides = [reference, current].map(side => countPerBlock(side, knots))
  const cells = knots.length
  const tables = [...sides[0], ...sides[1]]
  const total = addAll(tables, cells)
  const dealt = Math.min(sides[0].length, sides[1].length)
  const seen = distance(addAll(sides[0].length <= sides[1].length ? sides[0] : sides[1], cells), total, knots)
  const random = seededRandom(seed)
  let asFar = 0
  for (let draw = 1; draw <= resamples; draw++) {
    for (let i = 0; i < dealt; i++) {
      const j = i + Math.floor(random() * (tables.length - i))
      ;[tables[i], tables[j]] = [tables[j], tables[i]]
    }
    if (distance(addAll(tables, cells, dealt), total, knots) >= seen * (1 - 1e-12)) asFar++
    if (asFar === enough) return asFar / draw
  }
  return (asFar + 1) / (resamples + 1)
}

/** Distinct quantiles of both sides together, the largest value last. */
function chooseKnots(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length)
  let n = 0
  for (const values of [a, b]) for (const value of values) if (!Number.isNaN(value)) both[n++] = value
  const sorted = both.subarray(0, n).sort()
  const picked = Array.from({ length: knotsWanted }, (_, i) => sorted[Math.round((i / (knotsWanted - 1)) * (n - 1))])
  return Float64Array.from(picked.filter((value, i) => i === 0 || value !== picked[i - 1]))
}

/** Per block, how many values lie in (knot before, knot]; blocks without a value are left out. */
function countPerBlock(side: Blocked, knots: Float64Array): Float64Array[] {
  const counts = Array.from({ length: side.blocks }, () => new Float64Array(knots.length))
  const filled = new Uint8Array(side.blocks)
  side.values.forEach((value, row) => {
    if (Number.isNaN(value)) return
    counts[side.block[row]][Math.min(countBelow(knots, value), knots.length - 1)]++
    filled[side.block[row]] = 1
  })
  return counts.filter((_, block) => filled[block] === 1)
}

function addAll(tables: Float64Array[], cells: number, first = tables.length): Float64Array {
  const sum = new Float64Array(cells)
  for (let k = 0; k < first; k++) {
    const table = tables[k]
    for (let i = 0; i < cells; i++) sum[i] += table[i]
  }
  return sum
}

/** Area between the distribution functions of a part and of the rest, on the knots. */
function distance(part: Float64Array, total: Float64Array, knots: Float64Array): number {
  let [n, all] = [0, 0]
  for (let i = 0; i < part.length; i++) {
    n += part[i]
    all += total[i]
  }
  let [below, belowAll, area] = [0, 0, 0]
  for (let i = 0; i + 1 < knots.length; i++) {
    below += part[i]
    belowAll += total[i]
    area += Math.abs(below / n - (belowAll - below) / (all - n)) * (knots[i + 1] - knots[i])
  }
  return area
}
