import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { type FeatureTable, takeRows } from '../../../../src/core/features/table.ts'
import { runExperiment } from '../../../../src/core/models/experiment.ts'
import { walkTraining } from '../../../../src/core/models/judge/training_walk.ts'
import { splitDays } from '../../../../src/core/models/split/days.ts'
import { walkForward } from '../../../../src/core/models/split/walk_forward.ts'
import { describeTraining } from '../../../../src/publish/terminal/train_table.ts'
import { copyTable, syntheticSource, syntheticTable } from '../../../fixtures/synthetic_features.ts'

const base = readConfig()
const config = {
  ...base,
  models: { ...base.models, bootstrap_samples: 100, trees: { ...base.models.trees, rounds: 10 } },
}
const table = syntheticTable(4100, 62)

/** The same rows, ETH-USD without any move: its mid never changes. */
function withStillProduct(): FeatureTable {
  const still = copyTable(table)
  for (let row = 0; row < still.rows; row++) {
    if (still.product[row] !== 'ETH-USD') continue
    for (const name of ['volatility_60s', 'volatility_300s', 'volatility_900s']) still.columns[name][row] *= 0
    still.sigma_future[row] *= 0
  }
  return still
}

test('a training walks forward with its own recipes, each judged second once, all later than the first share', () => {
  const { walk_forward: report, walk_forward_missing } = walkTraining(table, config)
  expect(walk_forward_missing).toBeNull()
  expect(Object.keys(report!.models)).toEqual([
    'persistence',
    'zscore',
    'persistence_300s',
    'ewma_120s',
    'har',
    'logistic',
    'ridge',
    'boosting_regression',
    'average',
    'drawn',
    'ridge_per_product',
  ])
  const folds = [...walkForward(table, { ...config.walk_forward, embargo_s: config.split.embargo_s })]
  expect(report!.folds.map(({ rows }) => rows)).toEqual(folds.map(({ judged }) => judged.length))
  expect(report!.folds.map(({ train_rows }) => train_rows)).toEqual(folds.map(({ train }) => train.length))
  expect(report!.block_s).toBe(1200)
})

test('blocks are doubled until the folds train on few enough rows together; 0 rows switch it off', () => {
  const rows = (most_rows: number) =>
    walkTraining(table, { ...config, walk_forward: { ...config.walk_forward, most_rows } })
  const whole = [...walkForward(table, { ...config.walk_forward, embargo_s: 60 })]
  const together = whole.reduce((sum, { train }) => sum + train.length, 0)
  expect(rows(together).walk_forward!.block_s).toBe(1200)
  const longer = rows(together - 1).walk_forward!
  expect(longer.block_s).toBe(2400)
  expect(longer.folds.reduce((sum, fold) => sum + fold.train_rows, 0)).toBeLessThan(together)
  // cells stay 20 minutes long, whatever the block
  expect(longer.cells).toBeGreaterThan(2)
  expect(rows(10)).toEqual({ walk_forward: null, walk_forward_missing: expect.stringMatching(/more than 10 rows/) })
  expect(rows(0)).toEqual({ walk_forward: null, walk_forward_missing: expect.stringMatching(/switched off/) })
})

test('a file that is too short has no walk-forward, with the reason', () => {
  const short = takeRows(
    table,
    Int32Array.from({ length: 280 }, (_, row) => row),
  )
  expect(walkTraining(short, config)).toEqual({
    walk_forward: null,
    walk_forward_missing: expect.stringMatching(/labelled rows, at least 300/),
  })
})

test('a tau that the config fixes is used in every fold', () => {
  const { walk_forward: report } = walkTraining(table, { ...config, label: { ...config.label, tau: 3e-5 } })
  expect(report!.tau_fixed).toBe(true)
  for (const { tau } of report!.folds) expect(tau).toEqual({ 'BTC-USD': 3e-5, 'ETH-USD': 3e-5 })
})

describe('a product that stands still', () => {
  const still = withStillProduct()

  test('is left out of every fold and named', () => {
    const report = walkTraining(still, config).walk_forward!
    for (const { tau } of report.folds) expect(Object.keys(tau)).toEqual(['BTC-USD'])
    expect(report.skipped).toHaveLength(report.folds.length)
    for (const { why } of report.skipped) expect(why).toMatch(/ETH-USD stood still/)
    expect(report.slices.filter(({ by }) => by === 'product').map(({ name }) => name)).toEqual(['BTC-USD'])
  })

  test('has no tau and no label in a training, which says so', () => {
    const { evaluation, split, labels } = runExperiment(still, syntheticSource, config)
    expect(Object.keys(evaluation.tau)).toEqual(['BTC-USD'])
    expect(evaluation.tau_source).toMatch(/left out: ETH-USD/)
    expect([...split.train, ...split.test].every(row => still.product[row] === 'BTC-USD')).toBe(true)
    expect(labels.every((label, row) => still.product[row] === 'BTC-USD' || Number.isNaN(label))).toBe(true)
    expect(evaluation.audit.checks.find(({ name }) => name === 'products')).toMatchObject({
      verdict: 'warning',
      detail: expect.stringMatching(/^ETH-USD stood still in training/),
    })
  })
})

describe('days', () => {
  const at = (seconds: number[]): FeatureTable => ({
    rows: seconds.length,
    product: seconds.map(() => 'A-USD'),
    time: Float64Array.from(seconds, second => second * 1e6),
    columns: {},
    sigma_future: new Float64Array(seconds.length),
  })
  const midnight = Date.UTC(2026, 0, 6) / 1000

  test('a stretch over midnight belongs to the day in which it began, a later one to its own', () => {
    const seconds = [midnight - 2, midnight - 1, midnight, midnight + 800, midnight + 2000]
    const days = splitDays(at(seconds), 900)
    expect(days.map(({ name, table: { rows } }) => [name, rows])).toEqual([
      ['2026-01-05', 4],
      ['2026-01-06', 1],
    ])
  })

  test('captures of one day are one group, and no row is lost', () => {
    const seconds = [0, 10, 5000, 9000, 86_400 * 3, 86_400 * 3 + 20_000].map(second => midnight + 100 + second)
    const days = splitDays(at(seconds), 900)
    expect(days.map(({ name, table: { rows } }) => [name, rows])).toEqual([
      ['2026-01-06', 4],
      ['2026-01-09', 2],
    ])
    expect(days.flatMap(({ table: { time } }) => [...time])).toEqual(seconds.map(second => second * 1e6))
  })
})

test('the table for a terminal keeps to 120 columns and shows no number that is none', () => {
  const { evaluation } = runExperiment(table, syntheticSource, config)
  const text = describeTraining({ ...evaluation, ...walkTraining(table, config) }, config)
  const beforeAudit = text.slice(0, text.indexOf('\naudit ')).split('\n')
  for (const line of beforeAudit.filter(line => !/^(tau|importance|calibrated) /.test(line)))
    expect(line.length, line).toBeLessThanOrEqual(120)
  expect(text).not.toMatch(/NaN|undefined|Infinity/)
  expect(text).toMatch(/Walk-forward, blocks of 20 minutes/)
})
