import { expect, it } from 'vitest'
import { maximum, minimum } from '../../../src/core/math/extremes.ts'

it('finds the extremes of more values than a function takes arguments, and of none', () => {
  const values = Float64Array.from({ length: 500_000 }, (_, i) => (i * 7919) % 500_009)
  expect([minimum(values), maximum(values)]).toEqual([0, values.toSorted().at(-1)])
  expect([minimum([]), maximum([])]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  expect([minimum([1, Number.NaN]), maximum([Number.NaN, 1])]).toEqual([Number.NaN, Number.NaN])
})
