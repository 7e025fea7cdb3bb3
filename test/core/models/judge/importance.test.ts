import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { permutationImportance, shuffledBlocks } from '../../../../src/core/models/judge/importance.ts'
import { averagePrecision } from '../../../../src/core/models/metrics/metrics.ts'

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

test('blocks change places inside their product, each as likely in each place, and rows stay in their blocks', () => {
  const product = [...Array(7).fill('A'), ...Array(6).fill('B')]
  const random = seededRandom(3)
  const firsts = new Map<number, number>()
  const lasts = new Map<number, number>()
  for (let i = 0; i < 900; i++) {
    const order = [...shuffledBlocks(product, 2, random)]
    expect(order.toSorted((a, b) => a - b)).toEqual(product.map((_, row) => row))
    expect(order.slice(0, 7).every(row => row < 7)).toBe(true)
    for (const start of [0, 2, 4, 7, 9, 11]) expect(order[order.indexOf(start) + 1]).toBe(start + 1)
    firsts.set(order[7], (firsts.get(order[7]) ?? 0) + 1)
    lasts.set(order[11], (lasts.get(order[11]) ?? 0) + 1)
  }
  for (const counts of [firsts, lasts]) {
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([7, 9, 11])
    for (const count of counts.values()) expect(Math.abs(count - 300)).toBeLessThan(70)
  }
})

test('each drop is the mean, least and greatest of six: precision as it is less that with the column in another order', () => {
  const few = Array.from({ length: 700 }, (_, row) => row)
  const columns = { noise: noise.slice(0, 700), slow: slow.slice(0, 700) }
  const part = {
    ...table,
    rows: 700,
    product: few.map(row => (row < 300 ? 'A' : 'B')),
    time: table.time.slice(0, 700),
    columns,
  }
  const y = labels.slice(0, 700)
  let asked = 0
  const scoreOf = (of: FeatureTable['columns']) => Float64Array.from(of.slow, (value, row) => value + of.noise[row])
  const predict = ({ columns }: FeatureTable) => {
    asked++
    return { score: scoreOf(columns), sigma: null }
  }
  const found = permutationImportance(part, Int32Array.from(few), y, { inputs: ['noise', 'slow'], predict })
  expect(asked).toBe(1 + 2 * 6)
  const random = seededRandom(60)
  const orders = Array.from({ length: 6 }, () => [...shuffledBlocks(part.product, 60, random)])
  const wanted = (['noise', 'slow'] as const).map(feature => {
    const drops = orders.map(order => {
      const moved = { ...columns, [feature]: Float64Array.from(order, row => columns[feature][row]) }
      return averagePrecision(y, scoreOf(columns)) - averagePrecision(y, scoreOf(moved))
    })
    const drop = drops.reduce((sum, one) => sum + one, 0) / 6
    return { feature, drop, low: Math.min(...drops), high: Math.max(...drops) }
  })
  expect(found).toEqual(wanted.sort((a, b) => b.drop - a.drop))
})
