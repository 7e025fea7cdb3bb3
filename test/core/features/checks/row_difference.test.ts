import { expect, test } from 'vitest'
import { compareRows } from '../../../../src/core/features/checks/row_difference.ts'
import { takeRows } from '../../../../src/core/features/table.ts'
import { syntheticTable } from '../../../fixtures/synthetic_features.ts'

const table = syntheticTable(20, 1, ['A-USD'])

/** Rows of these products and seconds, with these values of mid. */
function rowsOf(...rows: [product: string, second: number, mid: number][]) {
  const copies = takeRows(table, Array(rows.length).fill(0))
  copies.columns.mid = Float64Array.from(rows, ([, , mid]) => mid)
  const time = Float64Array.from(rows, ([, second]) => second * 1e6)
  return { ...copies, product: rows.map(([product]) => product), time }
}

test('rows are paired by product and time; the others are missing or extra', () => {
  const expected = rowsOf(['A', 1, 1], ['A', 2, 1], ['A', 4, 1], ['B', 1, 1], ['C', 9, 1])
  const found = rowsOf(['A', 2, 1], ['A', 3, 1], ['A', 4, 1], ['B', 1, 1], ['B', 2, 1], ['D', 9, 1], ['D', 10, 1])
  expect(compareRows(expected, found)).toEqual({ common: 3, missing: 2, extra: 4, features: [] })
  expect(compareRows(found, expected)).toEqual({ common: 3, missing: 4, extra: 2, features: [] })
})

test('a feature differs by the share of rows, its largest difference, and where only one is null', () => {
  const expected = rowsOf(
    ['A', 1, 5],
    ['A', 2, Number.NaN],
    ['A', 3, Number.NaN],
    ['A', 4, 7],
    ['A', 5, 7],
    ['A', 6, 7],
    ['A', 7, 7],
    ['A', 8, 7],
  )
  const found = rowsOf(
    ['A', 1, 5],
    ['A', 2, Number.NaN],
    ['A', 3, 1],
    ['A', 4, Number.NaN],
    ['A', 5, 4],
    ['A', 6, 9],
    ['A', 7, 7],
    ['A', 8, 7],
  )
  const { common, features } = compareRows(expected, found)
  expect([common, features]).toEqual([
    8,
    [{ name: 'mid', unit: expect.any(String), share: 4 / 8, largest: 3, null_share: 2 / 8 }],
  ])
})
