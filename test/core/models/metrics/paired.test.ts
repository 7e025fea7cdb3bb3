import { expect, test } from 'vitest'
import { pairedRatio } from '../../../../src/core/models/metrics/paired.ts'

test('resamples in which the lower side is 0 have no ratio, and make no interval infinite', () => {
  const above = { value: 2, drawn: Float64Array.from({ length: 100 }, () => 2) }
  const below = { value: 1, drawn: Float64Array.from({ length: 100 }, (_, i) => (i % 5 === 0 ? 0 : 1)) }
  expect(pairedRatio(above, below)).toEqual({ value: 2, low: 2, high: 2 })
})
