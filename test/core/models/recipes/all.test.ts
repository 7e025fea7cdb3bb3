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
