import type { FeatureTable } from '../../features/table.ts'
import { designMatrix, fitImputer } from './impute.ts'
import { fitLogistic } from './logistic.ts'
import type { Candidate } from './logistic_inputs.ts'
import { fitScaler, standardise } from './standardise.ts'

/**
 * A fitted linear scorer: p = 1/(1+exp(-(intercept + sum_j weights[j]*(x[j]-mean[j])/scale[j]))), where x holds the k inputs with
 * nulls replaced by `impute`, those in `logs` as ln(max(value, 1e-7)), followed by one 0/1 indicator for each input in
 * `indicators` (1 where the value was null).
 */
export interface FittedLinear {
  /** Feature columns it reads, k of them. */
  inputs: string[]
  /** Training median of each input, length k. */
  impute: number[]
  /** Indices into `inputs` of those that are read as ln(max(value, 1e-7)), after nulls are replaced. */
  logs: number[]
  /** Indices into `inputs`, m of them. */
  indicators: number[]
  /** Length k + m each. */
  mean: number[]
  scale: number[]
  weights: number[]
  intercept: number
}

/** Imputer and scaler of the training rows: all that a linear artifact learns before its weights. */
export function fitPreparation(table: FeatureTable, train: ArrayLike<number>, candidates: Candidate[]) {
  const imputer = fitImputer(table, train, candidates)
  const matrix = designMatrix(table, train, imputer)
  const scaler = fitScaler(matrix, imputer.inputs.length + imputer.indicators.length)
  return { imputer, matrix, scaler }
}

/** Fits the logistic model on the training rows alone. `dropped` names candidates that training says nothing about. */
export function fitLinear(
  table: FeatureTable,
  train: ArrayLike<number>,
  labels: Float64Array,
  candidates: Candidate[],
  l2: number,
): { fitted: FittedLinear; iterations: number; dropped: { name: string; why: string }[] } {
  const { imputer, matrix, scaler } = fitPreparation(table, train, candidates)
  const y = Uint8Array.from(train, row => labels[row])
  const { weights, intercept, iterations } = fitLogistic(standardise(matrix, scaler), y, { l2 })
  const { inputs, medians, logs, indicators, dropped } = imputer
  return { fitted: { inputs, impute: medians, logs, indicators, ...scaler, weights, intercept }, iterations, dropped }
}

/** Names of the standardised inputs: the features, `ln <feature>` where its logarithm is read, then `<feature> is null`. */
export function weightNames({ inputs, logs, indicators }: FittedLinear): string[] {
  return [
    ...inputs.map((input, j) => (logs.includes(j) ? `ln ${input}` : input)),
    ...indicators.map(input => `${inputs[input]} is null`),
  ]
}
