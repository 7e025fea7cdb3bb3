import type { Side } from './read_columns.ts'

/** Where rows stand in time, for what must not be cut at random. */
export interface Clockwork {
  /** Seconds with at least one row. */
  seconds: number
  /** Seconds since the side's first row, one a row. */
  offset: Float64Array
  /** Row `lag` seconds later of the same product, for lags of `lags`; -1 where there is none. */
  later: Int32Array[]
}

/** Lags in seconds at which the memory of a column is looked at. */
export const lags = [60, 120, 300, 450, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 14_400]

/** A correlation below this counts as forgotten. */
const forgottenBelow = 0.2
/** Fewer pairs of rows say nothing about a lag. */
const fewestPairs = 30

/** Times of a side, prepared once for all of its columns. */
export function windUp(side: Side): Clockwork {
  let first = Number.POSITIVE_INFINITY
  for (const time of side.time) if (time < first) first = time
  const offset = side.time.map(time => Math.floor((time - first) / 1e6))
  return {
    seconds: new Set(offset).size,
    offset,
    later: lags.map(lag => {
      const found = new Int32Array(side.rows).fill(-1)
      for (let row = 0, ahead = 0; row < side.rows; row++) {
        ahead = Math.max(ahead, row)
        while (ahead < side.rows && side.product[ahead] === side.product[row] && offset[ahead] < offset[row] + lag)
          ahead++
        if (ahead < side.rows && side.product[ahead] === side.product[row] && offset[ahead] === offset[row] + lag)
          found[row] = ahead
      }
      return found
    }),
  }
}

/**
 * How long a column remembers: the first of `lags`, in seconds, at which its autocorrelation on this side, about the mean of
 * each product, falls below 0.2. Infinity when it does not fall so low within the span, or when too few pairs are left to tell.
 * @param group product of each row, -1 for rows that do not count.
 */
export function measureMemory(values: Float64Array, group: Int32Array, groups: number, clock: Clockwork): number {
  const centred = centreByGroup(values, group, groups)
  let variance = 0
  let known = 0
  for (const value of centred)
    if (!Number.isNaN(value)) {
      variance += value * value
      known++
    }
  variance /= known
  if (!(variance > 0)) return 0
  for (let k = 0; k < lags.length; k++) {
    const later = clock.later[k]
    let pairs = 0
    let sum = 0
    for (let row = 0; row < centred.length; row++) {
      if (later[row] < 0) continue
      const product = centred[row] * centred[later[row]]
      if (Number.isNaN(product)) continue
      pairs++
      sum += product
    }
    if (pairs < fewestPairs) return Number.POSITIVE_INFINITY
    if (sum / pairs < forgottenBelow * variance) return lags[k]
  }
  return Number.POSITIVE_INFINITY
}

function centreByGroup(values: Float64Array, group: Int32Array, groups: number): Float64Array {
  const sums = new Float64Array(groups)
  const counts = new Float64Array(groups)
  for (let row = 0; row < values.length; row++) {
    if (group[row] < 0 || Number.isNaN(values[row])) continue
    sums[group[row]] += values[row]
    counts[group[row]]++
  }
  return values.map((value, row) => (group[row] < 0 ? Number.NaN : value - sums[group[row]] / counts[group[row]]))
}
