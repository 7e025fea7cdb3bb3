import fc from 'fast-check'
import { expect, it } from 'vitest'
import { roundHalfEven } from '../../../src/core/math/round_half_even.ts'

it('takes the even digit where a value lies exactly half-way', () => {
  expect([0.0625, 0.1875, -0.0625, -0.1875].map(x => roundHalfEven(x, 3))).toEqual([0.062, 0.188, -0.062, -0.188])
  expect([0.5, 1.5, 2.5, -2.5].map(x => roundHalfEven(x, 0))).toEqual([0, 2, 2, -2])
})

it('decides by the exact binary value, not by its product with a power of ten', () => {
  // 1.0005 is a little less than it says, 1.0015 a little more
  expect([1.0005, 1.0015, 0.28549999999999998].map(x => roundHalfEven(x, 3))).toEqual([1, 1.002, 0.285])
})

it('is toFixed wherever no value lies half-way', () => {
  const close = fc.integer({ min: -9_999, max: 9_999 }).map(n => (n + 0.5) / 1000)
  const value = fc.oneof(fc.double({ min: -1000, max: 1000, noNaN: true }), close)
  fc.assert(
    fc.property(
      value.filter(x => (Math.abs(x) * 16) % 2 !== 1),
      x => {
        expect(roundHalfEven(x, 3) + 0).toBe(Number(x.toFixed(3)) + 0)
      },
    ),
    { numRuns: 2000 },
  )
})
