import { cleanNumbers, type Sorted } from './evidently/clean.ts'
import type { Side } from './read_columns.ts'

/** Which product each row belongs to, for what must not mix a bitcoin's price with an ether's. */
export interface Products {
  /** Products on both sides; one nameless group of all rows where the sides share none. */
  names: string[]
  /** Place in `names` of each row, -1 for a product that the other side lacks. */
  reference: Int32Array
  current: Int32Array
}

export function groupProducts(reference: Side, current: Side): Products {
  const other = new Set(current.product)
  const names = [...new Set(reference.product)].filter(product => other.has(product))
  if (names.length === 0)
    return { names: [''], reference: new Int32Array(reference.rows), current: new Int32Array(current.rows) }
  const place = new Map(names.map((name, i) => [name, i]))
  const placeRows = (side: Side): Int32Array => Int32Array.from(side.product, product => place.get(product) ?? -1)
  return { names, reference: placeRows(reference), current: placeRows(current) }
}

/** The values of each group, sorted, without nulls. */
export function sortByGroup(values: Float64Array, group: Int32Array, groups: number): Sorted[] {
  if (groups === 1 && !group.includes(-1)) return [cleanNumbers(values)]
  return Array.from({ length: groups }, (_, g) => cleanNumbers(values.filter((_, row) => group[row] === g)))
}
