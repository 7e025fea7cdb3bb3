import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countNumbers, countValues } from '../../../src/monitor/evidently/binning.ts'
import { cleanNumbers, countDistinctOfBoth } from '../../../src/monitor/evidently/clean.ts'
import { scoreJensenShannon } from '../../../src/monitor/evidently/jensen_shannon.ts'
import { measureKs, scoreKs } from '../../../src/monitor/evidently/ks.ts'
import { scorePsi } from '../../../src/monitor/evidently/psi.ts'
import { measureWasserstein } from '../../../src/monitor/evidently/wasserstein.ts'

const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 }).map(cleanNumbers)

test('distances are 0 between a sample and itself, and the same both ways', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      expect(measureWasserstein(a, a)).toBe(0)
      expect(scoreKs(a, a)).toBe(1)
      expect(measureWasserstein(a, b)).toBeCloseTo(measureWasserstein(b, a), 10)
      expect(measureKs(a, b)).toBeCloseTo(measureKs(b, a), 12)
      expect(scoreKs(a, b)).toBeCloseTo(scoreKs(b, a), 10)
      expect(scoreJensenShannon(countValues(a, b))).toBeCloseTo(scoreJensenShannon(countValues(b, a)), 12)
      expect(scorePsi(countValues(a, b))).toBeCloseTo(scorePsi(countValues(b, a)), 10)
    }),
  )
})

test('Wasserstein moves with a shift and scales with the unit', () => {
  fc.assert(
    fc.property(sample, sample, fc.integer({ min: 1, max: 9 }), (a, b, k) => {
      expect(
        measureWasserstein(
          a,
          a.map(x => x + k),
        ),
      ).toBeCloseTo(k, 10)
      expect(
        measureWasserstein(
          a.map(x => k * x),
          b.map(x => k * x),
        ),
      ).toBeCloseTo(k * measureWasserstein(a, b), 8)
    }),
  )
})

test('scores stay in their ranges, and no value is lost between bins', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const counts = countNumbers(a, b)
      expect(counts.reference.reduce((x, y) => x + y)).toBe(a.length)
      expect(counts.current.reduce((x, y) => x + y)).toBe(b.length)
      expect(scoreJensenShannon(counts)).toBeLessThanOrEqual(Math.sqrt(Math.LN2) + 1e-12)
      expect(scorePsi(counts)).toBeGreaterThanOrEqual(0)
      const p = scoreKs(a, b)
      expect(p).toBeGreaterThanOrEqual(0)
      expect(p).toBeLessThanOrEqual(1)
      expect(countDistinctOfBoth(a, b)).toBe(new Set([...a, ...b]).size)
    }),
  )
})

test('the exact KS p is the share of all splits of the pooled values that lie as far apart', () => {
  const distinct = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 9 })
  fc.assert(
    fc.property(distinct, fc.integer({ min: 1, max: 3 }), (values, n) => {
      const [a, b] = [values.slice(0, n), values.slice(n)].map(cleanNumbers)
      const seen = measureKs(a, b)
      let [far, all] = [0, 0]
      for (let mask = 0; mask < 1 << values.length; mask++) {
        const part = values.filter((_, i) => mask & (1 << i))
        if (part.length !== n) continue
        const rest = values.filter((_, i) => !(mask & (1 << i)))
        all++
        if (measureKs(cleanNumbers(part), cleanNumbers(rest)) >= seen - 1e-12) far++
      }
      expect(scoreKs(a, b)).toBeCloseTo(far / all, 12)
    }),
    { numRuns: 30 },
  )
})
