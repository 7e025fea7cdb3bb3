import { expect, test } from 'vitest'
import { calibrationError } from '../../../../src/core/models/metrics/curves.ts'
import { forecastErrors } from '../../../../src/core/models/metrics/forecast_metrics.ts'
import { precisionAtTop } from '../../../../src/core/models/metrics/metrics.ts'
import {
  cellName,
  cellsOf,
  withinBlockPrecision,
  withinBlocks,
  withinChance,
} from '../../../../src/core/models/metrics/within_block.ts'

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

test('within a block the label is the top 10 or 25 % of its rows, a row at the limit among them', () => {
  // 301 rows: the limits are the 271st and the 226th value exactly, so 31 and 76 rows are labelled.
  const sigma = Float64Array.from({ length: 301 }, (_, i) => i)
  const cells = cellsOf(Array(301).fill('one'))
  const first = (row: number): Float64Array => Float64Array.from(sigma, (_, i) => (i === row ? 1 : 0))
  /** One row is told from the others, which tie. */
  const one = (isLabelled: boolean, labelled: number): number =>
    isLabelled ? (1 + ((labelled - 1) * labelled) / 301) / labelled : labelled / 301
  for (const [row, top10, top25] of [
    [224, false, false],
    [225, false, true],
    [269, false, true],
    [270, true, true],
    [300, true, true],
  ] as const) {
    const found = withinBlocks(cells, sigma, first(row))
    expect(found.within_top10).toBeCloseTo(one(top10, 31), 12)
    expect(found.within_top25).toBeCloseTo(one(top25, 76), 12)
  }
  expect(withinChance(cells, sigma)).toEqual({ top10: 31 / 301, top25: 76 / 301 })
  expect(withinChance([], sigma)).toBeNull()
  expect(withinBlocks([], sigma, sigma)).toEqual({ within_top10: null, within_top25: null })
})

test('a block has 300 rows at least, and each counts once, whatever its length', () => {
  const names = [...Array(299).fill('short'), ...Array(300).fill('least'), ...Array(900).fill('long')]
  const cells = cellsOf(names)
  expect(cells.map(rows => [rows.length, rows[0]])).toEqual([
    [300, 299],
    [900, 599],
  ])
  const sigma = Float64Array.from(names, (_, i) => i)
  const scores = Float64Array.from(names, (name, i) => (name === 'long' ? 0 : i))
  expect(withinBlockPrecision(cells, sigma, scores, 25)).toBeCloseTo((1 + 0.25) / 2, 12)
})

test('a block is 20 minutes of one product from the start of the judged time on', () => {
  const from = 1_767_571_200e6
  const at = (seconds: number): string => cellName(from + seconds * 1e6, 'BTC-USD', from)
  expect([at(0), at(1199.999999), at(1200), at(2400)]).toEqual(['0 BTC-USD', '0 BTC-USD', '1 BTC-USD', '2 BTC-USD'])
})
