import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { fitCalibration, logitOf } from '../../../../src/core/models/fit/calibration.ts'
import { residualLink, sigmaOf, spikeProbability, targetOf } from '../../../../src/core/models/fit/residual.ts'
import { fitRidge } from '../../../../src/core/models/fit/ridge.ts'
import { meanOfParts } from '../../../../src/core/models/fit/volatility_predict.ts'
import { volatilityArtifact } from '../../../fixtures/artifacts.ts'

test('ridge solves its normal equations, and shrinks to the mean', () => {
  // columns of mean 0: (x'x + l2) w = x'y, by hand
  const x = Float64Array.from([-1, 1, 0, -2, 1, 1])
  const y = [1, 2, 6]
  // x'x = [[2, 0], [0, 6]], x'(y - 3) = [-2 + 3, -2 + 2 + 3]
  const { weights, intercept } = fitRidge(x, y, 2)
  expect(intercept).toBeCloseTo(3, 12)
  expect(weights[0]).toBeCloseTo((2 + 0 + 3) / 4, 12)
  expect(weights[1]).toBeCloseTo((-2 + 2 + 3) / 8, 12)
  expect(fitRidge(x, y, 1e12).weights.every(weight => Math.abs(weight) < 1e-10)).toBe(true)
})

describe('from a predicted volatility to a probability', () => {
  test('a half where the mean is tau, near the normal curve elsewhere', () => {
    const link = residualLink([-0.5, 0.5, -0.5, 0.5])
    const mean = targetOf(2e-5, 2e-5)
    expect(spikeProbability(mean, link)).toBeCloseTo(0.5, 12)
    // standard normal at 1 and at -2
    expect(Math.abs(spikeProbability(mean + 0.5, link) - 0.8413447)).toBeLessThan(0.01)
    expect(Math.abs(spikeProbability(mean - 1, link) - 0.0227501)).toBeLessThan(0.011)
    expect(sigmaOf(targetOf(3e-5, 2e-5), 2e-5)).toBeCloseTo(3e-5, 15)
  })

  test('a tau of 0 gives finite targets', () => {
    expect(Number.isFinite(targetOf(1e-5, 0))).toBe(true)
  })
})

test('calibration finds the slope and offset that made the labels', () => {
  const random = seededRandom(3)
  const p = Float64Array.from({ length: 40_000 }, () => 0.02 + 0.9 * random())
  const labels = Uint8Array.from(p, one => (random() < 1 / (1 + Math.exp(-(0.5 * logitOf(one) - 1))) ? 1 : 0))
  const { slope, offset } = fitCalibration(labels, p)!
  expect(slope).toBeCloseTo(0.5, 1)
  expect(offset).toBeCloseTo(-1, 1)
  expect(fitCalibration([0, 0], [0.1, 0.2])).toBe(null)
  expect(fitCalibration([1, 0, 1, 0], [0.1, 0.9, 0.2, 0.8])).toBe(null)
})

test('the mean of a model is that of its parts, of one alone, and 0 of none', () => {
  const columns = [
    Float64Array.of(-0.5, -0.1, Number.NaN),
    Float64Array.of(0.1, Number.NaN, 0.3),
    Float64Array.of(90, 100, 110),
  ]
  const { linear, trees, terms } = volatilityArtifact
  const of = (parts: { linear: typeof linear; trees: typeof trees }) => [
    ...meanOfParts({ ...parts, terms }, columns, 3),
  ]
  const [ridge, boosted] = [of({ linear, trees: null }), of({ linear: null, trees })]
  // By hand: (x - mean) / scale times the weights; nulls by their median, and the indicator of the second term.
  expect(ridge[0]).toBeCloseTo(-0.3 + 0.5 * (-0.1 / 0.6) - 0.2 * (-0.1 / 0.3) + 0.1 * 0 + 0.05 * (-0.1 / 0.3), 12)
  expect(ridge[1]).toBeCloseTo(-0.3 + 0.5 * (0.3 / 0.6) - 0.2 * (-0.1 / 0.3) + 0.1 * (10 / 40) + 0.05 * (0.9 / 0.3), 12)
  expect(ridge[2]).toBeCloseTo(
    -0.3 + 0.5 * (-0.1 / 0.6) - 0.2 * (0.1 / 0.3) + 0.1 * (20 / 40) + 0.05 * (-0.1 / 0.3),
    12,
  )
  for (const [i, value] of [-0.35 - 0.3 - 0.05, -0.35 + 0.4 + 0.2, -0.35 - 0.1 + 0.2].entries())
    expect(boosted[i]).toBeCloseTo(value, 12)
  expect(of({ linear, trees })).toEqual(ridge.map((value, i) => (value + boosted[i]) / 2))
  expect(of({ linear: null, trees: null })).toEqual([0, 0, 0])
})
