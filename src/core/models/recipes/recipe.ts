import type { Config } from '../../../config.ts'
import type { FeatureTable } from '../../features/table.ts'
import type { FittedLinear } from '../fit/linear.ts'
import type { FittedVolatility } from '../fit/volatility_predict.ts'
import type { Named } from '../judge/judged_model.ts'

/** The rows on which a recipe may be fitted. */
export interface Training {
  table: FeatureTable
  rows: Int32Array
  /** 1, 0 or NaN for each row of the table. */
  labels: Float64Array
  tau: Record<string, number>
  settings: Config['models']
}

export interface Prediction {
  /** Higher means a spike is more likely; a probability where the recipe says so. */
  score: Float64Array
  /** Predicted sigma_future; null for a model that says nothing of it. */
  sigma: Float64Array | null
}

/** A fitted model. It never changes: calibrating makes another one. */
export interface Model {
  /** One sentence: what it computes from what. */
  recipe: string
  /** What is recorded with a run. */
  params: Record<string, string | number>
  /** What it rests on, largest first; empty for a rule. */
  weights: { feature: string; weight: number }[]
  /** Feature columns that it reads. */
  inputs: string[]
  /** In the order of `rows`, which are indices of the table. */
  predict(table: FeatureTable, rows: ArrayLike<number>): Prediction
  /** The same model, its probabilities calibrated on rows that it was not fitted on; null where they allow none. */
  calibrate?(rows: Training): Model | null
  /** The fitted numbers, which are saved: one of the two, or none for a rule. */
  linear?: FittedLinear
  volatility?: FittedVolatility
  /** Features that it does not read because training says nothing of them, with the reason in brackets. */
  dropped?: string[]
}

/**
 * A way to score rows. `fit` makes a model of it; for a rule there is nothing to fit. Only models of recipes are judged.
 * @example
 * const model = ridge.fit({ table, rows: split.train, labels, tau, settings: config.models })
 * model.predict(table, split.test).score // P(spike), one per row
 */
export interface Recipe extends Named {
  /** Whether scores are probabilities. */
  probability: boolean
  /**
   * @param fitted models of earlier recipes on the same rows, by name. A recipe that is made of other ones takes their models
   * from here; what is missing it fits itself.
   */
  fit(training: Training, fitted?: Record<string, Model>): Model
}
