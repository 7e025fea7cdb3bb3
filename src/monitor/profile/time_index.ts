import type { Side } from '../columns/side.ts'
import { mergeSorted } from './merge_sorted.ts'

/** The rows of one product: `from` to before `to`, ascending in time. */
export interface ProductRows {
  product: string
  from: number
  to: number
}

/** Where the rows of a side stand in time; made once for all of its columns. */
export interface TimeIndex {
  products: ProductRows[]
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
export function indexTime(side: Side, blockSeconds: number): TimeIndex {
  const second = new Float64Array(side.rows)
  for (let row = 0; row < side.rows; row++) second[row] = Math.floor(side.time[row] / 1e6)
  const products = findProducts(side)
  const distinct = listDistinct(second, products)
  const filledBy = new Map<number, number>()
  for (let i = 0, key = 0, filled = 0; i < distinct.length; i++) {
    const own = Math.floor(distinct[i] / blockSeconds)
    if (own !== key) filled = 0
    key = own
    filledBy.set(key, ++filled)
  }
  const keys = Float64Array.from(filledBy.keys())
  return {
    products,
    seconds: distinct.length,
    keys,
    filled: Float64Array.from(filledBy.values()),
    block: placeRows(second, products, keys, blockSeconds),
    later: lags.map(lag => findLater(second, products, lag)),
  }
}

/** The seconds with a row, ascending. */
function listDistinct(second: Float64Array, products: ProductRows[]): Float64Array {
  const lists = products.map(({ from, to }) =>
    second.subarray(from, to).filter((s, i, own) => i === 0 || s !== own[i - 1]),
  )
  return mergeSorted(lists).filter((s, i, all) => i === 0 || s !== all[i - 1])
}

function placeRows(
  second: Float64Array,
  products: ProductRows[],
  keys: Float64Array,
  blockSeconds: number,
): Int32Array {
  const block = new Int32Array(second.length)
  for (const { from, to } of products)
    for (let row = from, place = 0; row < to; row++) {
      const key = Math.floor(second[row] / blockSeconds)
      while (keys[place] < key) place++
      block[row] = place
    }
  return block
}

function findProducts({ rows, product }: Side): ProductRows[] {
  const products: ProductRows[] = []
  for (let row = 0; row < rows; row++)
    if (row === 0 || product[row] !== product[row - 1]) products.push({ product: product[row], from: row, to: row + 1 })
    else products[products.length - 1].to = row + 1
  return products
}

function findLater(second: Float64Array, products: ProductRows[], lag: number): Int32Array {
  const later = new Int32Array(second.length).fill(-1)
  for (const { from, to } of products)
    for (let row = from, ahead = from; row < to; row++) {
      while (ahead < to && second[ahead] < second[row] + lag) ahead++
      if (ahead === to) break
      if (second[ahead] === second[row] + lag) later[row] = ahead
    }
  return later
}
