import { volatilityFloor } from '../../features/feature.ts'
import { featureIndex } from '../../features/spec.ts'
import { everyRow, type FeatureTable } from '../../features/table.ts'
import { exp, logAbove } from '../../math/numeric.ts'
import type { FittedLinear } from '../fit/linear.ts'
import { predictVolatility } from '../fit/volatility_predict.ts'
import type { Artifact, LinearArtifact } from './artifact.ts'

/** Probability of a spike in the next 60 s for the given rows, from the columns that the artifact names; NaN is null. */
export function scoreLinear(artifact: FittedLinear, table: FeatureTable, rows: ArrayLike<number>): Float64Array {
  const columns = artifact.inputs.map(name => table.columns[name])
  const values = new Float64Array(columns.length)
  const score = scorerOfInputs(artifact)
  return Float64Array.from(rows, row => {
    for (let j = 0; j < columns.length; j++) values[j] = columns[j][row]
    return score(values)
  })
}

/**
 * Probability of a spike for each row, whatever kind of model it is; each product's tau is the artifact's.
 * @example
 * const probability = scoreRows(loadModel('models/artifacts/average'), table)
 */
export function scoreRows(artifact: Artifact, table: FeatureTable): Float64Array {
  const rows = everyRow(table)
  if (artifact.format === 'spike60-linear') return scoreLinear(artifact, table, rows)
  return predictVolatility(artifact, table, rows, artifact.tau).probability
}

/**
 * A function that scores one row of all features, as the engine gives it.
 * @returns takes the values in the order of the spec, gives the probability.
 */
export function rowScorer(artifact: LinearArtifact): (row: ArrayLike<number>) => number {
  const places = Uint16Array.from(artifact.inputs, featureIndex)
  const values = new Float64Array(places.length)
  const score = scorerOfInputs(artifact)
  return row => {
    for (let j = 0; j < places.length; j++) values[j] = row[places[j]]
    return score(values)
  }
}

/** Scores the k inputs in the artifact's own order. */
function scorerOfInputs(artifact: FittedLinear): (values: Float64Array) => number {
  const k = artifact.inputs.length
  const impute = Float64Array.from(artifact.impute)
  const mean = Float64Array.from(artifact.mean)
  const scale = Float64Array.from(artifact.scale)
  const weights = Float64Array.from(artifact.weights)
  const isLog = Uint8Array.from({ length: k }, (_, j) => (artifact.logs.includes(j) ? 1 : 0))
  const indicatorOf = new Int32Array(k).fill(-1)
  artifact.indicators.forEach((input, i) => {
    indicatorOf[input] = k + i
  })
  const { intercept } = artifact
  return values => {
    let logit = intercept
    for (let j = 0; j < k; j++) {
      const isNull = Number.isNaN(values[j])
      const filled = isNull ? impute[j] : values[j]
      const x = isLog[j] === 1 ? logAbove(filled, volatilityFloor) : filled
      logit += (weights[j] * (x - mean[j])) / scale[j]
      const indicator = indicatorOf[j]
      if (indicator >= 0) logit += (weights[indicator] * ((isNull ? 1 : 0) - mean[indicator])) / scale[indicator]
    }
    return 1 / (1 + exp(-logit))
  }
}
