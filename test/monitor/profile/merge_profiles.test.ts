import { describe, expect, test } from 'vitest'
import { mergeProfiles } from '../../../src/monitor/profile/merge_profiles.ts'
import type { Profile } from '../../../src/monitor/profile/profile.ts'
import { smallProfile, times } from '../../fixtures/small_side.ts'

const from = (first: number, values: (number | null)[], product?: string[]): Profile =>
  smallProfile({ a: values }, { seconds: values.map((_, i) => first + i), product, name: `from ${first}` })

describe('a column of partitions together', () => {
  test.each([
    ['the low end in the first', [-5, 1, 2], [0, 3, 4]],
    ['the low end in the second', [0, 1, 2], [-5, 3, 4]],
    ['the high end in the first', [0, 1, 9], [2, 3, 4]],
    ['both ends in the second', [1, 1, 2], [0, 9, 4]],
  ])('has the ends, moments and values of all rows: %s', (_, before, after) => {
    const [part] = mergeProfiles([from(0, before), from(3, after)], 900).columns.a.parts
    const [whole] = from(0, [...before, ...after]).columns.a.parts
    expect(part).toMatchObject({ n: 6, low: whole.low, high: whole.high, rank_error: 0 })
    expect([...part.sorted]).toEqual([...before, ...after].sort((x, y) => x - y))
    expect(part.mean).toBeCloseTo(whole.mean, 12)
    expect(part.squares).toBeCloseTo(whole.squares, 12)
    expect([part.knots[0], part.knots.at(-1)]).toEqual([whole.low, whole.high])
  })

  test('that is null in one of them has the ends of the other; null in all, none', () => {
    const [part] = mergeProfiles([from(0, [null, null]), from(2, [-3, -2])], 900).columns.a.parts
    expect(part).toMatchObject({ n: 2, low: -3, high: -2 })
    const { nulls, parts } = mergeProfiles([from(0, [null]), from(1, [null, null])], 900).columns.a
    expect(parts[0]).toMatchObject({ n: 0, low: 0, high: 0, mean: 0, memory_s: 0 })
    expect(nulls).toBe(3)
  })

  test('counts by block lie where the rows are, and none is lost', () => {
    const merged = mergeProfiles([from(0, times(15, 1)), from(15, times(10, 2))], 900)
    const { knots, counts } = merged.columns.a.parts[0]
    expect([...knots]).toEqual([1, 2])
    expect([...merged.filled]).toEqual([10, 10, 5])
    expect([...counts]).toEqual([10, 0, 5, 5, 0, 5])
  })
})

test('rows, nulls, infinite and outside values are added up', () => {
  const side = (first: number, values: number[]) =>
    smallProfile({ spread_bps: values }, { seconds: values.map((_, i) => first + i) })
  const merged = mergeProfiles([side(0, [-1, 1, Number.POSITIVE_INFINITY]), side(3, [-1, Number.NaN, -3])], 900)
  expect(merged.rows).toBe(6)
  expect(merged.products).toEqual({ 'BTC-USD': 6 })
  expect(merged.columns.spread_bps).toMatchObject({ nulls: 1, infinite: 1, outside: 3 })
})

test('a column is whole numbers only where all partitions hold them so, and simulated where one is', () => {
  const [one, other] = [from(0, [1]), from(1, [2])]
  const whole: Profile = { ...other, columns: { a: { ...other.columns.a, kind: 'integer' } }, simulated: true }
  expect(mergeProfiles([one, whole], 900).columns.a.kind).toBe('double')
  expect(mergeProfiles([{ ...whole, ...{ timeline: one.timeline } }, from(5, [2])], 900)).toMatchObject({
    simulated: true,
  })
  expect(mergeProfiles([one, other], 900).simulated).toBe(false)
  expect(mergeProfiles([one], 900)).toBe(one)
})

describe('the time between two partitions', () => {
  const lines = (first: number, reset = 900) => mergeProfiles([from(0, [1, 2]), from(first, [3, 4])], reset).timeline

  test('of the next second is none, of a second more a hole', () => {
    expect(lines(2)).toMatchObject({ holes: [], products: [{ rows: 4, coverage: 1, holes: 0, resets: 0 }] })
    expect(lines(3)).toMatchObject({
      holes: [{ seconds: 1, from: '2023-11-14T22:13:21.000Z', to: '2023-11-14T22:13:23.000Z', reset: false }],
      products: [{ coverage: 4 / 5, holes: 1, resets: 0 }],
    })
  })

  test('of exactly a second is a new session where the reset is as short; the longest holes come first', () => {
    expect(lines(3, 1).products[0].resets).toBe(1)
    const torn = (first: number, hole: number) => smallProfile({ a: [1, 2] }, { seconds: [first, first + hole + 1] })
    const { holes } = mergeProfiles([torn(0, 2), torn(4, 9), torn(30, 5)], 900).timeline
    expect(holes.map(({ seconds }) => seconds)).toEqual([15, 9, 5, 2])
  })

  test('is a new session from the reset on', () => {
    expect(lines(12, 10).products[0].resets).toBe(1)
    expect(lines(11, 10).products[0].resets).toBe(0)
    expect(lines(12, 10).holes[0].reset).toBe(true)
  })

  test('of one second in both is refused, and of the same is too', () => {
    expect(() => lines(1)).toThrow(/^from 1: its rows of BTC-USD begin at .*21.000Z, before another partition ends/)
    expect(() => lines(0)).toThrow(/a row may stand in one only/)
  })
})

test('partitions of another spec or other blocks are refused, a line each', () => {
  const other = { ...from(5, [1]), spec_version: '0', block_s: 20 }
  expect(() => mergeProfiles([from(0, [1]), other], 900)).toThrow(
    expect.objectContaining({
      faults: [
        expect.stringMatching(/is of spec version 0, from 0 of null/),
        expect.stringMatching(/has blocks of 20 s, from 0 of 10 s/),
      ],
    }),
  )
})

test('twelve windows are kept, the first among them, in the order of time', () => {
  const long = (first: number) =>
    from(
      first,
      Array.from({ length: 24 }, (_, i) => first + i),
    )
  const { windows, columns } = mergeProfiles([long(24), long(0)], 900)
  expect(windows).toHaveLength(12)
  expect(windows[0].from).toBe('2023-11-14T22:13:20.000Z')
  expect(windows.map(({ from }) => from)).toEqual(windows.map(({ from }) => from).toSorted())
  expect(columns.a.windowPercentiles.map(grid => grid[0])).toEqual(Array.from({ length: 12 }, (_, i) => 4 * i))
})

test('it remembers as long as any part is seen to, and for ever where none is', () => {
  const memory = (...seconds: number[]) => {
    const parts = seconds.map((memory_s, i) => {
      const profile = from(i, [i])
      profile.columns.a.parts[0].memory_s = memory_s
      return profile
    })
    return mergeProfiles(parts, 900).columns.a.parts[0].memory_s
  }
  const forEver = Number.POSITIVE_INFINITY
  expect([memory(60, 300), memory(300, forEver), memory(forEver, forEver)]).toEqual([300, 300, forEver])
})
