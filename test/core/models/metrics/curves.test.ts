import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  calibrationError,
  drawnCurve,
  reliability,
  reliabilityByQuantile,
} from '../../../../src/core/models/metrics/curves.ts'

/** A row a score, from the highest to the lowest, every label 1: recall rises evenly. */
const even = (rows: number): [number[], number[]] => [
  Array(rows).fill(1),
  Array.from({ length: rows }, (_, i) => rows - i),
]

test('200 points are drawn as they are, more of them are thinned to 200, evenly in recall, with both ends', () => {
  expect(drawnCurve(...even(200))).toHaveLength(200)
  const thinned = drawnCurve(...even(201))
  expect(thinned.length).toBeLessThanOrEqual(200)
  expect(thinned.length).toBeGreaterThan(190)
  expect(thinned[0]).toEqual({ score: 201, recall: 1 / 201, precision: 1, alarmed: 1 / 201 })
  expect(thinned.at(-1)).toEqual({ score: 1, recall: 1, precision: 1, alarmed: 1 })
  expect(drawnCurve(...even(4), 4)).toHaveLength(4)
  // the first point finds all there is, and stands there once
  expect(drawnCurve([1, 0, 0, 0], [3, 2, 1, 0], 3).map(({ score }) => score)).toEqual([3, 2, 0])
  expect(drawnCurve(...even(9), 5).map(({ recall }) => Math.round(9 * recall))).toEqual([1, 3, 5, 7, 9])
})

test('thinned, a curve has at most so many points, of its own, the first and the last among them', () => {
  const rows = fc.array(fc.record({ label: fc.nat(1), score: fc.nat(40) }), { minLength: 1, maxLength: 80 })
  fc.assert(
    fc.property(rows, fc.integer({ min: 3, max: 30 }), (given, most) => {
      const labels = given.map(({ label }) => label)
      const scores = given.map(({ score }) => score)
      const all = drawnCurve(labels, scores, Number.POSITIVE_INFINITY)
      const drawn = drawnCurve(labels, scores, most)
      expect(drawn.length).toBeLessThanOrEqual(most)
      expect([drawn[0], drawn.at(-1)]).toEqual([all[0], all.at(-1)])
      const places = drawn.map(point => all.findIndex(({ score }) => score === point.score))
      expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b))
      expect(labels.includes(1)).toBe(drawn.length > 0)
    }),
  )
})

test('ten bins unless others are asked for; a probability on an edge is in the bin below it, 0 and 1 in the ends', () => {
  const probabilities = [0, 0.1, 0.10001, 0.5, 0.95, 1]
  const bins = reliability([0, 1, 0, 1, 1, 1], probabilities)
  expect(bins.map(({ rows }) => rows)).toEqual([2, 1, 1, 2])
  expect(bins[0]).toEqual({ predicted: 0.05, observed: 0.5, rows: 2 })
  expect(bins.at(-1)).toEqual({ predicted: 0.975, observed: 1, rows: 2 })
  const all = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000)
  const labels = all.map((_, i) => i % 2)
  expect(reliability(labels, all)).toEqual(reliability(labels, all, 10))
  expect(reliability(labels, all).map(({ rows }) => rows)).toEqual(Array(10).fill(100))
  expect(reliabilityByQuantile(labels, all).map(({ rows }) => rows)).toEqual(Array(10).fill(100))
  expect(reliability(labels, all, 1)).toHaveLength(1)
})

test('an interval of few rows is that of one independent row, within 0 and 1', () => {
  const none = reliabilityByQuantile(Array(30).fill(0), Array(30).fill(0.2), 1)[0]
  const all = reliabilityByQuantile(Array(60).fill(1), Array(60).fill(0.2), 1)[0]
  // Wilson's of 0 in 1 and of 1 in 1
  expect([none.low, none.high]).toEqual([0, expect.closeTo(0.793451, 5)])
  expect([all.low, all.high]).toEqual([expect.closeTo(0.206549, 5), 1])
  const two = reliabilityByQuantile(Array(120).fill(0), Array(120).fill(0.2), 1)[0]
  expect(two.high).toBeCloseTo(0.657628, 4)
})

test('bins of equally many rows, those of one probability together: each row in the bin of the first of its like', () => {
  const row = fc.record({ label: fc.nat(1), probability: fc.integer({ min: 0, max: 25 }).map(value => value / 25) })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 120 }), fc.integer({ min: 1, max: 12 }), (rows, bins) => {
      const sorted = rows.toSorted((a, b) => a.probability - b.probability)
      const binOf = ({ probability }: (typeof rows)[0]): number =>
        Math.floor((bins * sorted.findIndex(one => one.probability === probability)) / rows.length)
      const expected = Map.groupBy(sorted, binOf)
      const found = reliabilityByQuantile(
        rows.map(({ label }) => label),
        rows.map(({ probability }) => probability),
        bins,
      )
      const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length
      expect(found.map(bin => bin.rows)).toEqual([...expected.values()].map(({ length }) => length))
      for (const [k, own] of [...expected.values()].entries()) {
        expect(found[k].predicted).toBeCloseTo(mean(own.map(one => one.probability)), 12)
        expect(found[k].observed).toBeCloseTo(mean(own.map(one => one.label)), 12)
        expect(found[k].low).toBeLessThanOrEqual(found[k].observed + 1e-12)
        expect(found[k].high).toBeGreaterThanOrEqual(found[k].observed - 1e-12)
      }
    }),
  )
})

test('the calibration error weighs the distance of each bin by its rows', () => {
  const bins = [
    { predicted: 0.2, observed: 0.5, rows: 30 },
    { predicted: 0.8, observed: 0.7, rows: 10 },
  ]
  expect(calibrationError(bins)).toBeCloseTo((30 * 0.3 + 10 * 0.1) / 40, 12)
  expect(calibrationError([])).toBe(0)
})
