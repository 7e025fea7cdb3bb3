import type { Side } from './read_columns.ts'

/** The rows of one product: `from` to before `to`, ascending in time. */
export interface Stretch {
  product: string
  from: number
  to: number
}

/** Where the rows of a side stand in time; made once for all of its columns. */
export interface Clockwork {
  stretches: Stretch[]
  /** Seconds with at least one row. */
  seconds: number
  /** The blocks of time that hold a row, ascending: number k begins `k * blockSeconds` after the epoch. */
  keys: Float64Array
  /** Seconds with at least one row in each of these blocks. */
  filled: Float64Array
  /** Place in `keys` of each row. */
  block: Int32Array
  /** Row `lag` seconds later of the same product, for each of `lags`; -1 where there is none. */
  later: Int32Array[]
}

/** Lags in seconds at which the memory of a column is looked at. */
export const lags = [60, 120, 300, 450, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 14_400]

/** @param side rows sorted by (product, time). @param blockSeconds length of a block; blocks begin at whole multiples of it. */
export function windUp(side: Side, blockSeconds: number): Clockwork {
  const second = side.time.map(time => Math.floor(time / 1e6))
  const stretches = findStretches(side)
  const distinct = new Set(second)
  const filledBy = new Map<number, number>()
  for (const s of distinct) {
    const key = Math.floor(s / blockSeconds)
    filledBy.set(key, (filledBy.get(key) ?? 0) + 1)
  }
  const keys = Float64Array.from(filledBy.keys()).sort()
  const place = new Map(Array.from(keys, (key, i) => [key, i]))
  return {
    stretches,
    seconds: distinct.size,
    keys,
    filled: keys.map(key => filledBy.get(key)!),
    block: Int32Array.from(second, s => place.get(Math.floor(s / blockSeconds))!),
    later: lags.map(lag => findLater(second, stretches, lag)),
  }
}

function findStretches({ rows, product }: Side): Stretch[] {
  const stretches: Stretch[] = []
  for (let row = 0; row < rows; row++)
    if (row === 0 || product[row] !== product[row - 1])
      stretches.push({ product: product[row], from: row, to: row + 1 })
    else stretches[stretches.length - 1].to = row + 1
  return stretches
}

function findLater(second: Float64Array, stretches: Stretch[], lag: number): Int32Array {
  const later = new Int32Array(second.length).fill(-1)
  for (const { from, to } of stretches)
    for (let row = from, ahead = from; row < to; row++) {
      while (ahead < to && second[ahead] < second[row] + lag) ahead++
      if (ahead === to) break
      if (second[ahead] === second[row] + lag) later[row] = ahead
    }
  return later
}
