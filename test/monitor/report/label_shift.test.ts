import { expect, test } from 'vitest'
import { compareLabels } from '../../../src/monitor/report/label_shift.ts'
import { smallProfile } from '../../fixtures/small_side.ts'

const product = ['A', 'A', 'A', 'A', 'B', 'B']
const seconds = [0, 1, 2, 3, 0, 1]
const tau = { A: 3, B: 10 }
const sigma_future = [1, 2, 3, 4, 9, 10]

test('labels are counted as they stand, whatever tau says', () => {
  const side = smallProfile({ label: [0, 0, 1, null, 1, 1], sigma_future }, { product, seconds })
  const other = smallProfile({ label: [0, 0, 0, 0, 0, null], sigma_future }, { product, seconds })
  expect(compareLabels(side, other, tau)).toMatchObject({
    source: 'label',
    reference: { labelled: 5, positives: 3, prevalence: 0.6 },
    current: { labelled: 5, positives: 0, prevalence: 0 },
  })
  expect(compareLabels(side, other, null)).toMatchObject({ source: 'label', tau_percentile: [] })
})

test('without labels sigma_future at tau or above it is a spike, each product by its own', () => {
  const side = smallProfile({ sigma_future }, { product, seconds })
  const shift = compareLabels(side, side, tau)
  expect(shift.source).toBe('tau')
  expect(shift.current).toEqual({ labelled: 6, positives: 3, prevalence: 0.5 })
  expect(shift.tau_percentile).toEqual([
    { product: 'A', reference: 50, current: 50 },
    { product: 'B', reference: 50, current: 50 },
  ])
})

test('a product without tau is left out, one without rows has no percentile', () => {
  const side = smallProfile({ sigma_future }, { product, seconds })
  const shift = compareLabels(side, side, { B: 10, C: 1 })
  expect(shift.current).toEqual({ labelled: 2, positives: 1, prevalence: 0.5 })
  expect(shift.tau_percentile).toEqual([
    { product: 'B', reference: 50, current: 50 },
    { product: 'C', reference: null, current: null },
  ])
})

test('where one side has neither, nothing is counted', () => {
  const side = smallProfile({ sigma_future, label: [0, 0, 1, null, 1, 1] }, { product, seconds })
  const bare = smallProfile({ mid: [1, 2] })
  for (const shift of [compareLabels(side, bare, tau), compareLabels(bare, side, tau)])
    expect(shift).toMatchObject({
      source: null,
      reference: { labelled: 0, positives: 0, prevalence: null },
      current: { labelled: 0, positives: 0, prevalence: null },
      tau_percentile: [],
    })
  expect(compareLabels(smallProfile({ sigma_future: [null, null] }), side, { 'BTC-USD': 1 }).tau_percentile).toEqual([
    { product: 'BTC-USD', reference: null, current: null },
  ])
})
