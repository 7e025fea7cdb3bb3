import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { walkGroups } from '../../../../src/core/models/judge/walk_blocks.ts'
import { judgeWalk } from '../../../../src/core/models/judge/walk_forward.ts'
import { average } from '../../../../src/core/models/recipes/average.ts'
import { rules } from '../../../../src/core/models/recipes/rules.ts'
import { labelledRows } from '../../../../src/core/models/split/split.ts'
import { tauFromTraining } from '../../../../src/core/models/split/tau.ts'
import { walkForward } from '../../../../src/core/models/split/walk_forward.ts'
import { describeWalk } from '../../../../src/publish/terminal/walk_table.ts'
import { syntheticTable } from '../../../fixtures/synthetic_features.ts'

const start = 1_767_571_200

/** Sessions of one or two products with silences, each second labelled or not. */
const sessions = fc.array(
  fc.record({ silence: fc.nat(4000), length: fc.integer({ min: 1, max: 1500 }), both: fc.boolean() }),
  { minLength: 1, maxLength: 6 },
)

function tableOf(parts: { silence: number; length: number; both: boolean }[]): FeatureTable {
  const rows: { product: string; time: number; sigma: number }[] = []
  let second = start
  for (const { silence, length, both } of parts) {
    second += silence
    for (let i = 0; i < length; i++, second++)
      for (const product of both ? ['A-USD', 'B-USD'] : ['A-USD'])
        rows.push({ product, time: second * 1e6, sigma: i % 7 === 3 ? Number.NaN : i })
  }
  rows.sort((a, b) => (a.product < b.product ? -1 : a.product > b.product ? 1 : a.time - b.time))
  return {
    rows: rows.length,
    product: rows.map(({ product }) => product),
    time: Float64Array.from(rows, ({ time }) => time),
    columns: {},
    sigma_future: Float64Array.from(rows, ({ sigma }) => sigma),
  }
}

test('no fitted label reaches a judged row, and each second after the first share is judged once', () => {
  fc.assert(
    fc.property(sessions, fc.integer({ min: 0, max: 300 }), (parts, embargo_s) => {
      const table = tableOf(parts)
      const folds = [...walkForward(table, { first: 0.4, block_s: 1200, embargo_s })]
      const labelled = labelledRows(table)
      const judged: number[] = []
      for (const { train, judged: rows, from, purged } of folds) {
        expect(rows.length).toBeGreaterThan(0)
        for (const row of train) expect(table.time[row] + (60 + embargo_s) * 1e6).toBeLessThan(from)
        for (const row of rows) {
          expect(table.time[row]).toBeGreaterThanOrEqual(from)
          expect(table.time[row]).toBeLessThan(from + 1200e6)
        }
        expect(train.length + purged).toBe(labelled.filter(row => table.time[row] < from).length)
        judged.push(...rows)
      }
      expect(new Set(judged).size).toBe(judged.length)
      const seconds = [...new Set(Array.from(labelled, row => table.time[row]))].sort((a, b) => a - b)
      const first = seconds[Math.floor(seconds.length * 0.4 + 1e-9)]
      expect(judged.length).toBe(labelled.filter(row => table.time[row] >= first).length)
    }),
    { numRuns: 60 },
  )
})

const config = readConfig()
const table = syntheticTable(5400, 61)
const settings = { ...config.walk_forward, embargo_s: 60, percentile: 90, models: config.models }
const recipes = [...rules, average]

test('tau, fit and score of a fold depend on nothing from its block on', () => {
  const [first] = walkGroups([{ name: 'a', table }], recipes, settings).folds
  const [fold] = walkForward(table, settings)
  expect(first.tau).toEqual(tauFromTraining(table, fold.train, 90).tau)
  const changed = { ...table, sigma_future: table.sigma_future.slice() }
  for (let row = 0; row < table.rows; row++)
    if (table.time[row] + 60e6 >= fold.from && !Number.isNaN(table.sigma_future[row]))
      changed.sigma_future[row] = 1e-3 * (row % 5)
  const [again] = walkGroups([{ name: 'a', table: changed }], recipes, settings).folds
  expect(first.models.map(({ name }) => name)).toEqual(recipes.map(({ name }) => name))
  for (const [i, { score }] of first.models.entries()) {
    expect(score.length).toBeGreaterThan(1000)
    expect(again.models[i].score).toEqual(score)
  }
})

test('the report gives every pooled figure, its table shows prevalence and references', () => {
  const walked = walkGroups(
    [
      { name: 'a', table },
      { name: 'b', table: { ...table, rows: 0 } },
    ],
    recipes,
    settings,
  )
  expect(walked.skipped).toEqual([{ group: 'b', why: '0 labelled rows, at least 300 are needed' }])
  const report = judgeWalk(walked, { ...settings, models: { ...config.models, bootstrap_samples: 100 } })
  const { average: recipe, ewma_120s, persistence } = report.models
  expect(report.folds.reduce((sum, { rows }) => sum + rows, 0)).toBe(report.rows)
  expect(recipe.lift.persistence.value).toBeCloseTo(recipe.pr_auc! / persistence.pr_auc!, 12)
  expect(recipe.lift.persistence.low!).toBeLessThan(recipe.lift.persistence.high!)
  expect(ewma_120s.rmse_ratio!.value).toBe(1)
  expect(recipe.within_top10).toBeGreaterThan(0)
  expect(recipe.alarms.false_alarms).toBeLessThanOrEqual(6 * recipe.alarms.hours)
  expect(describeWalk(report)).toMatch(/prevalence 0\.\d+[\s\S]*average +0\.\d+[\s\S]*chance +0\.\d+/)
})
