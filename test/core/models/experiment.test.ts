import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { specVersion } from '../../../src/core/features/spec.ts'
import type { FeatureTable } from '../../../src/core/features/table.ts'
import { takeRows } from '../../../src/core/features/table.ts'
import { percentileOf } from '../../../src/core/math/percentile.ts'
import { runExperiment } from '../../../src/core/models/experiment.ts'
import { copyTable, syntheticSource, syntheticTable } from '../../fixtures/synthetic_features.ts'

const config = readConfig()
const table = syntheticTable(4000)

test('two runs on the same rows give the same evaluation, byte for byte', () => {
  const text = JSON.stringify(runExperiment(table, syntheticSource, config).evaluation)
  expect(JSON.stringify(runExperiment(table, syntheticSource, config).evaluation)).toBe(text)
})

test('nothing that is fitted moves when everything after training is changed', () => {
  const first = runExperiment(table, syntheticSource, config)
  const changed = copyTable(table)
  for (let row = 0; row < table.rows; row++) {
    if (table.time[row] < first.split.validationFrom) continue
    for (const column of Object.values(changed.columns)) column[row] = 3 * column[row] + 1
    changed.sigma_future[row] *= 5
  }
  const second = runExperiment(changed, syntheticSource, config)
  const [before, after] = [first, second].map(({ artifacts }) => artifacts.find(({ name }) => name === 'logistic')!)
  const { threshold: _, trained_on: __, ...fitted } = before
  expect(after).toMatchObject(fitted)
  const figures = ({ evaluation }: typeof first) => evaluation.splits.test.models.logistic
  expect(figures(second)).not.toEqual(figures(first))
})

test('tau is the percentile of training sigma, one a product, and its share of spikes follows', () => {
  const { tau, split, evaluation } = runExperiment(table, syntheticSource, config)
  for (const product of ['BTC-USD', 'ETH-USD']) {
    const sigma = Float64Array.from(split.train)
      .filter(row => table.product[row] === product)
      .map(row => table.sigma_future[row])
    expect(tau.tau[product]).toBe(percentileOf(sigma, 90))
  }
  expect(evaluation.splits.train.prevalence).toBeCloseTo(0.1, 2)
})

test('every model is printed beside prevalence and baselines; baselines have no probability metrics, with the reason', () => {
  const { models, splits } = runExperiment(table, syntheticSource, config).evaluation
  expect(Object.keys(models)).toEqual(Object.keys(splits.test.models))
  expect(Object.keys(models)).toEqual([
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
  ])
  for (const { kind, name, pr_auc_low, pr_auc_high, brier, degenerate } of Object.values(splits.test.models)) {
    expect(pr_auc_low).toBeLessThan(pr_auc_high!)
    const isRule = kind === 'baseline' && name !== 'har'
    expect(brier === null).toBe(isRule)
    if (isRule) expect(degenerate.brier).toMatch(/not a probability/)
  }
})

test('each model says by which version, rows and settings it was made, and the evaluation says the same of the rows', () => {
  const { artifacts, evaluation, split, tau } = runExperiment(table, syntheticSource, config)
  const { from, to, rows } = evaluation.splits.train
  const { digest, simulated, config_hash } = syntheticSource
  expect(artifacts.length).toBeGreaterThan(3)
  for (const artifact of artifacts)
    expect(artifact).toMatchObject({
      ...{ version: 1, spec_version: specVersion, config_hash, simulated, tau: tau.tau },
      trained_on: { digest: digest.found, from, to, rows },
    })
  const known = table.sigma_future.filter(sigma => !Number.isNaN(sigma)).length
  expect(evaluation.source).toMatchObject({ rows: table.rows, labelled: known, products: ['BTC-USD', 'ETH-USD'] })
  expect(evaluation.splits).toMatchObject({ purged_rows: split.purged, embargo_s: config.split.embargo_s })
  expect(split.train.length + split.validation.length + split.test.length + split.purged).toBe(known)
})

test('one class only in training is refused', () => {
  const flat = { ...table, sigma_future: table.sigma_future.map(sigma => (Number.isNaN(sigma) ? sigma : 1e-5)) }
  expect(() => runExperiment(flat, syntheticSource, config)).toThrow(expect.objectContaining({ code: 'ONE_CLASS' }))
})

test('no spike in test is a degenerate segment: what needs one is null with its reason, the rest is printed', () => {
  const first = runExperiment(table, syntheticSource, config)
  const calm = copyTable(table)
  for (const row of first.split.test) calm.sigma_future[row] = 1e-9
  const { splits } = runExperiment(calm, syntheticSource, config).evaluation
  expect(splits.test.degenerate).toMatch(/one class only/)
  const { pr_auc, pr_auc_low, roc_auc, f1, brier, degenerate } = splits.test.models.logistic
  expect([pr_auc, pr_auc_low, roc_auc, f1]).toEqual([null, null, null, null])
  expect(brier).toBeGreaterThanOrEqual(0)
  for (const name of ['pr_auc', 'pr_auc_low', 'pr_auc_high', 'roc_auc', 'f1', 'precision', 'recall'])
    expect(degenerate[name]).toMatch(/no spike/)
})

test('eleven minutes leave validation empty: it is degenerate, and the threshold is picked on training', () => {
  const short = syntheticTable(640, 3)
  const { models, splits } = runExperiment(short, syntheticSource, config).evaluation
  expect(splits.validation).toMatchObject({ rows: 0, degenerate: expect.stringMatching(/no row/) })
  expect(models.logistic.params.threshold_picked_on).toBe('train')
  expect(splits.validation.models.logistic.degenerate.pr_auc).toBe('no row')
  expect(splits.test.rows).toBeGreaterThan(0)
})

test('columns that training knows nothing of are dropped and named, nulls get an indicator', () => {
  const holed: FeatureTable = copyTable(table)
  holed.columns.spread_mean_300s.fill(Number.NaN)
  holed.columns.ticks_300s.fill(4)
  for (let row = 0; row < 500; row++) holed.columns.ticks_60s[row] = Number.NaN
  const { evaluation } = runExperiment(holed, syntheticSource, config)
  expect(evaluation.dropped).toEqual([
    'ticks_300s (constant in training (4))',
    'spread_mean_300s (all null in training)',
  ])
  expect(evaluation.models.logistic.params.inputs).not.toContain('spread_mean_300s')
  expect(evaluation.imputed).toContain('ticks_60s')
  expect(evaluation.models.logistic.weights.map(({ feature }) => feature)).toContain('ticks_60s is null')
})

test('a product that is not in training is left out, and too few rows are refused', () => {
  const late = takeRows(
    table,
    Array.from({ length: table.rows }, (_, row) => row).filter(
      row => table.product[row] === 'BTC-USD' || table.time[row] > table.time[3700],
    ),
  )
  const { tau, split } = runExperiment(late, syntheticSource, config)
  expect(Object.keys(tau.tau)).toEqual(['BTC-USD'])
  expect(Array.from(split.test).every(row => late.product[row] === 'BTC-USD')).toBe(true)
  const few = takeRows(
    table,
    Int32Array.from({ length: 350 }, (_, i) => i),
  )
  expect(() => runExperiment(few, syntheticSource, config)).not.toThrow()
  const fewer = { ...few, sigma_future: few.sigma_future.fill(Number.NaN, 299) }
  expect(() => runExperiment(fewer, syntheticSource, config)).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }))
})
