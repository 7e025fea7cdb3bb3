import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { fitCalibration, logitOf } from '../../../../src/core/models/fit/calibration.ts'
import { residualLink, sigmaOf, spikeProbability, targetOf } from '../../../../src/core/models/fit/residual.ts'
import { fitRidge } from '../../../../src/core/models/fit/ridge.ts'
import { alarmsAtRate, onsetsOf, soundAlarms, type Track } from '../../../../src/core/models/metrics/alarms.ts'
import { drawBlocks, resampledMean } from '../../../../src/core/models/metrics/bootstrap.ts'
import { calibrationError } from '../../../../src/core/models/metrics/curves.ts'
import { forecastErrors } from '../../../../src/core/models/metrics/forecast_metrics.ts'
import { precisionAtTop } from '../../../../src/core/models/metrics/metrics.ts'
import { pairedDifference } from '../../../../src/core/models/metrics/paired.ts'
import { cellsOf, withinBlockPrecision } from '../../../../src/core/models/metrics/within_block.ts'

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

test('calibration error weighs bins by rows; the top share counts ties by their mean', () => {
  expect(
    calibrationError([
      { predicted: 0.1, observed: 0.3, rows: 30 },
      { predicted: 0.8, observed: 0.7, rows: 10 },
    ]),
  ).toBeCloseTo(0.175, 12)
  expect(precisionAtTop([1, 0, 1, 0], [4, 3, 2, 1], 0.5)).toBe(0.5)
  // one row sure, the second is one of two that tie: half a hit
  expect(precisionAtTop([1, 1, 0, 0], [4, 3, 3, 1], 0.5)).toBe(0.75)
})

test('forecast errors are floored, and say how often', () => {
  const { squaredLog, qlike, floored } = forecastErrors([2e-5, 0, 1e-5], [1e-5, 1e-7, 0])
  expect(floored).toEqual({ predicted: 1, realised: 1 })
  expect(squaredLog[0]).toBeCloseTo(Math.log(2) ** 2, 12)
  expect(qlike[0]).toBeCloseTo(0.25 - Math.log(0.25) - 1, 12)
  expect(squaredLog[1]).toBe(0)
})

test('within a block only timing counts: a score that knows the block alone is at chance', () => {
  const cell = Array.from({ length: 1200 }, (_, i) => (i < 600 ? 'loud' : 'calm'))
  const sigma = Float64Array.from(cell, (name, i) => (name === 'loud' ? 100 : 1) * (1 + (i % 600) / 600))
  const cells = cellsOf([...cell, ...Array(299).fill('short')])
  expect(cells.length).toBe(2)
  const level = Float64Array.from(cell, name => (name === 'loud' ? 1 : 0))
  expect(withinBlockPrecision(cells, sigma, level, 10)).toBeCloseTo(0.1, 2)
  expect(withinBlockPrecision(cells, sigma, sigma, 25)).toBe(1)
})

describe('alarms', () => {
  const track = (scores: number[], spiking: number[]): Track => ({
    time: Float64Array.from(scores, (_, i) => i),
    spiking: Uint8Array.from(spiking),
    scores: Float64Array.from(scores),
  })
  const seconds = Array.from({ length: 1000 }, (_, i) => i)
  const spikes = seconds.map(i => ((i >= 500 && i < 520) || (i >= 560 && i < 570) || i >= 900 ? 1 : 0))

  test('an onset comes after a minute below tau', () => {
    expect(onsetsOf(track(seconds, spikes))).toEqual([500, 900])
  })

  test('lead is onset less first alarm; a false one looks 120 s ahead in vain; none while the spike is on', () => {
    const scores = seconds.map(i => (i === 200 || (i >= 430 && i < 520) || i === 899 ? 1 : 0))
    expect(soundAlarms([track(scores, spikes)], 1)).toMatchObject({
      onsets: 2,
      caught: 2,
      false_alarms: 1,
      lead_s: 35.5,
    })
  })

  test('the threshold keeps to the rate', () => {
    const random = seededRandom(4)
    const scores = seconds.map(() => random())
    const found = alarmsAtRate([track(scores, spikes)])
    expect(found.false_alarms).toBeLessThanOrEqual(6 * found.hours)
  })
})

test('blocks are drawn inside groups: each sample holds as many rows of each; a difference from itself is 0', () => {
  const group = Array.from({ length: 3000 }, (_, i) => (i < 2000 ? 'a' : i < 2900 ? 'b' : 'short'))
  const times = Float64Array.from(group, (_, i) => i * 1e6)
  const resamples = drawBlocks(times, group, { block_s: 300, samples: 50, seed: 1 })!
  for (const name of ['a', 'b', 'short']) {
    const share = group.filter(one => one === name).length / 3000
    const inGroup = Float64Array.from(group, one => (one === name ? 1 : 0))
    for (const mean of resampledMean(inGroup, resamples)) expect(mean).toBeCloseTo(share, 12)
  }
  const drawn = resampledMean(times, resamples)
  expect(pairedDifference({ value: 5, drawn }, { value: 5, drawn })).toEqual({ value: 0, low: 0, high: 0 })
})
