import type { FeatureTable } from '../../features/table.ts'
import { percentileOf } from '../../math/percentile.ts'
import { type BoostingSettings, fitBoosting, gainShares } from './boosting.ts'
import { type Reading, type Term, termColumns } from './input_terms.ts'
import { once } from './once.ts'
import { residualLink, spikeTarget, targetOf } from './residual.ts'
import { fitRidge } from './ridge.ts'
import { fitScaler, standardise } from './standardise.ts'
import { type FittedVolatility, type LinearPart, linearMatrix, meanOfParts, toFloat } from './volatility_predict.ts'

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

/**
 * Fits on the given rows alone. Terms that are all null or constant there are left out. Recipes that are fitted on one and the
 * same `training` share what they have in common, so it must not be changed in between.
 */
export function fitVolatility(training: TrainingRows, settings: VolatilitySettings): FittedVolatility {
  const { table, rows, labels, tau } = training
  const read = JSON.stringify([settings.readings, settings.terms])
  const all = once(training, read, () => termColumns(table, rows, tau, settings.readings, settings.terms))
  const usable = settings.terms.map((_, j) => isUsable(all[j]))
  const terms = settings.terms.filter((_, j) => usable[j])
  const columns = all.filter((_, j) => usable[j])
  const classify = settings.trees?.objective === 'log_loss'
  const targets = Float64Array.from(rows, row =>
    classify ? labels[row] : targetOf(table.sigma_future[row], tau[table.product[row]]),
  )
  const { l2 } = settings
  const linear = l2 === null ? null : once(training, `ridge ${l2} ${read}`, () => fitLinearPart(columns, targets, l2))
  const monotone = terms.map(term => term.monotone)
  const trees =
    settings.trees === null
      ? null
      : once(training, `trees ${JSON.stringify(settings.trees)} ${read}`, () =>
          fitBoosting(columns.map(toFloat), targets, { ...settings.trees!, monotone }),
        )
  const parts = { readings: settings.readings, terms, linear, trees }
  if (classify) return { ...parts, link: { slope: 1, offset: spikeTarget } }
  const means = meanOfParts(parts, columns, rows.length)
  return { ...parts, link: residualLink(targets.map((target, i) => target - means[i])) }
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
