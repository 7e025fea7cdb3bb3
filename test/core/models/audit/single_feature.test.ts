import { expect, it } from 'vitest'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { checkSingleFeatures } from '../../../../src/core/models/audit/single_feature.ts'
import type { Segment } from '../../../../src/core/models/split/segment.ts'

const rows = 2000

/** One hour and a half of labels, a spike of a minute every five; `known` says where the column holds the label itself. */
function check(known: (row: number) => boolean): string {
  const labels = Float64Array.from({ length: rows }, (_, i) => (i % 300 < 60 ? 1 : 0))
  const table: FeatureTable = {
    rows,
    product: Array(rows).fill('BTC-USD'),
    time: Float64Array.from({ length: rows }, (_, i) => i * 1e6),
    columns: { planted: Float64Array.from(labels, (label, i) => (known(i) ? label : Number.NaN)) },
    sigma_future: new Float64Array(rows),
  }
  const all = Int32Array.from({ length: rows }, (_, i) => i)
  const none = new Int32Array(0)
  const segment = { degenerate: null } as Segment
  const segments = { train: segment, validation: segment, test: segment }
  return checkSingleFeatures(table, { train: all, validation: none, test: none }, segments, labels).verdict
}

it('fails on a column that is the label', () => {
  expect(check(() => true)).toBe('failed')
})

it('only warns when the column is known in one stretch, as since_gap was over captures of several days', () => {
  expect(check(row => row < 400)).toBe('warning')
})
