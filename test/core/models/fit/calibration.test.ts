import { expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { fitCalibration, logitOf } from '../../../../src/core/models/fit/calibration.ts'

test('log odds are those of the probability, and finite at 0 and 1', () => {
  for (const p of [0.001, 0.2, 0.5, 0.9]) expect(logitOf(p)).toBeCloseTo(Math.log(p / (1 - p)), 12)
  expect(logitOf(0)).toBeCloseTo(Math.log(1e-9), 6)
  expect(logitOf(1)).toBeCloseTo(-Math.log(1e-9), 6)
})

test('slope and offset by which labels were drawn come out', () => {
  const random = seededRandom(4)
  const probabilities = Float64Array.from({ length: 5000 }, () => 0.02 + 0.96 * random())
  const labels = probabilities.map(p => (random() < 1 / (1 + Math.exp(-(0.5 * logitOf(p) + 0.3))) ? 1 : 0))
  const { slope, offset } = fitCalibration(labels, probabilities)!
  expect(Math.abs(slope - 0.5)).toBeLessThan(0.05)
  expect(Math.abs(offset - 0.3)).toBeLessThan(0.07)
})

test('one class, or scores that mean the opposite, calibrate nothing', () => {
  expect(fitCalibration([0, 0], [0.1, 0.4])).toBeNull()
  expect(fitCalibration([1, 1], [0.6, 0.9])).toBeNull()
  expect(fitCalibration([1, 1, 0, 0], [0.2, 0.3, 0.7, 0.8])).toBeNull()
  expect(fitCalibration([0, 1, 0, 1], [0.2, 0.3, 0.7, 0.8])).not.toBeNull()
})
