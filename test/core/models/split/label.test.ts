import { expect, test } from 'vitest'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { labelRows } from '../../../../src/core/models/split/label.ts'
import { leaveOutStill } from '../../../../src/core/models/split/tau.ts'

const table: FeatureTable = {
  rows: 5,
  product: ['A', 'A', 'A', 'A', 'B'],
  time: new Float64Array(5),
  columns: {},
  sigma_future: Float64Array.from([1e-5, 2e-5, 3e-5, Number.NaN, 9e-5]),
}

test('1 from tau on, 0 below, null where sigma_future or tau is unknown', () => {
  expect([...labelRows(table, { A: 2e-5 })]).toEqual([0, 1, 1, Number.NaN, Number.NaN])
})

test('a product whose percentile is 0 stood still: it loses its tau and is named', () => {
  expect(leaveOutStill({ tau: { A: 2e-5, B: 0 }, source: 'P90' })).toEqual({
    tau: { A: 2e-5 },
    source: 'P90; left out: B (stood still in training: tau would be 0)',
    still: ['B'],
  })
  expect(leaveOutStill({ tau: { A: 2e-5 }, source: 'P90' }).source).toBe('P90')
})
