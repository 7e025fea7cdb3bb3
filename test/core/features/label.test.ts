import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Engines } from '../../../src/core/features/engines.ts'
import { futureVolatility } from '../../../src/core/features/label.ts'
import { RowCollector } from '../../../src/core/features/rows.ts'
import { clock, marketShape, quote, randomMarket, rowsOf, settings } from '../../fixtures/events.ts'

it('equals what the engine settles sixty seconds later, bit for bit', () => {
  fc.assert(
    fc.property(marketShape, shape => {
      const rows = new RowCollector()
      const settled = new Map<number, number>()
      const engines = new Engines(settings, {
        row: (product, time, values) => rows.add(product, time, values),
        settled: (_, time, sigma) => settled.set(time, sigma),
      })
      for (const event of randomMarket(shape)) engines.push(event)
      const table = rows.takeTable()
      const sigma = futureVolatility(table)
      for (let row = 0; row < table.rows; row++)
        if (settled.has(table.time[row])) expect(settled.get(table.time[row])).toBe(sigma[row])
        else expect(sigma[row]).toBeNaN()
    }),
    { numRuns: 60 },
  )
})

it('is the sample standard deviation of the 60 returns after T, null at the edges', () => {
  const start = 1_767_571_200
  const mids = Array.from({ length: 130 }, (_, i) => 100 + Math.sin(i))
  const table = rowsOf([...mids.map((mid, i) => quote(start + i + 0.1, mid, mid)), clock(start + 140)])
  const sigma = futureVolatility(table)
  const returns = mids.slice(1).map((mid, i) => Math.log(mid / mids[i]))
  const window = returns.slice(5, 65)
  const mean = window.reduce((a, b) => a + b) / 60
  const expected = Math.sqrt(window.reduce((a, r) => a + (r - mean) ** 2, 0) / 59)
  expect(sigma[5]).toBeCloseTo(expected, 14)
  expect(sigma[table.rows - 60]).toBeNaN()
  expect(sigma[table.rows - 61]).not.toBeNaN()
})
