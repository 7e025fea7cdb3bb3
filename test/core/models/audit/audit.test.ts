import { beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { type AuditInput, auditTraining } from '../../../../src/core/models/audit/audit.ts'
import type { AuditCheck } from '../../../../src/core/models/audit/check.ts'
import { checkDigest, checkPerturbation } from '../../../../src/core/models/audit/file.ts'
import { checkFits } from '../../../../src/core/models/audit/fits.ts'
import { checkScores, checkThresholds } from '../../../../src/core/models/audit/scores.ts'
import { checkShuffledLabels } from '../../../../src/core/models/audit/shuffled_labels.ts'
import { checkShuffledSplit } from '../../../../src/core/models/audit/shuffled_split.ts'
import { checkSingleFeatures } from '../../../../src/core/models/audit/single_feature.ts'
import { checkSpans } from '../../../../src/core/models/audit/spans.ts'
import { checkLabels, checkTau } from '../../../../src/core/models/audit/tau.ts'
import { checkTwins } from '../../../../src/core/models/audit/twins.ts'
import { fitPreparation } from '../../../../src/core/models/fit/linear.ts'
import { logisticInputs } from '../../../../src/core/models/fit/logistic_inputs.ts'
import { calibrateVolatility } from '../../../../src/core/models/fit/volatility_model.ts'
import type { FittedVolatility } from '../../../../src/core/models/fit/volatility_predict.ts'
import { fitAll, recipesOf } from '../../../../src/core/models/recipes/all.ts'
import { labelRows } from '../../../../src/core/models/split/label.ts'
import { labelledRows } from '../../../../src/core/models/split/split.ts'
import { tauFromTraining } from '../../../../src/core/models/split/tau.ts'
import { honestInput } from '../../../fixtures/honest_audit_input.ts'
import { copyTable, syntheticTable } from '../../../fixtures/synthetic_features.ts'

const config = readConfig()
let table: FeatureTable
let honest: AuditInput

beforeAll(() => {
  table = syntheticTable(4000)
  honest = honestInput(table, config)
})

const singleFeatures = ({ table: rows, split, splits, labels }: AuditInput): AuditCheck =>
  checkSingleFeatures(rows, split, splits, labels)

const allPassed = {
  digest: 'passed',
  perturbation: 'passed',
  columns: 'passed',
  own_columns: 'passed',
  own_features: 'passed',
  calendar: 'passed',
  lead: 'passed',
  products: 'passed',
  spans: 'passed',
  twins: 'passed',
  tau: 'passed',
  labels: 'passed',
  fits: 'passed',
  thresholds: 'passed',
  scores: 'passed',
  single_feature: 'passed',
  shuffled_labels: 'passed',
  shuffled_split: 'warning',
}

test('an honest run passes every check; one that fails is enough to fail it', () => {
  expect(honest.splits.train.degenerate).toBeNull()
  const { checks, passed } = auditTraining(honest)
  expect(Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict]))).toEqual(allPassed)
  expect(passed).toBe(true)
  const failed = auditTraining({ ...honest, perturbation: 'failed' })
  expect(failed.passed).toBe(false)
})

describe('a planted leak fails the check that is there for it, and the run', () => {
  function expectFailed(input: AuditInput, look: (input: AuditInput) => AuditCheck, says = /./): void {
    expect(look(input)).toMatchObject({ verdict: 'failed', detail: expect.stringMatching(says) })
  }

  test('tau from all rows', () => {
    const { tau } = tauFromTraining(table, labelledRows(table), 90)
    expectFailed({ ...honest, tau, labels: labelRows(table, tau) }, checkTau, /is .*, P90 of its training rows is/)
  })

  test('scaler and medians of the logistic model from all rows', () => {
    const { imputer, scaler } = fitPreparation(table, labelledRows(table), logisticInputs)
    const artifacts = honest.artifacts.map(artifact =>
      artifact.format === 'spike60-linear' ? { ...artifact, impute: imputer.medians, ...scaler } : artifact,
    )
    expectFailed({ ...honest, artifacts }, checkFits, /^logistic: medians, means, scales are not/)
  })

  /** The audit of a run whose volatility models were changed by `change`. */
  function withFits(change: (fitted: FittedVolatility, fromAll: FittedVolatility) => FittedVolatility): AuditInput {
    const training = { ...honest, rows: labelledRows(table), settings: config.models }
    const fromAll = fitAll(recipesOf('training'), training)
    return {
      ...honest,
      artifacts: honest.artifacts.map(artifact =>
        artifact.format === 'spike60-volatility'
          ? { ...artifact, ...change(artifact, fromAll[artifact.name].volatility!) }
          : artifact,
      ),
    }
  }

  test('medians and scales of ridge and HAR from all rows', () => {
    const input = withFits((fitted, all) => ({
      ...fitted,
      linear: fitted.linear && { ...fitted.linear, mean: all.linear!.mean, scale: all.linear!.scale },
    }))
    expectFailed(input, checkFits, /^har: means, scales are not .*; ridge: means, scales are not .*; average: means/)
  })

  test('bin edges of the trees from all rows', () => {
    const input = withFits((fitted, all) => {
      if (!fitted.trees) return fitted
      const trees = fitted.trees.trees.map((tree, t) => ({ ...tree, threshold: all.trees!.trees[t].threshold }))
      return { ...fitted, trees: { ...fitted.trees, trees } }
    })
    expectFailed(input, checkFits, /boosting_regression: bin edges of the trees are not/)
  })

  test('the spread of the residuals from all rows', () => {
    expectFailed(
      withFits((fitted, all) => ({ ...fitted, link: all.link })),
      checkFits,
      /ridge: residual spread or calibration are not/,
    )
  })

  test('calibration on the test rows', () => {
    const input = withFits(fitted => calibrateVolatility(fitted, { ...honest, rows: honest.split.test }) ?? fitted)
    expectFailed(input, checkFits, /^har: residual spread or calibration/)
  })

  test('weights of all rows', () => {
    expectFailed(
      withFits((_, all) => all),
      checkFits,
      /boosting_regression: .*leaves/,
    )
  })

  test('a threshold picked on test', () => {
    const splits = structuredClone(honest.splits)
    splits.test.models.average.threshold = 0.123
    expectFailed({ ...honest, splits }, checkThresholds, /^average: 0.123/)
  })

  test('scores that depend on the other judged rows', () => {
    const highest = Math.max(...honest.scores.ridge)
    const scores = { ...honest.scores, ridge: honest.scores.ridge.map(score => score / highest) }
    expectFailed({ ...honest, scores }, checkScores, /^ridge: \d+ of \d+ scores/)
  })

  test('no purge between training and validation', () => {
    const last = Math.max(...honest.split.train)
    const unpurged = Int32Array.from([...honest.split.train, last + 1])
    expectFailed({ ...honest, split: { ...honest.split, train: unpurged } }, checkSpans)
  })

  /** The segments as if test held enough episodes: there a failed check is no warning. */
  function judgeable(): AuditInput['splits'] {
    return { ...honest.splits, test: { ...honest.splits.test, degenerate: null } }
  }

  test('rows in two segments', () => {
    const test = Int32Array.from([...honest.split.train.slice(0, 3000), ...honest.split.test])
    const input = { ...honest, splits: judgeable(), split: { ...honest.split, test } }
    expectFailed(input, checkSpans, /^3000 rows lie in two segments/)
    expectFailed(input, checkShuffledLabels, /round, 3 times of 3: .*judged rows are known to the fit/)
  })

  test('a random split: also by its scores on labels moved round', () => {
    const all = Array.from([...honest.split.train, ...honest.split.validation, ...honest.split.test]).sort(
      (a, b) => a - b,
    )
    const of = (rest: number) =>
      Int32Array.from(all.filter((_, i) => (i * 7) % 10 < 6 === (rest === 0) && (rest === 0 || i % 2 === rest - 1)))
    const input = { ...honest, splits: judgeable(), split: { train: of(0), validation: of(1), test: of(2) } }
    expectFailed(input, checkSpans)
    expectFailed(input, checkShuffledLabels, /deep trees PR-AUC 0\.\d+, 99 % interval up to/)
  })

  test('rows of training copied into test under another time', () => {
    const copied = copyTable(table)
    honest.split.test.subarray(0, 200).forEach((row, i) => {
      for (const column of Object.values(copied.columns)) column[row] = column[honest.split.train[2000 + i]]
    })
    expectFailed({ ...honest, table: copied }, checkTwins, /^200 rows of test are copies/)
  })

  test('labels of another threshold', () => {
    const labels = labelRows(table, { ...honest.tau, 'BTC-USD': honest.tau['BTC-USD'] / 2 })
    expectFailed({ ...honest, labels }, checkLabels)
  })

  test('the label, or sigma_future, among the features under another name', () => {
    for (const sign of [1, -1]) {
      const leaking = copyTable(table)
      leaking.columns.amihud_300s = honest.labels.map(label => sign * label)
      expectFailed({ ...honest, table: leaking }, singleFeatures, /amihud_300s/)
      leaking.columns.amihud_300s = table.sigma_future.map(sigma => sign * sigma)
      expectFailed({ ...honest, table: leaking }, singleFeatures, /amihud_300s on BTC-USD in/)
    }
  })

  test('features changed after they were written, or whose own leak test failed', () => {
    expectFailed({ ...honest, digest: { stated: 'a', found: 'b' } }, checkDigest)
    expectFailed({ ...honest, perturbation: 'failed' }, checkPerturbation)
  })
})

test('what cannot be looked at is a warning, not a failure', () => {
  const input = { ...honest, digest: { stated: undefined, found: 'b' }, perturbation: undefined }
  expect([checkDigest(input).verdict, checkPerturbation(input).verdict]).toEqual(['warning', 'warning'])
})

test('a feature above .98 on a degenerate segment only is a warning', () => {
  const leaking = copyTable(table)
  for (const row of honest.split.test) leaking.columns.amihud_300s[row] = table.sigma_future[row]
  const test = { ...honest.splits.test, degenerate: '2 episodes, below 5' }
  const input = { ...honest, table: leaking, splits: { ...honest.splits, test } }
  expect(singleFeatures(input).verdict).toBe('warning')
})

test('what a shuffled split would have claimed is a figure, also where no score by time is defined', () => {
  const told = checkShuffledSplit(honest)
  expect(told.figures!.claimed_pr_auc).toBeGreaterThan(0.9)
  expect(told.figures!.best_pr_auc_by_time).toBeLessThan(told.figures!.claimed_pr_auc)
  const splits = structuredClone(honest.splits)
  for (const model of Object.values(splits.test.models)) model.pr_auc = null
  const undefinedByTime = checkShuffledSplit({ ...honest, splits })
  expect(undefinedByTime.detail).toMatch(/by time none is defined here/)
  expect(Object.keys(undefinedByTime.figures!)).toEqual(['claimed_pr_auc'])
})
