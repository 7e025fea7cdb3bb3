import type { FeatureTable } from '../../features/table.ts'
import { boostingScores, type Ensemble } from './ensemble.ts'
import { type Reading, type Term, termColumns } from './input_terms.ts'
import { type Link, sigmaOf, spikeProbability } from './residual.ts'

/** The ridge part: mean = intercept + sum of weights on (x-mean)/scale, x the terms with nulls imputed, then null indicators. */
export interface LinearPart {
  impute: number[]
  /** Indices of the terms with an indicator. */
  indicators: number[]
  mean: number[]
  scale: number[]
  weights: number[]
  intercept: number
}

/** A fitted model of the next minute's volatility: the plain average of its parts, and the link from it to a probability. */
export interface FittedVolatility {
  readings: Reading[]
  terms: Term[]
  linear: LinearPart | null
  trees: Ensemble | null
  link: Link
}

export interface VolatilityPrediction {
  /** P(sigma_future >= tau). */
  probability: Float64Array
  /** Predicted sigma_future. */
  sigma: Float64Array
}

export function predictVolatility(
  fitted: FittedVolatility,
  table: FeatureTable,
  rows: ArrayLike<number>,
  tau: Record<string, number>,
): VolatilityPrediction {
  const columns = termColumns(table, rows, tau, fitted.readings, fitted.terms)
  const means = meanOfParts(fitted, columns, rows.length)
  return {
    probability: means.map(mean => spikeProbability(mean, fitted.link)),
    sigma: means.map((mean, i) => sigmaOf(mean, tau[table.product[rows[i]]])),
  }
}

type Parts = Pick<FittedVolatility, 'terms' | 'linear' | 'trees'>

/** Plain average of the parts there are, one value per row. */
export function meanOfParts({ linear, trees }: Parts, columns: Float64Array[], rows: number): Float64Array {
  const fromTrees = trees && boostingScores(trees, columns.map(toFloat), rows)
  const fromLinear = linear && linearMeans(linear, columns, rows)
  if (fromTrees && fromLinear) return fromTrees.map((value, i) => (value + fromLinear[i]) / 2)
  return fromTrees ?? fromLinear ?? new Float64Array(rows)
}

function linearMeans(part: LinearPart, columns: Float64Array[], rows: number): Float64Array {
  const matrix = linearMatrix(columns, part.impute, part.indicators, rows)
  const width = part.weights.length
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = part.intercept
    for (let j = 0; j < width; j++) sum += (part.weights[j] * (matrix[i * width + j] - part.mean[j])) / part.scale[j]
    return sum
  })
}

/** Row-major matrix of the terms with nulls imputed, then the null indicators. */
export function linearMatrix(
  columns: Float64Array[],
  impute: number[],
  indicators: number[],
  rows: number,
): Float64Array {
  const width = columns.length + indicators.length
  const matrix = new Float64Array(rows * width)
  columns.forEach((column, j) => {
    const indicator = indicators.indexOf(j)
    for (let i = 0; i < rows; i++) {
      const isNull = Number.isNaN(column[i])
      matrix[i * width + j] = isNull ? impute[j] : column[i]
      if (indicator >= 0) matrix[i * width + columns.length + indicator] = isNull ? 1 : 0
    }
  })
  return matrix
}

export const toFloat = (column: Float64Array): Float32Array => Float32Array.from(column)
