import type { Metadata } from '../../stores/metadata.ts'

export interface NumberColumn {
  /** `integer` for whole-number and boolean columns, which Evidently may take as categories. */
  kind: 'double' | 'integer'
  /** NaN is null. */
  values: Float64Array
}

/** One side of a comparison: every numeric column of a Parquet file, rows sorted by (product, time). */
export interface Side {
  /** How the side is called in the report and in faults: the file, or a part of it. */
  name: string
  rows: number
  /** Product of each row; the empty text where the file has none. */
  product: string[]
  /** Microseconds since the epoch, UTC; row numbers as seconds where the file has no `time`. */
  time: Float64Array
  timed: boolean
  columns: Record<string, NumberColumn>
  /** Other columns, with their type: not compared. */
  others: Record<string, string>
  metadata: Metadata
}

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
