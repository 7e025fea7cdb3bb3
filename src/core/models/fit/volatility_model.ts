import type { FeatureTable } from '../../features/table.ts'
import { percentileOf } from '../../math/percentile.ts'
import { type BoostingSettings, fitBoosting, gainShares } from './boosting.ts'
import { fitCalibration } from './calibration.ts'
import { type Reading, type Term, termColumns } from './input_terms.ts'
import { type Link, residualLink, spikeTarget, targetOf } from './residual.ts'
import { fitRidge } from './ridge.ts'
import { fitScaler, standardise } from './standardise.ts'
import {
  type FittedVolatility,
  type LinearPart,
  linearMatrix,
  meanOfParts,
  predictVolatility,
  toFloat,
} from './volatility_predict.ts'

export interface VolatilitySettings {
  terms: Term[]
  readings: Reading[]
  /** Penalty of the ridge part; null for none. */
  l2: number | null
  /** Boosting of the tree part; null for none. A `log_loss` is fitted on labels and stands alone. */
  trees: Omit<BoostingSettings, 'monotone' | 'watch'> | null
}

/** Rows with what a fit reads of them. */
interface FittedRows {
  table: FeatureTable
  rows: Int32Array
  labels: Float64Array
  tau: Record<string, number>
}

/** Fits on the given rows alone. Terms that are all null or constant there are left out. */
export function fitVolatility(training: FittedRows, settings: VolatilitySettings): FittedVolatility {
  const { table, rows, labels, tau } = training
  const { readings, l2 } = settings
  const all = termColumns(table, rows, tau, readings, settings.terms)
  const terms = settings.terms.filter((_, j) => isUsable(all[j]))
  const columns = all.filter(isUsable)
  const isOnLabels = settings.trees?.objective === 'log_loss'
  const targets = isOnLabels ? Float64Array.from(rows, row => labels[row]) : targetsOf(training)
  const linear = l2 === null ? null : fitLinearPart(columns, targets, l2)
  const monotone = terms.map(term => term.monotone)
  const trees = settings.trees && fitBoosting(columns.map(toFloat), targets, { ...settings.trees, monotone })
  const parts = { readings, terms, linear, trees }
  return { ...parts, link: isOnLabels ? { slope: 1, offset: spikeTarget } : linkOf(parts, columns, targets) }
}

/** The plain average of a linear model and of trees that were fitted on the same rows and terms. */
export function averageVolatility(
  training: FittedRows,
  { readings, terms, linear }: FittedVolatility,
  { trees }: FittedVolatility,
): FittedVolatility {
  const parts = { readings, terms, linear, trees }
  const columns = termColumns(training.table, training.rows, training.tau, readings, terms)
  return { ...parts, link: linkOf(parts, columns, targetsOf(training)) }
}

/** The model with Platt's calibration on rows that it was not fitted on; null where they allow none. */
export function calibrateVolatility(
  fitted: FittedVolatility,
  { table, rows, labels, tau }: FittedRows,
): FittedVolatility | null {
  const calibration = fitCalibration(
    Float64Array.from(rows, row => labels[row]),
    predictVolatility(fitted, table, rows, tau).probability,
  )
  if (calibration === null) return null
  const { slope, offset } = calibration
  // the same calibration inside the link: both are linear in log odds
  return { ...fitted, link: { slope: slope * fitted.link.slope, offset: slope * fitted.link.offset + offset } }
}

function targetsOf({ table, rows, tau }: FittedRows): Float64Array {
  return Float64Array.from(rows, row => targetOf(table.sigma_future[row], tau[table.product[row]]))
}

function linkOf(parts: Omit<FittedVolatility, 'link'>, columns: Float64Array[], targets: Float64Array): Link {
  const means = meanOfParts(parts, columns, targets.length)
  return residualLink(targets.map((target, i) => target - means[i]))
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

function fitLinearPart(columns: Float64Array[], targets: Float64Array, l2: number): LinearPart {
  const impute = columns.map(column => percentileOf(column, 50))
  const indicators = columns.flatMap((column, j) => (column.some(Number.isNaN) ? [j] : []))
  const matrix = linearMatrix(columns, impute, indicators, targets.length)
  const scaler = fitScaler(matrix, columns.length + indicators.length)
  return { impute, indicators, ...scaler, ...fitRidge(standardise(matrix, scaler), targets, l2) }
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
