import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { fitLogistic } from '../../../../src/core/models/fit/logistic.ts'
import { fitScaler } from '../../../../src/core/models/fit/standardise.ts'
import { readGolden } from '../../../fixtures/read_golden.ts'

const golden = readGolden('sklearn_logreg.json')

describe('equal to the exact optimum of scikit-learn’s objective', () => {
  const x = Float64Array.from(golden.X.flat())
  const y: number[] = golden.y
  const positives = y.filter(label => label === 1).length
  const balanced: [number, number] = [y.length / (2 * (y.length - positives)), y.length / (2 * positives)]

  test.each([
    ['C1', { l2: 1 }],
    ['C0.1', { l2: 10 }],
    ['C10', { l2: 0.1 }],
    ['unpenalised', { l2: 0 }],
    ['C1_balanced', { l2: 1, classWeights: balanced }],
  ])('%s', (name, settings) => {
    const { weights, intercept } = fitLogistic(x, y, settings)
    const expected: number[] = golden.fits[name].exact_newton.w_then_b
    ;[...weights, intercept].forEach((value, j) => {
      expect(Math.abs(value - expected[j])).toBeLessThan(1e-6)
    })
  })

  test('the scaler', () => {
    const { mean, scale } = fitScaler(x, 3)
    mean.forEach((value, j) => {
      expect(value).toBeCloseTo(golden.standard_scaler.mean[j], 12)
      expect(scale[j]).toBeCloseTo(golden.standard_scaler.scale_ddof0[j], 12)
    })
  })
})

test('Newton takes few steps, the last of them to the optimum itself', () => {
  const x = Float64Array.from(golden.X.flat())
  const y: number[] = golden.y
  const stepsOf = (l2: number): number => fitLogistic(x, y, { l2 }).iterations
  expect([0, 0.1, 1, 10].map(stepsOf)).toEqual([6, 6, 6, 5])
  const apart = Float64Array.of(-2, -1, 1, 2)
  expect([0, 1].map(l2 => fitLogistic(apart, [0, 0, 1, 1], { l2 }).iterations)).toEqual([22, 4])
  for (const l2 of [0.1, 1, 10]) {
    const { weights, intercept } = fitLogistic(x, y, { l2 })
    const width = weights.length
    const slopes = [...weights.map(weight => l2 * weight), 0]
    y.forEach((label, i) => {
      const row = [...x.subarray(i * width, (i + 1) * width), 1]
      const score = row.reduce((sum, value, j) => sum + value * (weights[j] ?? intercept), 0)
      for (const [j, value] of row.entries()) slopes[j] += (1 / (1 + Math.exp(-score)) - label) * value
    })
    for (const slope of slopes) expect(Math.abs(slope)).toBeLessThan(1e-10)
  }
})

test('separable classes have finite weights, with and without a penalty', () => {
  const x = Float64Array.from([-2, -1, 1, 2])
  const penalised = fitLogistic(x, [0, 0, 1, 1], { l2: 1 })
  expect(penalised.gradient).toBeLessThan(1e-9)
  expect(penalised.weights[0]).toBeGreaterThan(0)
  const free = fitLogistic(x, [0, 0, 1, 1], { l2: 0 })
  expect([...free.weights, free.intercept].every(Number.isFinite)).toBe(true)
  expect(free.weights[0]).toBeGreaterThan(penalised.weights[0])
})

test('steps are counted: none where nothing can be learnt, and never more than 100', () => {
  expect(fitLogistic(Float64Array.of(1, 1, -1, -1), [0, 1, 0, 1], { l2: 1 })).toEqual({
    ...{ weights: [0], intercept: 0, iterations: 0, gradient: 0 },
  })
  expect(fitLogistic(Float64Array.of(1, 2, -1, -2), [0, 1, 0, 0], { l2: 1 }).iterations).toBeGreaterThan(0)
  expect(fitLogistic(Float64Array.of(-2, -1, 1, 2), [0, 0, 1, 1], { l2: 0 }).iterations).toBeLessThanOrEqual(100)
})

test('two equal columns share their weight, and huge scores overflow nothing', () => {
  const random = seededRandom(1)
  const column = Array.from({ length: 200 }, () => 400 * (random() - 0.5))
  const y = column.map(value => (value + 100 * (random() - 0.5) > 0 ? 1 : 0))
  const twice = fitLogistic(Float64Array.from(column.flatMap(v => [v, v])), y, { l2: 1 })
  expect(twice.weights[0]).toBeCloseTo(twice.weights[1], 9)
  const { weights, intercept } = twice
  const slope = column.reduce((sum, v, i) => {
    const p = 1 / (1 + Math.exp(-(intercept + v * (weights[0] + weights[1]))))
    return sum + (p - y[i]) * v
  }, weights[0])
  expect(Math.abs(slope)).toBeLessThan(1e-9)
})

test('a scaler gives a constant column the scale 1', () => {
  expect(fitScaler(Float64Array.from([5, 1, 5, 3]), 2)).toEqual({ mean: [5, 2], scale: [1, 1] })
})

test('equal columns without a penalty, of which no optimum is the only one: each has half of the weight, a column of zeros none', () => {
  const random = seededRandom(2)
  const column = Array.from({ length: 100 }, () => 4 * (random() - 0.5))
  const y = column.map(value => (value + 3 * (random() - 0.5) > 0 ? 1 : 0))
  const one = fitLogistic(Float64Array.from(column), y, { l2: 0 })
  const three = fitLogistic(Float64Array.from(column.flatMap(v => [v, v, 0])), y, { l2: 0 })
  expect(three.weights).toEqual([
    expect.closeTo(one.weights[0] / 2, 6),
    expect.closeTo(one.weights[0] / 2, 6),
    expect.closeTo(0, 12),
  ])
  expect(three.intercept).toBeCloseTo(one.intercept, 6)
  // the little on the diagonal costs no more than a step
  expect(three.iterations).toBeLessThanOrEqual(one.iterations + 1)
})
