import type { FeatureTable } from '../../features/table.ts'
import { log, square } from '../../math/numeric.ts'

/**
 * Windows over the rows of a table as the spec defines them, read off its columns: a second without a row had no mid. Rows are
 * indices; a window of `seconds` at `row` is all rows of the product with time in (T - seconds, T].
 */
export interface Past {
  /** ln of mid over the mid one second before; NaN where either is missing. */
  returns: Float64Array
  /** Whether the file knows all that lay in the last `seconds` of this row. */
  knows(row: number, seconds: number): boolean
  /** Index of the first row of the window. */
  from(row: number, seconds: number): number
  /** Index of the row exactly `seconds` before, or -1. */
  at(row: number, seconds: number): number
}

/** @param newSession_s seconds without a row after which a session may have begun anew. */
export function pastOf({ rows, product, time, columns }: FeatureTable, newSession_s: number): Past {
  const returns = new Float64Array(rows).fill(Number.NaN)
  /** T of the row with which this stretch of the product began. */
  const began = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const follows = row > 0 && product[row] === product[row - 1]
    const gap = follows ? time[row] - time[row - 1] : Number.POSITIVE_INFINITY
    began[row] = gap < newSession_s * 1e6 ? began[row - 1] : time[row]
    if (gap === 1e6) returns[row] = log(columns.mid[row] / columns.mid[row - 1])
  }
  const from = (row: number, seconds: number): number => {
    let first = row
    while (first > 0 && product[first - 1] === product[row] && time[first - 1] > time[row] - seconds * 1e6) first--
    return first
  }
  return {
    returns,
    knows: (row, seconds) => began[row] <= time[row] - seconds * 1e6,
    from,
    at(row, seconds) {
      const first = from(row, seconds + 1)
      return time[first] === time[row] - seconds * 1e6 ? first : -1
    },
  }
}

/** A feature worked out from other columns of the file. */
export interface OwnFeature {
  name: string
  /** Seconds before T that must be in the file. */
  seconds: number
  value(row: number): number
  /** What is compared with it; the column itself by default. */
  found?(row: number): number
  /** The value is the least that the column can be, not what it must be. */
  atLeast?: true
}

/** Mean and sample standard deviation (ddof 1) in two passes, of the values from `first` to `last` that are not NaN. */
export function momentsOf(
  values: Float64Array,
  first: number,
  last: number,
): { count: number; mean: number; std: number } {
  let count = 0
  let sum = 0
  for (let i = first; i <= last; i++)
    if (!Number.isNaN(values[i])) {
      sum += values[i]
      count++
    }
  const mean = sum / count
  let squares = 0
  for (let i = first; i <= last; i++) if (!Number.isNaN(values[i])) squares += square(values[i] - mean)
  return { count, mean, std: Math.sqrt(squares / (count - 1)) }
}
