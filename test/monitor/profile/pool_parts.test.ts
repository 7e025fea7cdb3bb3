import { expect, test } from 'vitest'
import { poolParts } from '../../../src/monitor/profile/pool_parts.ts'
import { smallProfile } from '../../fixtures/small_side.ts'

const pooled = (values: (number | null)[], product?: string[]) =>
  smallProfile({ a: values }, { product, seconds: values.map((_, i) => i) }).columns.a

test('products together have the mean, deviation and ends of all values, an empty one changes nothing', () => {
  const two = poolParts(pooled([1, 2, 3, 10, 20, null], ['A', 'A', 'A', 'B', 'B', 'C']))
  expect(two).toMatchObject({ n: 5, low: 1, high: 20, rank_error: 0 })
  expect([...two.sorted]).toEqual([1, 2, 3, 10, 20])
  expect(two.mean).toBeCloseTo(7.2, 12)
  expect(two.deviation).toBeCloseTo(Math.sqrt(50.96), 12)
  const one = poolParts(pooled([-5, null, 5, null], ['A', 'A', 'A', 'B']))
  expect(one).toMatchObject({ n: 2, low: -5, high: 5, mean: 0, deviation: 5 })
})

test('where values were left out, the deviation is that of the moments, and the error weighs by rows', () => {
  const { parts, ...column } = pooled([0, 2, 10, 10, 10, 10], ['A', 'A', 'B', 'B', 'B', 'B'])
  const [a, b] = parts
  const thinned = {
    ...column,
    parts: [
      { ...a, rank_error: 0.3 },
      { ...b, sorted: b.sorted.slice(0, 1), rank_error: 0.6 },
    ],
  }
  const { n, rank_error, deviation, mean } = poolParts(thinned)
  expect([n, mean, rank_error]).toEqual([6, expect.closeTo(7, 12), expect.closeTo(0.5, 12)])
  expect(deviation).toBeCloseTo(Math.sqrt((49 + 25 + 4 * 9) / 6), 12)
})
