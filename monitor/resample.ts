import { seededRandom } from '../random.ts'
import { countBelow, type Sorted } from './evidently/clean.ts'

/** Values of one side; NaN is null. */
export interface Blocked {
  values: Float64Array
  /** Product of each row, -1 for rows that do not count. */
  group: Int32Array
  /** Block of each row, from 0. */
  block: Int32Array
}

/** One product of a column: its values on both sides, and what its distance is multiplied by. */
export interface Group {
  reference: Sorted
  current: Sorted
  weight: number
}

const resamples = 1999
/** Resampling stops once so many deals were at least as far apart (Besag and Clifford 1991). */
const enough = 50
const knotsPerSide = 40

/** Common quantiles of a group, and where its cells begin in a table of counts. */
interface Grid {
  knots: Float64Array
  start: number
  weight: number
}

/**
 * p-value of the weighted sum of the products' Wasserstein distances when whole blocks of time, not single seconds, are dealt
 * anew to the two sides: the share of deals that lie at least as far apart as what was seen. Distances are taken on common
 * quantiles. A block keeps all of its products together, since they move together.
 */
export function resampleBlocks(reference: Blocked, current: Blocked, groups: Group[], seed: number): number {
  let cells = 0
  const grids = groups.map(group => {
    const grid = { knots: chooseKnots(group.reference, group.current), start: cells, weight: group.weight }
    cells += grid.knots.length
    return grid
  })
  const sides = [reference, current].map(side => countPerBlock(side, grids, cells))
  const tables = [...sides[0], ...sides[1]]
  const total = addUp(tables, tables.length, cells)
  const smaller = sides[0].length <= sides[1].length ? sides[0] : sides[1]
  const seen = measureApart(addUp(smaller, smaller.length, cells), total, grids) * (1 - 1e-12)
  const random = seededRandom(seed)
  let asFar = 0
  for (let draw = 1; draw <= resamples; draw++) {
    for (let i = 0; i < smaller.length; i++) {
      const j = i + Math.floor(random() * (tables.length - i))
      ;[tables[i], tables[j]] = [tables[j], tables[i]]
    }
    if (measureApart(addUp(tables, smaller.length, cells), total, grids) >= seen) asFar++
    if (asFar === enough) return asFar / draw
  }
  return (asFar + 1) / (resamples + 1)
}

/** Distinct quantiles of both sides, the largest value last. */
function chooseKnots(a: Sorted, b: Sorted): Float64Array {
  const picked = [a, b].flatMap(sorted =>
    sorted.length === 0
      ? []
      : Array.from(
          { length: knotsPerSide },
          (_, i) => sorted[Math.round((i / (knotsPerSide - 1)) * (sorted.length - 1))],
        ),
  )
  return Float64Array.from([...new Set(picked)]).sort()
}

/** Per block, how many values of each group lie in (knot before, knot]; blocks without a value are left out. */
function countPerBlock(side: Blocked, grids: Grid[], cells: number): Float64Array[] {
  const counts = new Map<number, Float64Array>()
  for (let row = 0; row < side.values.length; row++) {
    const value = side.values[row]
    if (side.group[row] < 0 || Number.isNaN(value)) continue
    let table = counts.get(side.block[row])
    if (!table) {
      table = new Float64Array(cells)
      counts.set(side.block[row], table)
    }
    const { knots, start } = grids[side.group[row]]
    table[start + countBelow(knots, value)]++
  }
  return [...counts.values()]
}

function addUp(tables: Float64Array[], first: number, cells: number): Float64Array {
  const sum = new Float64Array(cells)
  for (let k = 0; k < first; k++) {
    const table = tables[k]
    for (let i = 0; i < cells; i++) sum[i] += table[i]
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
