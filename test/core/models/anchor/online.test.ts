import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { decayingMean } from '../../../../src/core/models/anchor/decaying.ts'
import { OnlineLogistic } from '../../../../src/core/models/anchor/online_logistic.ts'
import { OnlineRidge } from '../../../../src/core/models/anchor/online_ridge.ts'
import { fitWeightedRidge } from '../../../../src/core/models/fit/weighted_ridge.ts'

describe('the mean that forgets', () => {
  test('is the weighted mean written out, over nulls and silences', () => {
    const value = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(Number.NaN))
    const row = fc.tuple(value, fc.integer({ min: 1, max: 50 }))
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), rows => {
        let at = 0
        const seconds = Float64Array.from(rows, ([, passed]) => (at += passed))
        const values = Float64Array.from(rows, ([one]) => one)
        decayingMean(values, seconds, 20).forEach((mean, i) => {
          let [sum, weight] = [0, 0]
          for (let j = 0; j <= i; j++)
            if (!Number.isNaN(values[j])) {
              sum += values[j] * 2 ** ((seconds[j] - seconds[i]) / 20)
              weight += 2 ** ((seconds[j] - seconds[i]) / 20)
            }
          if (weight > 1e-8) expect(mean).toBeCloseTo(sum / weight, 9)
        })
      }),
    )
  })
})

describe('ridge that learns as it goes', () => {
  const truth = [0.5, -1, 2]
  const random = seededRandom(1)
  const rows = Array.from({ length: 400 }, () => {
    const x = truth.map(() => 2 * random() - 1)
    return { x, y: x.reduce((sum, value, j) => sum + value * truth[j], 0) + 0.1 * (random() - 0.5) }
  })

  test('says the prior before it has learnt, and comes to what the rows say', () => {
    const learner = new OnlineRidge([1, 1, 1], [5, 5, 5])
    learner.solve()
    expect([...learner.weights]).toEqual([1, 1, 1])
    for (const { x, y } of rows) learner.take(x, y, 10)
    learner.solve()
    learner.weights.forEach((weight, j) => {
      expect(weight).toBeCloseTo(truth[j], 1)
    })
  })

  test('equals the ridge of all rows at once, whose penalty draws to 0', () => {
    const learner = new OnlineRidge([0, 0, 0, 0], [20, 20, 20, 20])
    for (const { x, y } of rows) learner.take([1, ...x], y, 1)
    learner.solve()
    const scale = truth.map((_, j) => Math.sqrt(rows.reduce((sum, { x }) => sum + x[j] ** 2, 0) / rows.length))
    const scaled = truth.map((_, j) => Float32Array.from(rows, ({ x }) => x[j] / scale[j]))
    const rescaled = new OnlineRidge([0, 0, 0, 0], [20, 20, 20, 20])
    rows.forEach(({ y }, i) => {
      rescaled.take([1, ...scaled.map(column => column[i])], y, 1)
    })
    rescaled.solve()
    const { intercept, weights } = fitWeightedRidge(
      scaled,
      Float64Array.from(rows, ({ y }) => y),
      new Float64Array(rows.length).fill(1),
      20 / rows.length,
    )
    expect(intercept).toBeCloseTo(rescaled.weights[0], 6)
    weights.forEach((weight, j) => {
      expect(weight).toBeCloseTo(rescaled.weights[j + 1], 5)
    })
  })

  test('a null of the weighted ridge counts as no correction', () => {
    const ridge = fitWeightedRidge(
      [Float32Array.of(1, -1, 2)],
      Float64Array.of(1, -1, 2),
      Float64Array.of(1, 1, 1),
      0.01,
    )
    expect(ridge.predict([Float32Array.of(Number.NaN)], 1)[0]).toBe(ridge.intercept)
  })
})

describe('calibration that learns as it goes', () => {
  const start = { offset: 0, slope: 1, strength: { offset: 1, slope: 10 } }

  test('says the start before it has learnt, and comes to the share of spikes', () => {
    const calibration = new OnlineLogistic(start)
    expect(calibration.probability(0)).toBe(0.5)
    const random = seededRandom(3)
    for (let i = 0; i < 3000; i++) calibration.take(0, random() < 0.1 ? 1 : 0, 1)
    expect(calibration.probability(0)).toBeCloseTo(0.1, 1)
  })

  test('never turns a ranking round, whatever labels come', () => {
    const row = fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.integer({ min: 0, max: 1 }))
    fc.assert(
      fc.property(fc.array(row, { maxLength: 200 }), rows => {
        const calibration = new OnlineLogistic(start)
        for (const [score, label] of rows) calibration.take(score, label, 1)
        const [low, high] = [-1, 1].map(score => calibration.probability(score))
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeGreaterThanOrEqual(low)
        expect(high).toBeLessThanOrEqual(1)
      }),
    )
  })
})
