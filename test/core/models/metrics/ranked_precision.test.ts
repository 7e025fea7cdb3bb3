import fc from 'fast-check'
import { expect, test } from 'vitest'
import { averagePrecision } from '../../../../src/core/models/metrics/metrics.ts'
import { rankedPrecision } from '../../../../src/core/models/metrics/ranked_precision.ts'

test('a score that is ranked once has the average precision of each labelling, ties or not', () => {
  const row = fc.record({ score: fc.nat(12), labels: fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1)) })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), rows => {
      const scores = Float64Array.from(rows, ({ score }) => score)
      const precisionOf = rankedPrecision(scores)
      for (const k of [0, 1, 2]) {
        const labels = Float64Array.from(rows, row => row.labels[k])
        expect(precisionOf(labels)).toBe(averagePrecision(labels, scores))
      }
    }),
  )
})
