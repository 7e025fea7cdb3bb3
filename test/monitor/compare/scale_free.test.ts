import { describe, expect, test } from 'vitest'
import type { Side } from '../../../src/monitor/columns/side.ts'
import { measureRobustSpread, type RobustSpread } from '../../../src/monitor/compare/robust_spread.ts'
import { adjustForMany, compareScaleFree, type ScaleFree } from '../../../src/monitor/compare/scale_free.ts'
import { cleanNumbers } from '../../../src/monitor/evidently/clean.ts'
import { scoreKs } from '../../../src/monitor/evidently/ks.ts'
import { measureWasserstein, populationDeviation } from '../../../src/monitor/evidently/wasserstein.ts'
import { profileSide } from '../../../src/monitor/profile/make_profile.ts'
import { autoregression } from '../../fixtures/synthetic_sides.ts'

const side = (values: Float64Array): Side => ({
  name: 'side',
  rows: values.length,
  product: new Array<string>(values.length).fill('A'),
  time: values.map((_, i) => i * 1e6),
  timed: true,
  columns: { x: { kind: 'double', values } },
  others: {},
  metadata: {},
})

const spreadOf = (values: Float64Array): RobustSpread => {
  const sorted = cleanNumbers(values)
  return measureRobustSpread(sorted, populationDeviation(sorted))
}

function compare(a: Float64Array, b: Float64Array): ScaleFree {
  const [reference, current] = [a, b].map((values, i) =>
    profileSide(side(values), { blockSeconds: 300, resetSeconds: 900, forReference: i === 0 }),
  )
  const [before, after] = [reference, current].map(({ profile }) => profile.columns.x.parts[0])
  const distance = measureWasserstein(before.sorted, after.sorted)
  return compareScaleFree([{ product: 'A', reference: before, current: after, spread: spreadOf(a), distance }], {
    reference: reference.profile,
    values: b,
    times: current.times,
    seed: 60,
  })
}

test('the score and the p do not depend on the unit of the column', () => {
  const [a, b] = [autoregression(5000, 20, 1), autoregression(5000, 20, 2).map(x => 1.5 * x)]
  const [plain, tiny] = [
    compare(a, b),
    compare(
      a.map(x => x / 65536),
      b.map(x => x / 65536),
    ),
  ]
  expect(tiny.score).toBeCloseTo(plain.score!, 10)
  expect(tiny.p).toBe(plain.p)
})

test('the same seed gives the same p', () => {
  const [a, b] = [autoregression(5000, 20, 3), autoregression(5000, 20, 4)]
  expect(compare(a, b)).toEqual(compare(a, b))
})

describe('of 40 pairs of dependent series from one source', () => {
  const pairs = Array.from({ length: 40 }, (_, k) => autoregression(14_400, 30, 100 + k)).map(series => [
    series.slice(0, 7200),
    series.slice(7200),
  ])

  test('the plain KS test calls most different, block resampling few', () => {
    const plain = pairs.filter(([a, b]) => scoreKs(cleanNumbers(a), cleanNumbers(b)) <= 0.05).length
    const blocks = pairs.filter(([a, b]) => (compare(a, b).p ?? 1) <= 0.05).length
    expect(plain).toBeGreaterThanOrEqual(32)
    expect(blocks).toBeLessThanOrEqual(7)
  })

  test('block resampling finds a move by one spread in nearly all', () => {
    const found = pairs.filter(
      ([a, b]) =>
        (compare(
          a,
          b.map(x => x + 1),
        ).p ?? 1) <= 0.05,
    ).length
    expect(found).toBeGreaterThanOrEqual(38)
  })
})

test('too short a side, or too long a memory, is said and gives no p', () => {
  const short = compare(autoregression(5000, 5, 5), autoregression(900, 5, 6))
  expect(short).toMatchObject({ p: null, note: expect.stringMatching(/too short to tell/) })
  const walk = Float64Array.from({ length: 5000 }, (_, i) => i)
  const trend = compare(
    walk,
    walk.map(x => x + 5000),
  )
  expect(trend).toMatchObject({ p: null, note: expect.stringMatching(/too few independent stretches/) })
  expect(trend.score).toBeGreaterThan(1)
})

test('a constant on both sides does not drift; a constant that changed has no finite score but a p', () => {
  const ones = new Float64Array(5000).fill(1)
  expect(compare(ones, ones)).toMatchObject({ score: 0, p: 1 })
  const changed = compare(
    ones,
    ones.map(() => 2),
  )
  expect(changed.score).toBeNull()
  expect(changed.p).toBeLessThan(0.01)
})

test('heavy tails are measured by the quartiles, a near-constant column by its standard deviation', () => {
  const normal = autoregression(5000, 1, 7)
  expect(spreadOf(normal).kind).toBe('standard deviation')
  const heavy = spreadOf(normal.map((x, i) => (i % 50 === 0 ? 20 * x : x)))
  expect(heavy.kind).toBe('interquartile range')
  expect(heavy.value).toBeCloseTo(1, 0)
  expect(spreadOf(normal.map((x, i) => (i % 50 === 0 ? 1000 * x : x))).kind).toBe('standard deviation')
})

test('Benjamini and Hochberg on their own example, nulls left alone', () => {
  const ps = [
    0.0001,
    null,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.324,
    0.4262,
    0.5719,
    0.6528,
    0.759,
    1,
  ]
  const adjusted = adjustForMany(ps)
  expect(adjusted[1]).toBeNull()
  expect(adjusted.filter(p => p !== null && p <= 0.05)).toHaveLength(4)
  expect(adjusted[0]).toBeCloseTo(0.0015, 12)
})
