import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { permutationImportance, shuffledBlocks } from '../../../../src/core/models/judge/importance.ts'

test('a shuffle permutes whole blocks inside each product and nothing else', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), fc.integer(), (a, b, seed) => {
      const product = [...new Array(a).fill('A'), ...new Array(b).fill('B')]
      const order = shuffledBlocks(product, 60, seededRandom(seed))
      expect([...order].sort((x, y) => x - y)).toEqual(product.map((_, i) => i))
      order.forEach((from, i) => {
        expect(product[from]).toBe(product[i])
      })
      const breaks = Array.from(order).filter((from, i) => i > 0 && from !== order[i - 1] + 1).length
      expect(breaks).toBeLessThanOrEqual(Math.ceil(a / 60) + Math.ceil(b / 60))
    }),
    { numRuns: 50 },
  )
})

const rows = 5000
const random = seededRandom(5)
const slow = Float64Array.from({ length: rows }, (_, i) => Math.sin(i / 97) + Math.sin(i / 41))
const noise = Float64Array.from({ length: rows }, () => random())
const table: FeatureTable = {
  rows,
  product: new Array(rows).fill('A'),
  time: Float64Array.from({ length: rows }, (_, i) => i * 1e6),
  columns: { noise, slow, unread: noise },
  sigma_future: new Float64Array(rows),
}
const labels = Float64Array.from(slow, value => (value > 1.4 ? 1 : 0))
const every = Int32Array.from({ length: rows }, (_, i) => i)

test('what decides loses all, what is not read loses nothing; the same every time', () => {
  const predict = ({ columns }: FeatureTable) => ({ score: columns.slow, sigma: null })
  const model = { inputs: ['noise', 'slow'], predict }
  const found = permutationImportance(table, every, labels, model)
  expect(found.map(({ feature }) => feature)).toEqual(['slow', 'noise'])
  expect(found[0].drop).toBeGreaterThan(0.3)
  expect(found[0].low).toBeLessThanOrEqual(found[0].drop)
  expect(found[0].high).toBeGreaterThanOrEqual(found[0].drop)
  expect(found[1]).toEqual({ feature: 'noise', drop: 0, low: 0, high: 0 })
  expect(permutationImportance(table, every, labels, model)).toEqual(found)
})

test('of spikes that the thinning leaves out nothing is measured', () => {
  const rare = labels.map((_, row) => (row === 1 ? 1 : 0))
  const predict = ({ columns }: FeatureTable) => ({ score: columns.slow, sigma: null })
  expect(permutationImportance(table, every, rare, { inputs: ['slow'], predict })).toEqual([])
})
