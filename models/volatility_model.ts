import type { FeatureTable } from '../features/table.ts'
import { type BoostingSettings, boostingScores, type Ensemble, fitBoosting, gainShares } from './boosting.ts'
import { percentileOf } from './percentile.ts'
import { type Link, residualLink, sigmaOf, spikeProbability, spikeTarget, targetOf } from './residual.ts'
import { fitRidge } from './ridge.ts'
import { fitScaler, standardise } from './standardise.ts'
import { type Reading, type Term, termColumns } from './term.ts'

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

export interface VolatilitySettings {
  terms: Term[]
  readings: Reading[]
  /** Penalty of the ridge part; null for none. */
  l2: number | null
  /** Boosting of the tree part; null for none. A `log_loss` is fitted on labels and stands alone. */
  trees: Omit<BoostingSettings, 'monotone' | 'watch'> | null
}

export interface TrainingRows {
  table: FeatureTable
  rows: Int32Array
  labels: Float64Array
  tau: Record<string, number>
}

/** Fits on the given rows alone. Terms that are all null or constant there are left out. */
export function fitVolatility(training: TrainingRows, settings: VolatilitySettings): FittedVolatility {
  const { table, rows, labels, tau } = training
  const all = termColumns(table, rows, tau, settings.readings, settings.terms)
  const usable = settings.terms.map((_, j) => isUsable(all[j]))
  const terms = settings.terms.filter((_, j) => usable[j])
  const columns = all.filter((_, j) => usable[j])
  const classify = settings.trees?.objective === 'log_loss'
  const targets = Float64Array.from(rows, row =>
    classify ? labels[row] : targetOf(table.sigma_future[row], tau[table.product[row]]),
  )
  const linear = settings.l2 === null ? null : fitLinearPart(columns, targets, settings.l2)
  const trees =
    settings.trees === null
      ? null
      : fitBoosting(columns.map(toFloat), targets, { ...settings.trees, monotone: terms.map(term => term.monotone) })
  const parts = { readings: settings.readings, terms, linear, trees }
  if (classify) return { ...parts, link: { slope: 1, offset: spikeTarget } }
  const means = meanOfParts(parts, columns, rows.length)
  return { ...parts, link: residualLink(targets.map((target, i) => target - means[i])) }
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

/** Weight of each term, largest first: of the standardised ridge, else the share of the trees' gain. */
export function explainVolatility({ terms, linear, trees }: FittedVolatility): { feature: string; weight: number }[] {
  const shares = trees === null ? [] : gainShares(trees, terms.length)
  const weights = linear?.weights ?? shares
  const names = [...terms, ...(linear?.indicators ?? []).map(j => ({ name: `${terms[j].name} is null` }))]
  return weights
    .map((weight, j) => ({ feature: names[j].name, weight }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
}

type Parts = Pick<FittedVolatility, 'terms' | 'linear' | 'trees'>

function meanOfParts({ linear, trees }: Parts, columns: Float64Array[], rows: number): Float64Array {
  const fromTrees = trees && boostingScores(trees, columns.map(toFloat), rows)
  const fromLinear = linear && linearMeans(linear, columns, rows)
  if (fromTrees && fromLinear) return fromTrees.map((value, i) => (value + fromLinear[i]) / 2)
  return fromTrees ?? fromLinear ?? new Float64Array(rows)
}

function fitLinearPart(columns: Float64Array[], targets: Float64Array, l2: number): LinearPart {
  const impute = columns.map(column => percentileOf(column, 50))
  const indicators = columns.flatMap((column, j) => (column.some(Number.isNaN) ? [j] : []))
  const matrix = linearMatrix(columns, impute, indicators, targets.length)
  const scaler = fitScaler(matrix, columns.length + indicators.length)
  return { impute, indicators, ...scaler, ...fitRidge(standardise(matrix, scaler), targets, l2) }
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

function linearMatrix(columns: Float64Array[], impute: number[], indicators: number[], rows: number): Float64Array {
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

function isUsable(column: Float64Array): boolean {
  let first = Number.NaN
  for (const value of column) {
    if (Number.isNaN(value)) continue
    if (Number.isNaN(first)) first = value
    else if (value !== first) return true
  }
  return false
}

const toFloat = (column: Float64Array): Float32Array => Float32Array.from(column)
