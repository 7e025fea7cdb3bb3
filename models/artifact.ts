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
