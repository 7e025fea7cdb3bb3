import { expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { everyRow } from '../../../../src/core/features/table.ts'
import { fitAll, recipesOf } from '../../../../src/core/models/recipes/all.ts'
import { labelRows } from '../../../../src/core/models/split/label.ts'
import { splitByTime } from '../../../../src/core/models/split/split.ts'
import { tauFromTraining } from '../../../../src/core/models/split/tau.ts'
import { syntheticTable } from '../../../fixtures/synthetic_features.ts'

const config = readConfig()
const settings = { ...config.models, trees: { ...config.models.trees, rounds: 10 } }
const table = syntheticTable(3000)
const { train: rows, test: judged } = splitByTime(table, config.split)
const { tau } = tauFromTraining(table, rows, 90)
const training = { table, rows, labels: labelRows(table, tau), tau, settings }

test('a recipe fitted beside the others gives what it gives alone, to the last bit', () => {
  const all = recipesOf('captures_walk')
  const together = fitAll(all, training)
  for (const recipe of all)
    expect(recipe.fit(training).predict(table, judged), recipe.name).toEqual(
      together[recipe.name].predict(table, judged),
    )
})

test('calibrating makes another model and leaves the first as it was', () => {
  const { har } = fitAll(recipesOf('training'), training)
  const before = har.predict(table, judged)
  const calibrated = har.calibrate!({ ...training, rows: everyRow(table).filter(row => training.labels[row] >= 0) })!
  expect(calibrated.params.calibrated_on).toBe('validation')
  expect(calibrated.predict(table, judged).score).not.toEqual(before.score)
  expect(calibrated.predict(table, judged).sigma).toEqual(before.sigma)
  expect(har.predict(table, judged)).toEqual(before)
  const calm = { ...training, rows: everyRow(table).filter(row => training.labels[row] === 0) }
  expect(har.calibrate!(calm)).toBeNull()
})

test('a rule gives the lowest score to a row of which it knows nothing', () => {
  const blank = Object.fromEntries(Object.keys(table.columns).map(name => [name, Float64Array.of(Number.NaN)]))
  const row = {
    rows: 1,
    product: ['BTC-USD'],
    time: Float64Array.of(0),
    columns: blank,
    sigma_future: Float64Array.of(0),
  }
  const rules = recipesOf('training').filter(({ probability }) => !probability)
  expect(rules.map(rule => [rule.name, rule.fit(training).predict(row, [0]).score[0]])).toEqual([
    ['persistence', 0],
    ['zscore', -30],
    ['persistence_300s', 0],
    ['ewma_120s', 0],
  ])
})

test('the fits and what they say are these, to nine digits', () => {
  const fitted = fitAll(recipesOf('captures_walk'), training)
  const some = [judged[0], judged[100], judged[400], judged[judged.length - 1]]
  const digits = (values: ArrayLike<number> | null): string => Array.from(values ?? [], x => x.toPrecision(9)).join(' ')
  const told = Object.entries(fitted).map(([name, model]) => {
    const { score, sigma } = model.predict(table, some)
    const largest = model.weights.slice(0, 2).map(({ feature, weight }) => `${feature} ${weight.toPrecision(6)}`)
    return [
      `${name}: ${digits(score)}`,
      digits(sigma?.map(x => x * 1e6) ?? null),
      ...largest,
      JSON.stringify(model.params),
    ].join(' | ')
  })
  expect(told).toMatchInlineSnapshot(`
    [
      "persistence: 1.32239258 0.110617180 0.429754197 0.137411603 | 71.9436548 6.01803454 23.3804152 7.31270686 | {"input":"volatility_60s"}",
      "zscore: 2.24690294 -0.797734660 0.240401475 -0.934557725 |  | {"input":"volatility_zscore_900s"}",
      "persistence_300s: 0.844204930 0.730662925 0.258747930 0.896455062 | 45.9282584 39.7511012 14.0769632 47.7071290 | {"input":"volatility_300s, volatility_60s"}",
      "ewma_120s: 0.883641152 0.666862818 0.413398286 0.760050611 | 48.0737528 36.2801101 22.4905856 40.4480204 | {"input":"ewma_volatility_120s, ewma_volatility_60s, volatility_60s"}",
      "har: 0.153758953 0.0520621990 0.0435104286 0.0505807492 | 24.6499857 13.6141828 12.3388864 13.1088442 | ln volatility_300s / volatility_900s 0.227124 | ln volatility_60s / volatility_300s 0.179814 | {"terms":3,"calibrated_on":"residuals only"}",
      "logistic: 0.000491966465 0.00211340875 0.000533570621 0.00265643192 |  | ewma_volatility_60s is null -4.70475 | ln volatility_300s 3.18375 | {"l2":1,"inputs":"volatility_60s, volatility_300s, volatility_900s, har_5m, har_15m, ewma_volatility_60s, ewma_volatility_120s, mean_abs_return_300s, parkinson_300s, volatility_of_volatility_300s, ticks_60s, ticks_300s, mid_changes_60s, spread_mean_300s, mark_5m_ahead, mark_15m_ahead","indicators":14,"newton_steps":11,"calibrated_on":"training, by its own log loss"}",
      "ridge: 0.0999713679 0.0608262721 0.0418160938 0.0542097812 | 19.9388680 15.3376244 12.5738778 14.1179255 | ln mid_changes_300s / ticks_300s 0.126765 | ln volatility_300s / volatility_900s 0.0972166 | {"l2":1000,"terms":11,"calibrated_on":"residuals only"}",
      "boosting_regression: 0.100322380 0.0832550228 0.0402108051 0.0832550228 | 20.0004364 18.1224294 12.3368140 17.7271566 | ln volatility_300s / volatility_900s 0.446459 | ln parkinson_300s / volatility_300s 0.298155 | {"rounds":10,"leaves":4,"learning_rate":0.05,"least_rows":300,"terms":11,"calibrated_on":"residuals only"}",
      "boosting_classifier: 0.136351125 0.0666874455 0.0758201347 0.0666874455 |  | ln volatility_300s / volatility_900s 0.367536 | ln volatility_60s / tau 0.247059 | {"rounds":10,"leaves":4,"learning_rate":0.05,"least_rows":300,"terms":11,"calibrated_on":"residuals only"}",
      "average: 0.0978089522 0.0692215625 0.0395517270 0.0653408433 | 19.9696313 16.6801233 12.4548830 15.8347114 | ln mid_changes_300s / ticks_300s 0.126765 | ln volatility_300s / volatility_900s 0.0972166 | {"l2":1000,"rounds":10,"leaves":4,"learning_rate":0.05,"least_rows":300,"terms":11,"calibrated_on":"residuals only"}",
      "average_per_product: 0.0623638585 0.0785451504 0.0527776936 0.0499703263 | 16.6659921 18.6817237 15.3445189 14.7983446 | {}",
    ]
  `)
})
