import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countAtMost, countBelow, firstWhere } from '../../../src/core/math/search.ts'

test('counts what a filter counts, and finds the first place where it holds', () => {
  const values = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 40 })
  fc.assert(
    fc.property(values, fc.integer({ min: -10, max: 10 }), (drawn, x) => {
      const sorted = drawn.toSorted((a, b) => a - b)
      const below = sorted.filter(value => value < x).length
      expect(countBelow(sorted, x)).toBe(below)
      expect(countBelow(sorted, x, below, below)).toBe(below)
      expect(countAtMost(sorted, x)).toBe(sorted.filter(value => value <= x).length)
      expect(firstWhere(sorted.length, index => sorted[index] >= x)).toBe(below)
    }),
  )
})
