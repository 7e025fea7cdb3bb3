import fc from 'fast-check'
import { expect, test } from 'vitest'
import { measureAutocorrelationLength } from '../../../src/monitor/profile/autocorrelation_length.ts'
import { chooseKnots, countBlocks } from '../../../src/monitor/profile/block_counts.ts'
import { countPartBelow } from '../../../src/monitor/profile/pool_parts.ts'
import { indexTime, lags } from '../../../src/monitor/profile/time_index.ts'
import { cutWindows } from '../../../src/monitor/profile/time_windows.ts'
import { smallProfile, smallSide, times } from '../../fixtures/small_side.ts'

test('blocks begin at whole multiples of their length, and hold each second once over all products', () => {
  const side = smallSide(
    { a: times(6, 1) },
    { product: ['A', 'A', 'A', 'A', 'B', 'B'], seconds: [8, 9, 10, 31, 9, 11] },
  )
  const index = indexTime(side, 10)
  expect([...index.keys]).toEqual([170_000_000, 170_000_001, 170_000_003])
  expect([...index.filled]).toEqual([2, 2, 1])
  expect([...index.block]).toEqual([0, 0, 1, 2, 0, 1])
  expect(index.seconds).toBe(5)
  expect(index.products).toEqual([
    { product: 'A', from: 0, to: 4 },
    { product: 'B', from: 4, to: 6 },
  ])
})

test('the row a lag later is of the same product and exactly so many seconds later', () => {
  const side = smallSide({ a: times(5, 1) }, { product: ['A', 'A', 'A', 'B', 'B'], seconds: [0, 60, 121, 60, 120] })
  const { later } = indexTime(side, 10)
  expect([...later[lags.indexOf(60)]]).toEqual([1, -1, -1, 4, -1])
  expect([...later[lags.indexOf(120)]]).toEqual([-1, -1, -1, -1, -1])
})

test('memory is looked for up to four hours', () => {
  expect(lags).toEqual([60, 120, 300, 450, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 14_400])
})

test('windows are twelve of equal time, the last row in the last; empty ones are left out', () => {
  const whole = smallSide({ a: times(13, 1) })
  expect(cutWindows(whole, indexTime(whole, 10)).windows.map(({ rows }) => rows)).toEqual([...times(11, 1), 2])
  const torn = smallSide({ a: times(4, 1) }, { seconds: [0, 1, 119, 120] })
  expect(cutWindows(torn, indexTime(torn, 10))).toEqual({
    windows: [
      { rows: 2, from: '2023-11-14T22:13:20.000Z', to: '2023-11-14T22:13:21.000Z' },
      { rows: 2, from: '2023-11-14T22:15:19.000Z', to: '2023-11-14T22:15:20.000Z' },
    ],
    bounds: [Int32Array.of(0, 2, 4)],
  })
  const single = smallSide({ a: [1] })
  expect(cutWindows(single, indexTime(single, 10)).windows).toHaveLength(1)
})

test('knots are distinct, with both ends; a block counts a value in the cell that ends with its knot', () => {
  const side = smallSide({ a: [1, 2, 2, 3, 4, null] }, { seconds: [0, 1, 2, 10, 11, 12] })
  const index = indexTime(side, 10)
  const values = side.columns.a.values
  expect([...chooseKnots(Float64Array.of(1, 2, 2, 3, 4))]).toEqual([1, 2, 3, 4])
  expect([...chooseKnots(Float64Array.of(1, 2, 3, 4, 5), 3)]).toEqual([1, 3, 5])
  expect([...countBlocks(values, index.products[0], index, Float64Array.of(2, 4))]).toEqual([3, 0, 0, 2])
  expect([...countBlocks(values, index.products[0], index, Float64Array.of(4))]).toEqual([3, 2])
})

test('every value is counted in the cell of its knot, however unevenly the knots lie', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), fc.array(value, { maxLength: 8 }), (values, more) => {
      const top = Math.max(...values)
      const knots = Float64Array.from(new Set([...more.filter(knot => knot < top), top])).sort()
      const side = smallSide({ a: values })
      const index = indexTime(side, 1000)
      const counts = countBlocks(side.columns.a.values, index.products[0], index, knots)
      const wanted = new Array<number>(counts.length).fill(0)
      for (const [row, own] of values.entries())
        wanted[index.block[row] * knots.length + knots.findIndex(knot => own <= knot)]++
      expect([...counts]).toEqual(wanted)
    }),
    { seed: 60, numRuns: 200 },
  )
})

test('how many values of a part lie below a limit: the ends are known, between them the kept values say it', () => {
  const [part] = smallProfile({ a: [1, 2, 2, 5] }).columns.a.parts
  expect([0, 1, 1.5, 2, 2.5, 5, 5.1].map(limit => countPartBelow(part, limit))).toEqual([0, 0, 1, 1, 3, 3, 4])
  expect(countPartBelow({ ...part, n: 40 }, 2.5)).toBe(30)
  expect(countPartBelow(smallProfile({ a: [null, 1], b: [null, null] }).columns.b.parts[0], 1)).toBe(0)
})

test('memory is the first lag at which the correlation is below 0.2, and cannot be seen with fewer than 30 pairs', () => {
  const memoryOf = (values: (number | null)[]): number => {
    const side = smallSide({ a: values })
    const index = indexTime(side, 10)
    return measureAutocorrelationLength(side.columns.a.values, index.products[0], index)
  }
  const wave = (period: number, length: number) =>
    Array.from({ length }, (_, i) => (Math.floor(i / (period / 2)) % 2 ? 1 : -1))
  expect(memoryOf(wave(120, 480))).toBe(60)
  expect(memoryOf(wave(480, 960))).toBe(120)
  expect(memoryOf(wave(120, 90))).toBe(60)
  expect(memoryOf(wave(120, 89))).toBe(Number.POSITIVE_INFINITY)
  expect(memoryOf(times(500, 7))).toBe(0)
  expect(memoryOf(wave(120, 480).map((value, i) => (i % 3 ? value : null)))).toBe(60)
})
