import { expect, test } from 'vitest'
import { checkLimits } from '../../../src/monitor/compare/column_limits.ts'
import { compareColumn } from '../../../src/monitor/compare/compare_column.ts'
import { describeShift } from '../../../src/monitor/compare/describe_shift.ts'
import { followColumn } from '../../../src/monitor/compare/over_time.ts'
import { measureRobustSpread } from '../../../src/monitor/compare/robust_spread.ts'
import { profileSide } from '../../../src/monitor/profile/make_profile.ts'
import { smallProfile, smallSide } from '../../fixtures/small_side.ts'

/** 0, 1, … 100: its middle is 50, its middle half 50 wide, its standard deviation 29.2. */
const ramp = Array.from({ length: 101 }, (_, i) => i)
const settings = { blockSeconds: 10, resetSeconds: 900, forReference: false }

function shiftOf(before: (number | null)[], after: (number | null)[]): string {
  const current = profileSide(smallSide({ a: after }), settings)
  return compareColumn('a', smallProfile({ a: before }), current, { modelInputs: null, seed: 1, limits: {} }).shift
}

test('the middle moves from a tenth of a spread on, up and down', () => {
  const by = (step: number): string =>
    shiftOf(
      ramp,
      ramp.map(x => x + step),
    )
  expect(by(2.9)).toBe('no move worth a word')
  expect(by(2.93)).toBe('middle up by 0.1 spreads (median 50 → 52.93)')
  expect(by(-29.2)).toBe('middle down by 1.0 spreads (median 50 → 20.8)')
})

test('the width is worth a word from a quarter more, or a fifth less, on', () => {
  const times = (factor: number): string =>
    shiftOf(
      ramp,
      ramp.map(x => 50 + (x - 50) * factor),
    )
  expect([times(1.24), times(1.25)]).toEqual(['the shape changed', '1.3 times as wide'])
  expect([times(0.81), times(0.8)]).toEqual(['the shape changed', 'narrower, 0.8 times the width'])
  expect(times(0)).toBe('now nearly constant')
})

test('what was constant', () => {
  const ones = ramp.map(() => 1)
  expect(shiftOf(ones, ones)).toBe('no move worth a word')
  expect(shiftOf(ones, ramp)).toBe('was constant (median 1 → 50); now spread out')
  expect(
    shiftOf(
      ones,
      ramp.map(x => x - 49),
    ),
  ).toBe('now spread out')
})

test('where the middle half is one value the middle nine tenths are the width', () => {
  const heavy = (reach: number): number[] => ramp.map(x => (x < 20 ? x * reach : x > 80 ? (x - 80) * reach : 0))
  expect(shiftOf(heavy(1), heavy(2))).toMatch(/2\.0 times as wide/)
  expect(describeShift([], { reference: 0, current: 0 })).toEqual({ text: 'no move worth a word', moved: [] })
})

test('nulls are worth a word from one row in a hundred on, more of them or fewer', () => {
  const nulls = (count: number): (number | null)[] => [
    ...new Array<null>(count).fill(null),
    ...ramp.slice(0, 100 - count),
  ]
  const missing = (before: number, after: number) =>
    describeShift([], { reference: before / 1000, current: after / 1000 }).text
  expect([missing(0, 9), missing(0, 10)]).toEqual(['no move worth a word', 'nulls 0 % → 1.0 %'])
  expect(missing(50, 20)).toBe('nulls 5.0 % → 2.0 %')
  expect(shiftOf(nulls(0), nulls(2))).toMatch(/nulls 0 % → 2.0 %/)
})

test('a tail counts beyond what the width explains', () => {
  const stretched = (from: number): number[] => ramp.map(x => (x >= from ? x + 200 : x))
  expect(shiftOf(ramp, stretched(98))).toBe('upper tail longer')
  expect(shiftOf(ramp, stretched(100))).toBe('no move worth a word')
  expect(
    shiftOf(
      ramp,
      ramp.map(x => (x <= 2 ? x - 200 : x)),
    ),
  ).toBe('lower tail longer')
  expect(shiftOf(stretched(98), ramp)).toMatch(/upper tail shorter/)
})

test('of several products each is measured from its own middle', () => {
  const product = [...ramp.map(() => 'A'), ...ramp.map(() => 'B')]
  const seconds = [...ramp, ...ramp]
  const reference = smallProfile({ a: [...ramp, ...ramp.map(x => 1000 + x)] }, { product, seconds })
  const of = (a: number, b: number): string => {
    const side = smallSide({ a: [...ramp.map(x => x + a), ...ramp.map(x => 1000 + x + b)] }, { product, seconds })
    const context = { modelInputs: ['a'], seed: 1, limits: {} }
    return compareColumn('a', reference, profileSide(side, settings), context).shift
  }
  expect([of(0, 0), of(29.2, 29.2), of(0.1, -0.1)]).toEqual([
    'no move worth a word',
    'middle up by 1.0 spreads',
    'no move worth a word',
  ])
})

test('quartiles are the spread where the standard deviation is more than 2 and up to 10 times as much', () => {
  const range = 50 / 1.3489795003921634
  const of = (deviation: number) => measureRobustSpread(Float64Array.from(ramp), deviation)
  expect(of(2 * range)).toEqual({ kind: 'standard deviation', value: 2 * range })
  expect(of(2.01 * range)).toEqual({ kind: 'interquartile range', value: range })
  expect(of(10 * range)).toEqual({ kind: 'interquartile range', value: range })
  expect(of(10.01 * range)).toEqual({ kind: 'standard deviation', value: 10.01 * range })
  expect(of(0)).toEqual({ kind: 'constant', value: 0 })
})

test('thresholds of a column that is not compared are named', () => {
  expect(() => checkLimits({ a: {}, b: {} }, ['a', 'b', 'c'])).not.toThrow()
  expect(() => checkLimits({ a: {}, x: {}, y: {} }, ['a'])).toThrow(
    expect.objectContaining({
      code: 'BAD_CONFIG',
      faults: [expect.stringMatching(/columns\.x:/), expect.stringMatching(/columns\.y:/)],
    }),
  )
})

test('each window has its median, tenth and ninetieth percentile and its distance in spreads', () => {
  const grid = (shift: number) => Float64Array.from({ length: 101 }, (_, i) => i + shift)
  const spread = { kind: 'standard deviation' as const, value: 10 }
  const empty = new Float64Array(101).fill(Number.NaN)
  expect(followColumn([grid(0), grid(5), empty], Float64Array.from(ramp), spread)).toEqual({
    median: [50, 55, null],
    low: [10, 15, null],
    high: [90, 95, null],
    score: [0, 0.5, null],
  })
  expect(followColumn([grid(0)], Float64Array.from(ramp), { kind: 'constant', value: 0 }).score).toEqual([null])
})

test("a column's own thresholds decide in place of the common ones", () => {
  const current = profileSide(smallSide({ a: ramp.map(x => x + 3) }), settings)
  const by = (limits: Record<string, { distance?: number; evidently_p?: number }>) =>
    compareColumn('a', smallProfile({ a: ramp }), current, { modelInputs: ['b'], seed: 1, limits })
  expect(by({})).toMatchObject({ used_by_model: false, scale_free: { threshold: 0.1 }, evidently: { threshold: 0.05 } })
  expect(by({ a: { distance: 0.7, evidently_p: 1 } })).toMatchObject({
    scale_free: { threshold: 0.7 },
    evidently: { threshold: 1, drifted: true },
  })
  expect(by({ b: { distance: 0.7 } }).scale_free.threshold).toBe(0.1)
})
