import type { FeatureTable } from '../../features/table.ts'
import { log, square } from '../../math/numeric.ts'
import { type Reading, type Term, termColumns } from './input_terms.ts'
import { residualLink, targetOf } from './residual.ts'
import { type FittedVolatility, meanOfParts } from './volatility_predict.ts'
import { logShare } from './volatility_terms.ts'

/** The baseline, then memories that take over where a longer one is not known yet: as the rule EWMA 120 s reads them. */
const memories = ['volatility_60s', 'ewma_volatility_60s', 'ewma_volatility_120s']

const read = (name: string): Reading => ({ name, log: true, times: 1, per_tau: true, add: logShare })

/** ln(EWMA/tau + .05) as a sum: the shortest memory, then what each longer one adds, 0 where it is null. */
const termsOfBaseline = (readings: Reading[]): Term[] => {
  const places = memories.map(name => readings.findIndex(reading => reading.name === name))
  return memories.map((name, i) => ({
    name: i === 0 ? `baseline: ln ${name} / tau` : `baseline: ln ${name} / ${memories[i - 1]}`,
    of: places[i],
    less: i === 0 ? null : places[i - 1],
    monotone: 0,
  }))
}

interface Rows {
  table: FeatureTable
  rows: ArrayLike<number>
  tau: Record<string, number>
}

/** What the baseline and a model say of ln(sigma_future/tau + .05), and what it turned out to be. */
function saidOf({ table, rows, tau }: Rows, model: FittedVolatility) {
  const readings = memories.map(read)
  const columns = termColumns(table, rows, tau, readings, termsOfBaseline(readings))
  const baseline = Float64Array.from(rows, (_, i) =>
    columns.reduce((sum, column, j) => sum + (Number.isNaN(column[i]) ? imputed[j] : column[i]), 0),
  )
  const means = meanOfParts(model, termColumns(table, rows, tau, model.readings, model.terms), rows.length)
  const target = Float64Array.from(rows, row => targetOf(table.sigma_future[row], tau[table.product[row]]))
  return { correction: means.map((mean, i) => mean - baseline[i]), error: target.map((t, i) => t - baseline[i]) }
}

/** Without any memory the baseline says that the market stands still. */
const imputed = [log(logShare), 0, 0]

/** Rows that no correction counts as much as: ten minutes, and an hour for a bias, which moves with the level of the day. */
const doubtRows = 600
const doubtOfBias = 3600

/**
 * How far a model's corrections of the baseline pay on rows that it was not fitted on, 0 to 1: least squares about their means,
 * drawn to no correction as if ten minutes more had shown none.
 */
export function shareThatPays(rows: Rows, model: FittedVolatility): number {
  const { correction, error } = saidOf(rows, model)
  const n = correction.length
  const [a, b] = [correction, error].map(values => values.reduce((sum, value) => sum + value, 0) / Math.max(n, 1))
  let [both, own] = [0, 0]
  for (let i = 0; i < n; i++) {
    both += (correction[i] - a) * (error[i] - b)
    own += square(correction[i] - a)
  }
  return own > 0 ? Math.min(Math.max(both / own, 0), 1) * (n / (n + doubtRows)) : 0
}

/**
 * A model whose forecast is the baseline, moved by a share of what another one of two parts says beyond it, and by what that is
 * off by on the rows of training: the same arithmetic, so it is saved and written as ONNX like any other.
 */
export function drawToBaseline(training: Rows, model: FittedVolatility, share: number): FittedVolatility {
  const { correction, error } = saidOf(training, model)
  const left = error.map((off, i) => off - share * correction[i])
  const bias = left.reduce((sum, off) => sum + off, 0) / (left.length + doubtOfBias)
  const linear = model.linear!
  const trees = share > 0 ? model.trees! : null
  const parts = trees ? 2 : 1
  const readings = [...model.readings, ...memories.slice(1).map(read)]
  const withBaseline = (own: number[], baseline: number[]) => own.toSpliced(model.terms.length, 0, ...baseline)
  return {
    readings,
    terms: [...model.terms, ...termsOfBaseline(readings)],
    linear: {
      impute: withBaseline(linear.impute, imputed),
      indicators: linear.indicators,
      mean: withBaseline(linear.mean, [0, 0, 0]),
      scale: withBaseline(linear.scale, [1, 1, 1]),
      weights: withBaseline(
        linear.weights.map(weight => share * weight),
        memories.map(() => parts * (1 - share)),
      ),
      intercept: share * linear.intercept + parts * bias,
    },
    trees: trees && {
      base: share * trees.base,
      trees: trees.trees.map(tree => ({ ...tree, value: tree.value.map(value => share * value) })),
    },
    link: residualLink(left.map(off => off - bias)),
  }
}
