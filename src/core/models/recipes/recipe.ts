import type { Config } from '../../../config.ts'
import type { FeatureTable } from '../../features/table.ts'
import type { FittedLinear } from '../fit/linear.ts'
import type { FittedVolatility } from '../fit/volatility_predict.ts'
import type { Named } from '../judge/judged_model.ts'

/** Rows that a recipe may be fitted on, and what belongs to them. */
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

/** What a fit gives. It is never changed: calibrating gives another model. */
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
  /** What is saved of it: one of both, or nothing of a rule. */
  linear?: FittedLinear
  volatility?: FittedVolatility
  /** Features that it does not read because training says nothing of them, with the reason in brackets. */
  dropped?: string[]
}

/**
 * A way to score rows that can be fitted; a rule is one that is fitted on nothing. All that is judged is judged through this.
 * @example
 * const model = ridge.fit({ table, rows: split.train, labels, tau, settings: config.models })
 * model.predict(table, split.test).score // P(spike), one a row
 */
export interface Recipe extends Named {
  /** Whether scores are probabilities. */
  probability: boolean
  /** @param fitted models of other recipes on the same rows, by name: a recipe that is made of them takes them from here, or fits them. */
  fit(training: Training, fitted?: Record<string, Model>): Model
}
