import type { Side } from './read_columns.ts'

/** The given rows of a side, in that order. */
export function takeRows(side: Side, rows: ArrayLike<number>, name: string): Side {
  return {
    ...side,
    name,
    rows: rows.length,
    product: Array.from(rows, row => side.product[row]),
    time: Float64Array.from(rows, row => side.time[row]),
    columns: Object.fromEntries(
      Object.entries(side.columns).map(([column, { kind, values }]) => [
        column,
        { kind, values: Float64Array.from(rows, row => values[row]) },
      ]),
    ),
  }
}
