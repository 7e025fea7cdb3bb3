import { expect, test } from 'vitest'
import { judgeUsage } from '../../bench/soak_report.ts'
import { seededRandom } from '../../src/core/math/random.ts'

const random = seededRandom(3)
const use = (growth: number, files: (i: number) => number) =>
  Array.from({ length: 120 }, (_, i) => ({
    hours: i / 60,
    rssMib: 200 + growth * (i / 60) + (i % 7) * 4 + 6 * random(),
    files: files(i),
  }))

test('a sawtooth that stays at its height is flat', () => {
  expect(judgeUsage(use(0, () => 30))).toMatchObject({ memory_flat: true, files_flat: true })
})

test('forty MiB an hour are seen through the sawtooth', () => {
  const verdict = judgeUsage(use(40, () => 30))
  expect(verdict.memory_flat).toBe(false)
  expect(Math.abs(verdict.slope_mib_per_hour.slope - 40)).toBeLessThan(8)
})

test('what grows at the beginning only is forgiven', () => {
  const usage = use(0, () => 30).map((one, i) => ({ ...one, rssMib: one.rssMib - Math.max(0, 40 - i) }))
  expect(judgeUsage(usage).memory_flat).toBe(true)
})

test('files that are not closed are told', () => {
  expect(judgeUsage(use(0, i => 30 + Math.floor(i / 10))).files_flat).toBe(false)
})
