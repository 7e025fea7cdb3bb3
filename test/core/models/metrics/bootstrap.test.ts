import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import {
  drawBlocks,
  intervalOf,
  resampledMean,
  resampledPrecision,
} from '../../../../src/core/models/metrics/bootstrap.ts'
import { averagePrecision } from '../../../../src/core/models/metrics/metrics.ts'
import { pairedDifference } from '../../../../src/core/models/metrics/paired.ts'

const times = Float64Array.from({ length: 2000 }, (_, i) => Math.floor(i / 2) * 1e6)
const group = Array.from(times, () => 'test')
const settings = { block_s: 300, samples: 50, seed: 60 }

test('the same seed draws the same blocks, another seed others', () => {
  expect(drawBlocks(times, group, settings)).toEqual(drawBlocks(times, group, settings))
  expect(drawBlocks(times, group, { ...settings, seed: 61 })).not.toEqual(drawBlocks(times, group, settings))
})

test('a sample is as long as the segment and made of whole blocks', () => {
  for (const drawn of drawBlocks(times, group, settings)!.counts) {
    expect(drawn.reduce((a, b) => a + b)).toBe(1000)
    const changes = drawn.filter((count, i) => i > 0 && count !== drawn[i - 1]).length
    expect(changes).toBeLessThanOrEqual(2 * Math.ceil(1000 / 300))
  }
})

test('a segment shorter than two blocks has no interval', () => {
  expect(drawBlocks(times.subarray(0, 1198), group.slice(0, 1198), settings)).toBeNull()
})

test('counting draws gives what copying rows would give', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 30 }), (seed, levels) => {
      const random = seededRandom(seed)
      const labels = Array.from(times, () => (random() < 0.1 ? 1 : 0))
      const scores = labels.map(label => Math.floor(levels * random()) + label)
      const resamples = drawBlocks(times, group, { ...settings, samples: 3, seed })!
      const found = resampledPrecision(labels, scores, resamples)
      resamples.counts.forEach((drawn, s) => {
        const copies = labels.flatMap((_, row) => new Array<number>(drawn[resamples.secondOf[row]]).fill(row))
        const expected = averagePrecision(
          copies.map(row => labels[row]),
          copies.map(row => scores[row]),
        )
        expect(found[s]).toBeCloseTo(expected, 12)
      })
    }),
    { numRuns: 20 },
  )
})

test('the interval holds the estimate of a plain signal, and is null where most samples lack a spike', () => {
  const random = seededRandom(3)
  const labels = Array.from(times, () => (random() < 0.2 ? 1 : 0))
  const scores = labels.map(label => random() + 0.5 * label)
  const { low, high } = intervalOf(resampledPrecision(labels, scores, drawBlocks(times, group, settings)!))!
  const estimate = averagePrecision(labels, scores)
  expect(low).toBeLessThan(estimate)
  expect(high).toBeGreaterThan(estimate)
  expect(intervalOf(Float64Array.from([0.5, Number.NaN, Number.NaN]))).toBeNull()
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

test('a resampled mean weighs every row, the first too, as often as its second was drawn', () => {
  const resamples = {
    secondOf: Int32Array.from([0, 1, 1]),
    counts: [Uint16Array.from([2, 1]), Uint16Array.from([0, 3])],
  }
  const values = Float64Array.from([8, 2, 4])
  expect([...resampledMean(values, resamples as unknown as Parameters<typeof resampledMean>[1])]).toEqual([5.5, 3])
})
