import { volatilityFloor } from '../../features/feature.ts'
import type { FeatureTable } from '../../features/table.ts'
import { logAbove } from '../../math/numeric.ts'
import { percentileOfSorted, sortedWithoutNull } from '../../math/percentile.ts'
import type { Candidate } from './logistic_inputs.ts'

/** What a null is replaced by, what is read as a logarithm, and which columns were not usable; seen from training rows only. */
export interface Imputer {
  inputs: string[]
  /** Training median of each input. */
  medians: number[]
  /** Indices into `inputs` of those read as ln(max(x, 1e-7)). */
  logs: number[]
  /** Indices into `inputs` of those that hold a null in training: each gets a 0/1 indicator. */
  indicators: number[]
  /** Columns left out: all null or constant in training. */
  dropped: { name: string; why: string }[]
}

/** Medians and indicators of the candidate columns over the rows `train`; what tells rows nothing is dropped and named. */
export function fitImputer(table: FeatureTable, train: ArrayLike<number>, candidates: Candidate[]): Imputer {
  const imputer: Imputer = { inputs: [], medians: [], logs: [], indicators: [], dropped: [] }
  for (const { name, log } of candidates) {
    const column = table.columns[name]
    const sorted = sortedWithoutNull(Float64Array.from(train, row => column[row]))
    if (sorted.length === 0) {
      imputer.dropped.push({ name, why: 'all null in training' })
      continue
    }
    if (sorted[0] === sorted[sorted.length - 1]) {
      imputer.dropped.push({ name, why: `constant in training (${sorted[0]})` })
      continue
    }
    if (sorted.length < train.length) imputer.indicators.push(imputer.inputs.length)
    if (log) imputer.logs.push(imputer.inputs.length)
    imputer.inputs.push(name)
    imputer.medians.push(percentileOfSorted(sorted, 50))
  }
  return imputer
}

/** Row-major matrix [rows.length, inputs + indicators]: values with nulls replaced and logarithms taken, then the indicators. */
export function designMatrix(table: FeatureTable, rows: ArrayLike<number>, imputer: Imputer): Float64Array {
  const { inputs, medians, logs, indicators } = imputer
  const width = inputs.length + indicators.length
  const matrix = new Float64Array(rows.length * width)
  inputs.forEach((name, j) => {
    const column = table.columns[name]
    const indicator = indicators.indexOf(j)
    const log = logs.includes(j)
    for (let i = 0; i < rows.length; i++) {
      const value = column[rows[i]]
      const isNull = Number.isNaN(value)
      const filled = isNull ? medians[j] : value
      matrix[i * width + j] = log ? logAbove(filled, volatilityFloor) : filled
      if (indicator >= 0) matrix[i * width + inputs.length + indicator] = isNull ? 1 : 0
    }
  })
  return matrix
}
