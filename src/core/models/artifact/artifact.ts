import type { FittedLinear } from '../fit/linear.ts'
import type { FittedVolatility } from '../fit/volatility_predict.ts'

/** What every model says of itself in `model.json`: its name, what it reads and where it comes from. */
export interface Provenance {
  version: 1
  name: string
  spec_version: string
  config_hash: string
  simulated: boolean
  /** Feature columns it reads. */
  inputs: string[]
  /** Label-1 threshold on the probability, picked on validation. */
  threshold: number
  tau: Record<string, number>
  /** The training rows: digest of the file's features, times of the first and the last row, number. */
  trained_on: { digest: string; from: string; to: string; rows: number }
}

/** A fitted linear scorer, as it is saved in `model.json`; the same arithmetic is written as ONNX beside it. */
export interface LinearArtifact extends FittedLinear, Provenance {
  format: 'spike60-linear'
}

/**
 * A fitted volatility model, as it is saved in `model.json`: the plain average of a ridge and of boosted trees on terms relative
 * to tau (either may be absent), and the link to P(sigma_future >= tau). tau is an input: its ONNX graph reads it as the last
 * column, after `inputs`.
 */
export interface VolatilityArtifact extends FittedVolatility, Provenance {
  format: 'spike60-volatility'
}

/** A saved model of any kind, as `parseArtifact` reads it and `rowScorer` takes it. */
export type Artifact = LinearArtifact | VolatilityArtifact
