import { expect, test } from 'vitest'
import { takeRows } from '../../../../src/core/features/table.ts'
import { splitDays } from '../../../../src/core/models/split/days.ts'
import { syntheticTable } from '../../../fixtures/synthetic_features.ts'

/** Rows of two products at these seconds of 2026-01-05, sorted by product and time. */
function rowsAt(seconds: Record<string, number[]>) {
  const table = takeRows(syntheticTable(40, 1, ['A-USD']), [0])
  const all = Object.entries(seconds).flatMap(([product, times]) => times.map(time => ({ product, time })))
  const copies = takeRows(table, Array(all.length).fill(0))
  return {
    ...copies,
    product: all.map(({ product }) => product),
    time: Float64Array.from(all, ({ time }) => (1_767_571_200 + time) * 1e6),
  }
}

const day = 86_400

test('a day is cut after a silence of more than so many seconds in all products, not at midnight', () => {
  const seconds = { A: [day - 1000, day - 100, day + 799], B: [day + 800, day + 1701, 2 * day + 5000] }
  const found = splitDays(rowsAt(seconds), 900)
  expect(found.map(({ name, table }) => [name, Array.from(table.time, time => time / 1e6 - 1_767_571_200)])).toEqual([
    ['2026-01-05', [day - 1000, day - 100, day + 799, day + 800]],
    ['2026-01-06', [day + 1701]],
    ['2026-01-07', [2 * day + 5000]],
  ])
  expect(found[0].table.product).toEqual(['A', 'A', 'A', 'B'])
})

test('a table of one day is given as it is, not copied', () => {
  const table = rowsAt({ A: [0, 900], B: [1800] })
  expect(splitDays(table, 900)).toEqual([{ name: '2026-01-05', table }])
  expect(splitDays(table, 900)[0].table).toBe(table)
})
