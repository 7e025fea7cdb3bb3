import { beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../config.ts'
import { digestOf } from '../../../features/digest.ts'
import type { FeatureTable } from '../../../features/table.ts'
import { type AuditInput, auditTraining } from '../../../models/audit.ts'
import { runExperiment } from '../../../models/experiment.ts'
import { fitPreparation } from '../../../models/fit.ts'
import { labelRows } from '../../../models/label.ts'
import { logisticInputs } from '../../../models/recipe.ts'
import { labelledRows } from '../../../models/split.ts'
import { tauFromTraining } from '../../../models/tau.ts'
import { copyTable, syntheticTable } from '../synthetic.ts'

const config = readConfig()
let table: FeatureTable
let honest: AuditInput

beforeAll(() => {
  table = syntheticTable(4000)
  honest = auditInput(table)
})

function auditInput(rows: FeatureTable): AuditInput {
  const digest = digestOf(rows)
  const source = { file: 'x.parquet', digest, simulated: true, config_hash: 'x' }
  const { split, labels, tau, artifact, evaluation } = runExperiment(rows, source, config)
  return {
    table: rows,
    digest: { stated: digest, found: digest },
    split,
    segments: evaluation.splits,
    labels,
    tau: tau.tau,
    percentile: 90,
    artifact,
    embargo_s: 60,
    perturbation: 'passed',
  }
}

function verdicts(input: AuditInput): Record<string, string> {
  return Object.fromEntries(auditTraining(input).checks.map(({ name, verdict }) => [name, verdict]))
}

const allPassed = {
  digest: 'passed',
  spans: 'passed',
  tau: 'passed',
  labels: 'passed',
  imputer_and_scaler: 'passed',
  own_columns: 'passed',
  perturbation: 'passed',
  single_feature: 'passed',
}

test('an honest run passes every check', () => {
  expect(honest.segments.train.degenerate).toBeNull()
  expect(verdicts(honest)).toEqual(allPassed)
  expect(auditTraining(honest).passed).toBe(true)
})

describe('a planted leak fails the check that is there for it, and the run', () => {
  function expectFailed(input: AuditInput, name: string): void {
    expect(verdicts(input)[name]).toBe('failed')
    expect(auditTraining(input).passed).toBe(false)
  }

  test('tau from all rows', () => {
    const { tau } = tauFromTraining(table, labelledRows(table), 90)
    expectFailed({ ...honest, tau, labels: labelRows(table, tau) }, 'tau')
  })

  test('scaler and medians from all rows', () => {
    const { imputer, scaler } = fitPreparation(table, labelledRows(table), logisticInputs)
    const { inputs, logs, indicators } = imputer
    expectFailed(
      { ...honest, artifact: { inputs, logs, indicators, impute: imputer.medians, ...scaler } },
      'imputer_and_scaler',
    )
  })

  test('no purge between training and validation', () => {
    const last = Math.max(...honest.split.train)
    const unpurged = Int32Array.from([...honest.split.train, last + 1])
    expectFailed({ ...honest, split: { ...honest.split, train: unpurged } }, 'spans')
  })

  test('a row in two segments', () => {
    const test = Int32Array.from([honest.split.train[0], ...honest.split.test])
    expectFailed({ ...honest, split: { ...honest.split, test } }, 'spans')
  })

  test('labels of another threshold', () => {
    const labels = labelRows(table, { ...honest.tau, 'BTC-USD': honest.tau['BTC-USD'] / 2 })
    expectFailed({ ...honest, labels }, 'labels')
  })

  test('a feature that holds the label, or its opposite', () => {
    for (const sign of [1, -1]) {
      const leaking = copyTable(table)
      leaking.columns.ticks_60s = table.sigma_future.map(sigma => sign * sigma)
      expectFailed({ ...honest, table: leaking }, 'single_feature')
    }
  })

  test('a mid column that was altered, a return, a volatility, a future', () => {
    const change: ((copy: FeatureTable) => void)[] = [
      copy => {
        copy.columns.mid[700] *= 1.0001
      },
      copy => {
        copy.columns.return_1s[700] = 0
      },
      copy => {
        copy.columns.volatility_60s.set(table.columns.volatility_60s.subarray(61), 0)
      },
      copy => {
        copy.sigma_future[700] *= 1.1
      },
      copy => {
        copy.sigma_future[700] = Number.NaN
      },
    ]
    for (const alter of change) {
      const altered = copyTable(table)
      alter(altered)
      expectFailed({ ...honest, table: altered }, 'own_columns')
    }
  })

  test('one second twice', () => {
    const twice = copyTable(table)
    twice.time[700] = twice.time[699]
    expectFailed({ ...honest, table: twice }, 'own_columns')
  })

  test('features changed after they were written, or whose own leak test failed', () => {
    expectFailed({ ...honest, digest: { stated: 'a', found: 'b' } }, 'digest')
    expectFailed({ ...honest, perturbation: 'failed' }, 'perturbation')
  })
})

test('what cannot be looked at is a warning, not a failure', () => {
  const input = { ...honest, digest: { stated: undefined, found: 'b' }, perturbation: undefined }
  expect(verdicts(input)).toEqual({ ...allPassed, digest: 'warning', perturbation: 'warning' })
  expect(auditTraining(input).passed).toBe(true)
})

test('a feature above .98 on a degenerate segment only is a warning', () => {
  const leaking = copyTable(table)
  for (const row of honest.split.test) leaking.columns.ticks_60s[row] = table.sigma_future[row]
  const test = { ...honest.segments.test, degenerate: '2 episodes, below 5' }
  const input = { ...honest, table: leaking, segments: { ...honest.segments, test } }
  expect(verdicts(input).single_feature).toBe('warning')
})

test('silences and session resets do not trouble the recomputation', () => {
  const holed = syntheticTable(
    6000,
    7,
    ['BTC-USD'],
    [
      [500, 505],
      [900, 940],
      [2000, 2950],
    ],
  )
  expect(verdicts(auditInput(holed)).own_columns).toBe('passed')
})

test('a fixed tau is not compared with training, and is said to be fixed', () => {
  const fixed = { ...config, label: { ...config.label, tau: { 'BTC-USD': 4e-5, 'ETH-USD': 5e-5 } } }
  const { tau, evaluation } = runExperiment(table, { file: 'x', simulated: true, config_hash: 'x' }, fixed)
  expect(tau.tau).toEqual(fixed.label.tau)
  expect(evaluation.tau_source).toMatch(/fixed in the config/)
  expect(evaluation.audit.checks.find(({ name }) => name === 'tau')?.detail).toMatch(/^fixed/)
  const partly = { ...config, label: { ...config.label, tau: { 'BTC-USD': 4e-5 } } }
  expect(() => runExperiment(table, { file: 'x', simulated: true, config_hash: 'x' }, partly)).toThrow(/ETH-USD/)
})
