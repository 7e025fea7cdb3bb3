import { expect, it } from 'vitest'
import {
  type AnomalyScore,
  pageForest,
  RollingForest,
} from '../../../../src/core/indicators/isolation_forest/rolling_forest.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'

const options = { ...pageForest, window: 100, every: 50, trees: 20, sample: 64 }
const random = seededRandom(5)
const rows = Array.from({ length: 420 }, () => Float64Array.from({ length: 4 }, random))

function scoresOf(forest: RollingForest, from = 0): (AnomalyScore | null)[] {
  return rows.slice(from).map(row => forest.push(row))
}

it('trains when the window is full, then every so many events, as the protocol says', () => {
  const models = scoresOf(new RollingForest(options)).map(score => score?.model ?? 0)
  const expected = rows.map((_, event) => (event < 100 ? 0 : Math.floor((event - 100) / 50) + 1))
  expect(models).toEqual(expected)
})

it('a model never sees the event that it is grown before: another value there changes its own score alone', () => {
  const other = new RollingForest(options)
  const changed = rows.slice(0, 250).map((row, i) => other.push(i === 200 ? row.map(value => value + 5) : row))
  const plain = scoresOf(new RollingForest(options)).slice(0, 250)
  changed.forEach((score, i) => {
    if (i !== 200) expect(score).toEqual(plain[i])
  })
  expect(changed[200]!.score).toBeLessThan(plain[200]!.score)
  expect(changed[200]!.anomaly).toBe(true)
})

it('begins again with the same scores, wherever it stopped', () => {
  const whole = scoresOf(new RollingForest(options))
  for (const stop of [0, 60, 100, 149, 150, 151, 333]) {
    const from = Math.max(0, stop - options.window - options.every)
    const again = new RollingForest(options)
    again.resume(from)
    expect(scoresOf(again, from).slice(stop - from)).toEqual(whole.slice(stop))
  }
})

it('flags about its contamination of the window, or all below the fixed line', () => {
  const steady = { ...options, window: 400, every: 400 }
  const share = (offset: typeof options.offset): number => {
    const forest = new RollingForest({ ...steady, offset })
    for (const row of rows.slice(0, 400)) forest.push(row)
    return rows.slice(0, 400).filter(row => forest.push(row)!.anomaly).length / 400
  }
  expect(share({ contamination: 0.01 })).toBeCloseTo(0.01, 2)
  expect(share('fixed')).toBeGreaterThan(0.1)
})
