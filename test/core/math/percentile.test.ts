import fc from 'fast-check'
import { expect, test } from 'vitest'
import { percentileOf } from '../../../src/core/math/percentile.ts'

test('equals numpy.percentile', () => {
  expect(percentileOf([4, 1, 3, 2], 50)).toBe(2.5)
  expect(percentileOf([15, 20, 35, 40, 50], 40)).toBe(29)
  expect(percentileOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90)).toBeCloseTo(9.1, 14)
  expect(percentileOf([7], 90)).toBe(7)
  expect(percentileOf([3, Number.NaN, 1], 100)).toBe(3)
  expect(percentileOf([Number.NaN], 50)).toBeNaN()
})

test('never leaves the range of the values and never falls as the percentile rises', () => {
  const value = fc.double({ noNaN: true, min: -1e9, max: 1e9 })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), fc.nat(100), fc.nat(100), (values, p, q) => {
      const [low, high] = [Math.min(p, q), Math.max(p, q)].map(percent => percentileOf(values, percent))
      expect(low).toBeGreaterThanOrEqual(Math.min(...values))
      expect(high).toBeLessThanOrEqual(Math.max(...values))
      expect(low).toBeLessThanOrEqual(high)
    }),
  )
})
