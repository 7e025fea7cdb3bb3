import { expect, test } from 'vitest'
import { type BenchResult, checkBaseline, checkBestOf } from '../../bench/measure.ts'

const baseline = { stream: { ratio: 1, other: 2 } }
const result = (ratio: number, other = 2): BenchResult => ({ name: 'stream', ratio, ratios: { other } })

test('a ratio may fall to 0.85 of its baseline, each by its name', () => {
  expect(() => checkBaseline(result(0.86), baseline)).not.toThrow()
  expect(() => checkBaseline(result(0.84), baseline)).toThrow(/stream: ratio is 0.84, baseline 1/)
  expect(() => checkBaseline(result(1, 1.6), baseline)).toThrow(/stream: other is 1.6/)
  expect(() => checkBaseline(result(1, Number.NaN), baseline)).toThrow(/other is NaN/)
  expect(() => checkBaseline({ ...result(1), name: 'unknown' }, baseline)).toThrow(/has no 'unknown'/)
})

test('one run of three that passes is enough; three that do not are too many', async () => {
  const runs = (...ratios: number[]) => ({ left: ratios, run: async () => result(ratios.shift()!) })
  const lucky = runs(0.5, 0.9, 0.1)
  await checkBestOf(3, lucky.run, baseline)
  expect(lucky.left).toEqual([0.1])
  await expect(checkBestOf(3, runs(0.5, 0.6, 0.7).run, baseline)).rejects.toThrow(/ratio is 0.7/)
})
