import { horizonSeconds } from '../../features/label.ts'
import { groupIndices } from '../../math/group_indices.ts'
import { square } from '../../math/numeric.ts'
import { OnlineRidge } from './online_ridge.ts'
import { type AnchoredRows, type PooledCorrection, pooledSays, rowsToFit, weightOfRow } from './pooled.ts'
import { anchoredRecipe } from './recipe.ts'

/** Corrections of the baseline's ln sigma, one a row. */
export interface Corrections {
  /** For ranking. */
  timing: Float64Array
  /** For sigma itself: with what the baseline is usually off by here. */
  level: Float64Array
}

/** A label is taken so long after its row that all its returns are in closed bars. */
const maturedSeconds = horizonSeconds + 1

/**
 * Corrects the baseline row by row, in the order of time: what was learnt on other files, for sigma weighed anew every minute by
 * the rows of this file whose label is known. With nothing learnt and no label known the sigma is the baseline's.
 * @param products product of each row; rows sorted by (product, time). Each product learns from itself alone.
 */
export function adaptCorrections(file: AnchoredRows, products: string[], pooled: PooledCorrection): Corrections {
  const { timing: rank, level: prior, strength } = anchoredRecipe
  const { ridge, trees } = pooledSays(pooled, file)
  const [long, short] = ['range_300', 'range_60'].map(name => file.columns[file.names.indexOf(name)])
  const orZero = (value: number) => (Number.isNaN(value) ? 0 : value)
  const timing = trees.map(
    (said, row) => rank.trees * said + rank.range_300 * orZero(long[row]) + rank.range_60 * orZero(short[row]),
  )
  const said = new Float64Array(file.anchor.length)
  const level = new Float64Array(file.anchor.length)
  const toFit = rowsToFit(file)
  for (const rows of groupIndices(products.length, row => products[row]).values()) {
    const learner = new OnlineRidge(
      [prior.bias, prior.ridge, prior.trees],
      [strength.bias, strength.ridge, strength.trees],
    )
    const followed = { file, toFit, rows }
    follow(followed, row => [1, ridge[row], trees[row]], learner, said)
    fallBack(followed, said, level)
  }
  return { timing, level }
}

type Inputs = (row: number) => number[]

interface Followed {
  file: AnchoredRows
  toFit: Uint8Array
  /** Of one product, in order of time. */
  rows: number[]
}

/** Writes what the learner says of each row, before it learns from it. */
function follow(
  { file: { time, error }, toFit, rows }: Followed,
  inputs: Inputs,
  learner: OnlineRidge,
  said: Float64Array,
): void {
  const known = matured(time, rows)
  let next = Number.NEGATIVE_INFINITY
  for (const row of rows) {
    if (time[row] >= next) {
      for (const before of known(row)) if (toFit[before] === 1) learner.take(inputs(before), error[before], weightOfRow)
      learner.solve()
      next = time[row] + anchoredRecipe.update_s * 1e6
    }
    const x = inputs(row)
    for (let j = 0; j < x.length; j++) said[row] += learner.weights[j] * x[j]
  }
}

/** The guard: what was said, or no correction while the labels known by then say that it has made the errors larger so far. */
function fallBack({ file: { time, error }, toFit, rows }: Followed, said: Float64Array, kept: Float64Array): void {
  const known = matured(time, rows)
  let worse = 0
  for (const row of rows) {
    for (const before of known(row))
      if (toFit[before] === 1) worse += square(error[before] - said[before]) - square(error[before])
    kept[row] = worse > 0 ? 0 : said[row]
  }
}

/** For each row that it is asked for, in order, the earlier ones whose label has become known since it was asked before. */
export function matured(time: Float64Array, rows: number[]): (row: number) => number[] {
  let from = 0
  return row => {
    const start = from
    while (time[rows[from]] + maturedSeconds * 1e6 <= time[row]) from++
    return rows.slice(start, from)
  }
}
