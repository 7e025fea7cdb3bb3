import { horizonSeconds } from '../../features/label.ts'
import { fitBoosting } from '../fit/boosting.ts'
import { boostingScores, type Ensemble } from '../fit/ensemble.ts'
import { fitWeightedRidge, type WeightedRidge } from '../fit/weighted_ridge.ts'
import { anchoredRecipe } from './recipe.ts'
import type { AnchorTerms } from './terms.ts'

/** Rows of a file with what a correction is fitted to: ln sigma_future less the baseline, NaN where there is no label. */
export interface AnchoredRows extends AnchorTerms {
  error: Float64Array
  /** T of each row, microseconds. */
  time: Float64Array
}

/** What all files together say of the error of the baseline; both parts are 0 where nothing was fitted. */
export interface PooledCorrection {
  ridge: WeightedRidge | null
  trees: Ensemble | null
}

/** Fits ridge and small trees to the baseline's errors in every fifth second, each file as heavy as another. */
export function fitPooled(files: AnchoredRows[]): PooledCorrection {
  const chosen = files.map(file => {
    const toFit = rowsToFit(file)
    return Int32Array.from(toFit.keys()).filter(row => toFit[row] === 1)
  })
  const rows = chosen.reduce((sum, own) => sum + own.length, 0)
  if (rows < anchoredRecipe.least_rows) return { ridge: null, trees: null }
  const error = new Float64Array(rows)
  const weights = new Float64Array(rows)
  const columns = files[0].columns.map(() => new Float32Array(rows))
  let place = 0
  for (const [k, file] of files.entries())
    for (const row of chosen[k]) {
      error[place] = file.error[row]
      weights[place] = 1 / Math.max(chosen[k].length, anchoredRecipe.few_rows)
      for (let j = 0; j < columns.length; j++) columns[j][place] = file.columns[j][row]
      place++
    }
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  for (let i = 0; i < rows; i++) weights[i] *= rows / whole
  return {
    ridge: fitWeightedRidge(columns, error, weights, anchoredRecipe.ridge.penalty),
    trees: fitBoosting(columns, error, { ...anchoredRecipe.trees, weights }),
  }
}

/** 1 for the rows of a file that are fitted on: labelled, one in five seconds. */
export function rowsToFit({ error, time }: Pick<AnchoredRows, 'error' | 'time'>): Uint8Array {
  return Uint8Array.from(error, (value, row) =>
    !Number.isNaN(value) && Math.round(time[row] / 1e6) % anchoredRecipe.every_s === 0 ? 1 : 0,
  )
}

/** How much one fitted row says: so many of them fill a minute that no other label shares. */
export const weightOfRow: number = anchoredRecipe.every_s / horizonSeconds

/** What ridge and trees say of every row. */
export function pooledSays({ ridge, trees }: PooledCorrection, { columns, anchor }: AnchorTerms) {
  const rows = anchor.length
  return {
    ridge: ridge ? ridge.predict(columns, rows) : new Float64Array(rows),
    trees: trees ? boostingScores(trees, columns, rows) : new Float64Array(rows),
  }
}
