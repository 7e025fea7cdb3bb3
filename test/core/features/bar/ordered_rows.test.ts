import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderedRows } from '../../../../src/core/features/bar/ordered_rows.ts'

test('rows are those of a plain list that is kept sorted, also where another list stood before', () => {
  const numbers = fc.array(fc.nat(60), { maxLength: 50, size: 'max' })
  fc.assert(
    fc.property(numbers, numbers, (before, after) => {
      const rows = new OrderedRows(3)
      for (const given of [before, after]) {
        rows.clear()
        const kept: number[][] = []
        for (const number of given) {
          const at = kept.findIndex(([first]) => first >= number)
          const place = at < 0 ? kept.length : at
          const isThere = kept[place]?.[0] === number
          expect(rows.placeOf(row => rows.at(row, 0) - number)).toBe(isThere ? -1 : place)
          if (isThere) continue
          const row = [number, kept.length + 0.5, -number]
          kept.splice(place, 0, row)
          rows.insert(place)
          for (const [column, value] of row.entries()) rows.set(place, column, value)
        }
        expect(rows.length).toBe(kept.length)
        for (const column of [0, 1, 2]) expect(rows.column(column)).toEqual(kept.map(row => row[column]))
        for (const columns of [1, 2, 3]) expect(rows.heads(columns)).toEqual(kept.flatMap(row => row.slice(0, columns)))
      }
    }),
    { numRuns: 50 },
  )
})
