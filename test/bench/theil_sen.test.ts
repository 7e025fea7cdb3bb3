import { expect, test } from 'vitest'
import { theilSen } from '../../bench/theil_sen.ts'
import { seededRandom } from '../../src/core/math/random.ts'

const line = (slope: number, noise: () => number) =>
  Array.from({ length: 24 }, (_, x) => ({ x, y: 100 + slope * x + noise() }))

test('a line has its slope and no interval', () => {
  expect(theilSen(line(0.5, () => 0))).toEqual({ slope: 0.5, low: 0.5, high: 0.5 })
})

test('one outlier moves it little', () => {
  const points = line(0, () => 0)
  points[20].y = 1e6
  expect(theilSen(points)).toEqual({ slope: 0, low: 0, high: 0 })
})

test('the interval holds the true slope in about 95 of 100 draws', () => {
  const random = seededRandom(1)
  const noise = () => random() + random() + random() - 1.5
  let held = 0
  for (let draw = 0; draw < 1000; draw++) {
    const { low, high } = theilSen(line(0.02, noise))
    if (low <= 0.02 && 0.02 <= high) held++
  }
  expect(held).toBeGreaterThan(925)
  expect(held).toBeLessThan(980)
})
