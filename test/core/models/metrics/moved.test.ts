import fc from 'fast-check'
import { expect, test } from 'vitest'
import { movedByHalf } from '../../../../src/core/models/metrics/moved.ts'

test('each product keeps its own values, and no row of a product of two or more keeps its place', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b')), products => {
      const values = Float64Array.from(products, (_, i) => i)
      const moved = movedByHalf(values, products)
      for (const product of ['a', 'b']) {
        const rows = products.flatMap((name, i) => (name === product ? [i] : []))
        expect(rows.map(row => moved[row]).sort((a, b) => a - b)).toEqual(rows)
        if (rows.length > 1) for (const row of rows) expect(moved[row]).not.toBe(row)
      }
    }),
  )
})
