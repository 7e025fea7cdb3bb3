import type { FeatureTable } from '../../features/table.ts'
import type { FittedVolatility } from '../fit/volatility_predict.ts'
import type { ModelResult } from '../judge/evaluation.ts'

/** Rows that a model may be fitted on, and what belongs to them. */
export interface Training {
  table: FeatureTable
  rows: Int32Array
  /** 1, 0 or NaN for each row of the table. */
  labels: Float64Array
  tau: Record<string, number>
}

export interface Prediction {
  /** Higher means a spike is more likely; a probability where the model says so. */
  score: Float64Array
  /** Predicted sigma_future; null for a model that says nothing of it. */
  sigma: Float64Array | null
}

/** What a fit gives: predictions in the order of `rows`, and what they rest on, largest weight first. */
export interface Fitted {
  predict(table: FeatureTable, rows: Int32Array): Prediction
  explain(): { feature: string; weight: number }[]
  /** What is saved of a volatility model. */
  volatility?: FittedVolatility
}

/** A model or a rule: everything that is judged is judged through this. */
export interface Model extends Pick<ModelResult, 'name' | 'title' | 'kind' | 'recipe' | 'params'> {
  probability: boolean
  fit(training: Training): Fitted
}

/** What is judged beside the others: scores of all rows and words for people. */
export type Entrant = Pick<ModelResult, 'name' | 'title' | 'kind' | 'recipe' | 'params' | 'weights'> &
  Prediction & {
    probability: boolean
    /** Probabilities of rows before they were calibrated on validation; absent where they were not. */
    uncalibrated?: (rows: Int32Array) => Float64Array
    /** How a learned model scores other rows, and the columns that it reads. */
    scorer?: { inputs: string[]; score(table: FeatureTable): Float64Array }
  }
