import { expect, test } from 'vitest'
import type { DriftReport } from '../../../src/monitor/report/drift_report.ts'
import { explainFailure } from '../../../src/monitor/report/fail_on.ts'

const report = (drifted: boolean, free: boolean, watched: string[], faults: string[]): DriftReport =>
  ({
    dataset: {
      drifted,
      share: 0.25,
      threshold: 0.5,
      scale_free: { drifted: free, share: 0.75 },
      watched_columns_drifted: watched,
    },
    quality: { passed: faults.length === 0, faults },
  }) as unknown as DriftReport

test('drift fails by either rule, and by a watched column', () => {
  const told = "the data drift: 25 % of the columns by Evidently's rule, 75 % by the scale-free one, allowed below 50 %"
  expect(explainFailure('drift', report(true, false, [], ['x']))).toEqual([told])
  expect(explainFailure('drift', report(false, true, [], []))).toEqual([told])
  expect(explainFailure('drift', report(false, false, ['mid'], []))).toEqual([
    'column mid drifts, which config gives thresholds of its own',
  ])
  expect(explainFailure('drift', report(false, false, [], ['x']))).toBeNull()
})

test('quality fails by its first fault, and nothing else does', () => {
  expect(explainFailure('quality', report(true, true, ['mid'], ['one', 'two']))).toEqual([
    'data quality has 2 faults, the first: one',
  ])
  expect(explainFailure('quality', report(true, true, ['mid'], []))).toBeNull()
  expect(explainFailure(undefined, report(true, true, ['mid'], ['one']))).toBeNull()
})
