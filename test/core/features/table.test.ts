import { expect, test } from 'vitest'
import { everyRow, type FeatureTable, takeRows, timeRange } from '../../../src/core/features/table.ts'

const table: FeatureTable = {
  rows: 4,
  product: ['A', 'A', 'B', 'B'],
  time: Float64Array.of(10, 20, 5, 15),
  columns: { mid: Float64Array.of(1, 2, 3, 4), spread: Float64Array.of(5, 6, 7, Number.NaN) },
  sigma_future: Float64Array.of(0.1, 0.2, 0.3, 0.4),
}

test('rows are taken in the order asked for, with all their columns', () => {
  const taken = {
    rows: 2,
    product: ['B', 'A'],
    time: Float64Array.of(15, 10),
    columns: { mid: Float64Array.of(4, 1), spread: Float64Array.of(Number.NaN, 5) },
    sigma_future: Float64Array.of(0.4, 0.1),
  }
  expect(takeRows(table, [3, 0])).toEqual(taken)
  const label = Float64Array.of(0, 1, Number.NaN, 1)
  expect(takeRows({ ...table, label }, [3, 0])).toEqual({ ...taken, label: Float64Array.of(1, 0) })
  expect(takeRows(table, everyRow(table))).toEqual(table)
})

test('the range of times is that of all products', () => {
  expect(timeRange(table)).toEqual([5, 20])
})
