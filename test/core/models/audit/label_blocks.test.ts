import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { shuffleBlocks } from '../../../../src/core/models/audit/label_blocks.ts'

test('every value stays once, and neighbours part only at the ends of blocks of 300 and where the file is cut', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2500 }), fc.nat(1000), (length, seed) => {
      const moved = shuffleBlocks(
        Float64Array.from({ length }, (_, i) => i),
        seededRandom(seed),
      )
      expect(moved.toSorted()).toEqual(Float64Array.from({ length }, (_, i) => i))
      let parted = 0
      for (let i = 1; i < length; i++) if (moved[i] !== (moved[i - 1] + 1) % length) parted++
      expect(parted).toBeLessThan(Math.ceil(length / 300))
    }),
  )
})

test('begun at the drawn place, blocks in the drawn order, the short one among them', () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) => i)
  const from = (start: number, count: number): number[] => Array.from({ length: count }, (_, i) => (start + i) % 1000)
  // each block changes places with the first: 3, 0, 1, 2 turned round to 1, 2, 3, 0
  expect([...shuffleBlocks(values, () => 0)]).toEqual([
    ...from(300, 300),
    ...from(600, 300),
    ...from(900, 100),
    ...from(0, 300),
  ])
  // each with itself
  expect([...shuffleBlocks(values, () => 0.999)]).toEqual(from(999, 1000))
})

test('every order of three blocks is as likely as another', () => {
  const random = seededRandom(3)
  const counts = new Map<string, number>()
  for (let i = 0; i < 3000; i++) {
    const moved = shuffleBlocks(
      Float64Array.from({ length: 900 }, (_, i) => i),
      random,
    )
    const first = moved[0]
    const order = [moved[300], moved[600]].map(value => (value - first + 900) % 900).join(' ')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect([...counts.keys()].sort()).toEqual(['300 600', '600 300'])
  for (const count of counts.values()) expect(Math.abs(count - 1500)).toBeLessThan(150)
})
