import { seededRandom } from '../../core/math/random.ts'
import { countAtMost, countBelow } from '../../core/math/search.ts'
import type { Sorted } from '../evidently/clean.ts'
import { chooseKnots, countBlocks } from '../profile/block_counts.ts'
import type { ColumnPart } from '../profile/profile.ts'
import type { ProductRows, TimeIndex } from '../profile/time_index.ts'

/** One product of a column: the reference's counts by block, the current rows, and what its distance is multiplied by. */
export interface ResampledProduct {
  reference: Pick<ColumnPart, 'knots' | 'counts'>
  current: Sorted
  values: Float64Array
  productRows: ProductRows
  weight: number
}

const resamples = 1999
/** Resampling stops after so many draws that lie at least as far apart (Besag and Clifford 1991). */
const enough = 50
/** Quantiles of the current side on each side of the reference's range. */
const beyond = 8

/** Common knots of a group, and where its cells begin in a table of counts. */
interface Grid {
  knots: Float64Array
  /** Current knots below the reference's first. */
  before: number
  start: number
  weight: number
}

/**
 * p-value of the weighted sum of the products' Wasserstein distances when whole blocks of time, not single seconds, are
 * shared out at random to the two sides: the share of draws that lie at least as far apart as what was seen. Distances are
 * taken on quantiles of the reference, and of the current values beyond its range. A block keeps all of its products
 * together, since they move together.
 * @param keys of the reference's blocks. @param factor so many blocks in a row are one.
 */
export function resampleBlocks(
  products: ResampledProduct[],
  keys: Float64Array,
  times: TimeIndex,
  { factor, seed }: { factor: number; seed: number },
): number {
  let cells = 0
  const grids = products.map(product => {
    const grid = { ...extendKnots(product.reference.knots, product.current), start: cells, weight: product.weight }
    cells += grid.knots.length
    return grid
  })
  const tables = [new Map<number, Float64Array>(), new Map<number, Float64Array>()]
  products.forEach(({ reference, values, productRows }, i) => {
    const { start, before, knots } = grids[i]
    addCounts(tables[0], reference.counts, keys, reference.knots.length, { factor, cells, at: start + before })
    const counts = countBlocks(values, productRows, times, knots)
    addCounts(tables[1], counts, times.keys, knots.length, { factor, cells, at: start })
  })
  return permuteBlocks([...tables[0].values()], [...tables[1].values()], grids, seed)
}

function extendKnots(knots: Float64Array, current: Sorted): { knots: Float64Array; before: number } {
  const below = chooseKnots(current.subarray(0, countBelow(current, knots[0])), beyond)
  const above = chooseKnots(current.subarray(countAtMost(current, knots[knots.length - 1])), beyond)
  return { knots: Float64Array.from([...below, ...knots, ...above]), before: below.length }
}

function addCounts(
  tables: Map<number, Float64Array>,
  counts: Float32Array,
  keys: Float64Array,
  width: number,
  { factor, cells, at }: { factor: number; cells: number; at: number },
): void {
  for (let block = 0; block < keys.length; block++) {
    const key = Math.floor(keys[block] / factor)
    for (let i = 0, from = block * width; i < width; i++) {
      if (counts[from + i] === 0) continue
      let table = tables.get(key)
      if (!table) {
        table = new Float64Array(cells)
        tables.set(key, table)
      }
      table[at + i] += counts[from + i]
    }
  }
}

function permuteBlocks(reference: Float64Array[], current: Float64Array[], grids: Grid[], seed: number): number {
  const tables = [...reference, ...current]
  const cells = tables[0].length
  const smaller = reference.length <= current.length ? reference : current
  const total = addUp(tables, tables.length, new Float64Array(cells))
  const part = new Float64Array(cells)
  const seen = measureApart(addUp(smaller, smaller.length, part), total, grids) * (1 - 1e-12)
  const random = seededRandom(seed)
  let asFar = 0
  for (let draw = 1; draw <= resamples; draw++) {
    for (let i = 0; i < smaller.length; i++) {
      const j = i + Math.floor(random() * (tables.length - i))
      const taken = tables[j]
      tables[j] = tables[i]
      tables[i] = taken
    }
    if (measureApart(addUp(tables, smaller.length, part), total, grids) >= seen) asFar++
    if (asFar === enough) return asFar / draw
  }
  return (asFar + 1) / (resamples + 1)
}

function addUp(tables: Float64Array[], first: number, sum: Float64Array): Float64Array {
  sum.fill(0)
  for (let k = 0; k < first; k++) {
    const table = tables[k]
    for (let i = 0; i < sum.length; i++) sum[i] += table[i]
  }
  return sum
}

/** Weighted area between the distribution functions of a part and of the rest, on the knots. */
function measureApart(part: Float64Array, total: Float64Array, grids: Grid[]): number {
  let apart = 0
  for (const { knots, start, weight } of grids) {
    let [n, all] = [0, 0]
    for (let i = start; i < start + knots.length; i++) {
      n += part[i]
      all += total[i]
    }
    if (n === 0 || n === all) continue
    let [below, belowAll, area] = [0, 0, 0]
    for (let i = 0; i + 1 < knots.length; i++) {
      below += part[start + i]
      belowAll += total[start + i]
      area += Math.abs(below / n - (belowAll - below) / (all - n)) * (knots[i + 1] - knots[i])
    }
    apart += weight * area
  }
  return apart
}
