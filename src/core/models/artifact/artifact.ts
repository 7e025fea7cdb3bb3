import type { FittedVolatility } from '../fit/volatility_predict.ts'

/**
 * A fitted linear scorer, as it is saved in `model.json`; the same arithmetic is written as ONNX beside it.
 * p = 1/(1+exp(-(intercept + sum_j weights[j]*(x[j]-mean[j])/scale[j]))), where x holds the k inputs with nulls replaced
 * by `impute`, those in `logs` as ln(max(value, 1e-7)), followed by one 0/1 indicator for each input in `indicators` (1 where the value was null).
 */
export interface LinearArtifact {
  format: 'spike60-linear'
  version: 1
  name: string
  spec_version: string
  config_hash: string
  simulated: boolean
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
  /** Label-1 threshold on the probability, picked on validation. */
  threshold: number
  tau: Record<string, number>
  /** Where the fit came from: digest of the features, span of the training rows. */
  trained_on: { digest: string; from: string; to: string; rows: number }
}

/**
 * A fitted volatility model, as it is saved in `model.json`: the plain average of a ridge and of boosted trees on terms relative
 * to tau (either may be absent), and the link to P(sigma_future >= tau). tau is an input: its ONNX graph reads it as the last
 * column, after `inputs`.
 */
export interface VolatilityArtifact extends FittedVolatility {
  format: 'spike60-volatility'
  version: 1
  name: string
  spec_version: string
  config_hash: string
  simulated: boolean
  /** Feature columns it reads: the names of the readings. */
  inputs: string[]
  /** Label-1 threshold on the probability, picked on validation. */
  threshold: number
  tau: Record<string, number>
  trained_on: LinearArtifact['trained_on']
}

export type Artifact = LinearArtifact | VolatilityArtifact
