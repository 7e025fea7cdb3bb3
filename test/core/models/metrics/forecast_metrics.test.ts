import { expect, test } from 'vitest'
import { calibrationError } from '../../../../src/core/models/metrics/curves.ts'
import { forecastErrors } from '../../../../src/core/models/metrics/forecast_metrics.ts'
import { precisionAtTop } from '../../../../src/core/models/metrics/metrics.ts'
import { cellsOf, withinBlockPrecision } from '../../../../src/core/models/metrics/within_block.ts'

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
