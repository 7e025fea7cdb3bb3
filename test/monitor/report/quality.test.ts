import { describe, expect, test } from 'vitest'
import { checkQuality, type Quality } from '../../../src/monitor/report/quality.ts'
import { smallProfile, times } from '../../fixtures/small_side.ts'

type Columns = Record<string, (number | null)[]>

function qualityOf(
  reference: Columns,
  current: Columns,
  { growth = () => undefined, seconds }: { growth?: (name: string) => number | undefined; seconds?: number[] } = {},
): Quality {
  const sides = [smallProfile(reference), smallProfile(current, { seconds })] as const
  return checkQuality(...sides, Object.keys(reference), { tau: null, stream: null, nullGrowth: growth })
}

/** A hundred values, so many of them null. */
const withNulls = (nulls: number): (number | null)[] => [...times<number | null>(nulls, null), ...times(100 - nulls, 1)]

describe('growth of nulls', () => {
  test('is a fault from 20 % on', () => {
    const faults = (before: number, after: number) =>
      qualityOf({ a: withNulls(before) }, { a: withNulls(after) }).faults
    expect(faults(0, 19)).toEqual([])
    expect(faults(0, 20)).toEqual(['nulls of a grew from 0 % to 20 %'])
    expect(faults(50, 69)).toEqual([])
    expect(faults(50, 71)).toEqual(['nulls of a grew from 50 % to 71 %'])
    expect(faults(71, 50)).toEqual([])
  })

  test("from a column's own limit on where it has one, above and below the common one", () => {
    const grown = (growth: Record<string, number>) =>
      qualityOf(
        { a: withNulls(0), b: withNulls(0) },
        { a: withNulls(10), b: withNulls(30) },
        { growth: name => growth[name] },
      ).faults
    expect(grown({})).toEqual(['nulls of b grew from 0 % to 30 %'])
    expect(grown({ a: 0.1 })).toEqual(['nulls of a grew from 0 % to 10 %', 'nulls of b grew from 0 % to 30 %'])
    expect(grown({ a: 0.11, b: 0.31 })).toEqual([])
    expect(grown({ b: 0.3 })).toEqual(['nulls of b grew from 0 % to 30 %'])
    expect(grown({ b: 0 })).toEqual(['nulls of b grew from 0 % to 30 %'])
  })
})

describe('values outside of what a column means', () => {
  test('are a fault, and their number is told', () => {
    const { faults, passed, current } = qualityOf(
      { spread_bps: [0, 1, 2], mid_age: [0, 0, 10], coverage_60s: [0, 0.5, 1], mid: [1, 1, 1] },
      { spread_bps: [-1, -2, 0], mid_age: [0, 10, 11], coverage_60s: [0, 1, 1.1], mid: [0, 1, 2] },
    )
    expect(faults).toEqual([
      'current: 2 values of spread_bps are below 0: crossed quotes',
      'current: 1 values of mid_age are outside 0 to 10 s',
      'current: 1 values of coverage_60s are outside 0 to 1',
      'current: 1 values of mid are not above 0',
    ])
    expect(passed).toBe(false)
    expect(current.out_of_range).toContainEqual({ name: 'mid_age', count: 1, fault: 'outside 0 to 10 s' })
  })

  test('the share of carried mids is that of ages above 0, over all rows', () => {
    const { reference, current } = qualityOf({ mid_age: [0, 0, 1, 2, null] }, { mid_age: [0, 0, 0, 0] })
    expect([reference.carried_share, current.carried_share]).toEqual([0.4, 0])
    expect(qualityOf({ mid: [1, 2] }, { mid: [1, 2] }).current.carried_share).toBeNull()
  })
})

describe('time', () => {
  test('less than half of the seconds is a fault, half of them is none', () => {
    const faults = (seconds: number[]) => qualityOf({ a: [1, 2, 3, 4] }, { a: [1, 2, 3, 4] }, { seconds }).faults
    expect(faults([0, 1, 2, 7])).toEqual([])
    expect(faults([0, 1, 2, 8])).toEqual(['current, BTC-USD: only 44 % of the seconds have a row'])
  })

  test('a time that repeats is a fault', () => {
    const { faults } = qualityOf({ a: [1, 2, 3, 4] }, { a: [1, 2, 3, 4] }, { seconds: [0, 1, 1, 1] })
    expect(faults).toEqual(['current, BTC-USD: 2 rows repeat a time'])
  })
})

test('constant and empty columns, on either side', () => {
  const { remarks, reference, current, passed } = qualityOf(
    { same: [1, 1], was: [1, 1], is: [1, 2], varies: [1, 2], none: [null, null], half: [null, 1] },
    { same: [2, 2], was: [1, 2], is: [2, 2], varies: [3, 4], none: [null, null], half: [1, null] },
    { growth: () => 2 },
  )
  expect(remarks).toEqual([
    'same is constant on both sides',
    'was is constant in the reference only',
    'half is constant on both sides',
    'is has become constant',
  ])
  expect(reference.constant_columns).toEqual(['same', 'was', 'half'])
  expect([reference.empty_columns, current.empty_columns]).toEqual([['none'], ['none']])
  expect(reference.nulls).toContainEqual({ name: 'half', share: 0.5 })
  expect(passed).toBe(true)
})

test('a column that is constant in each product, and another one in each, is not constant', () => {
  const columns = { a: [1, 1, 2, 2], b: [1, 1, 1, 1] }
  const product = ['A', 'A', 'B', 'B']
  const side = smallProfile(columns, { product, seconds: [0, 1, 0, 1] })
  const { current } = checkQuality(side, side, ['a', 'b'], { tau: null, stream: null, nullGrowth: () => undefined })
  expect(current.constant_columns).toEqual(['b'])
})

test('a side without a spike is remarked where it has labels', () => {
  const remarksOf = (before: (number | null)[], after: (number | null)[]) =>
    qualityOf({ label: before }, { label: after }, { growth: () => 2 }).remarks.filter(remark => /spike/.test(remark))
  expect(remarksOf([0, 1], [0, 1])).toEqual([])
  expect(remarksOf([0, 0], [0, 1])).toEqual(['the reference has no spike'])
  expect(remarksOf([0, 1], [0, 0])).toEqual(['the current side has no spike'])
  expect(remarksOf([null, null], [null, null])).toEqual([])
})
