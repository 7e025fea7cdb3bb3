import { isProductName, productRule } from '../config.ts'
import type { FeatureTable } from '../core/features/table.ts'
import { isNeverNull, rangeOf } from '../core/features/value_range.ts'
import { isoTime } from '../core/math/time.ts'
import { SpikeError } from '../errors.ts'
import type { ReadColumns } from './read_columns.ts'

/** Times that a row of a market can have: milliseconds or nanoseconds taken for microseconds lie outside. */
const [earliest, latest] = [Date.UTC(2000, 0) * 1000, Date.UTC(2100, 0) * 1000]
const mostLines = 10

type Kind = [what: string, rule: string, isFault: (row: number) => boolean]

/**
 * Says which rows have no product or time that a row of features can have.
 * @throws SpikeError BAD_TABLE, one line a kind of fault: how many rows, and the first of them by its place in the file.
 */
export function checkKeys(path: string, { rows, product, time }: Pick<ReadColumns, 'rows' | 'product' | 'time'>): void {
  const known = new Map<string | null, boolean>([[null, false]])
  const isNamed = (name: string | null): boolean => {
    if (!known.has(name)) known.set(name, isProductName(name!))
    return known.get(name)!
  }
  refuseRows(path, rows, [
    ['have no product name that can be', productRule, row => !isNamed(product[row])],
    ...timeKinds(time),
    ['have a time within a second', 'a row stands at the end of one', row => time[row] % 1e6 > 0],
  ])
}

/** The same for times alone, which may be within a second. @throws SpikeError BAD_TABLE. */
export function checkTimes(path: string, time: Float64Array): void {
  refuseRows(path, time.length, timeKinds(time))
}

function timeKinds(time: Float64Array): Kind[] {
  return [
    ['have no time', 'leave them out', row => Number.isNaN(time[row])],
    ['have a time outside 2000 to 2100', 'check its unit', row => time[row] < earliest || time[row] >= latest],
  ]
}

function refuseRows(path: string, rows: number, kinds: Kind[]): void {
  const faults = kinds.flatMap(([what, rule, isFault]) => {
    const { count, first } = countRows(rows, isFault)
    return count === 0 ? [] : [`${path}: ${count} rows ${what}, the first is row ${first + 1}; ${rule}`]
  })
  if (faults.length > 0) throw new SpikeError('BAD_TABLE', faults)
}

/**
 * Says which values of a table cannot be: infinite, outside of what their column means, null where none is, and two rows of one
 * product and second.
 * @param table rows sorted by (product, time), their keys as `checkKeys` wants them.
 * @throws SpikeError BAD_TABLE, one line a fault: the column, how many, and the first row by product and time.
 */
export function checkValues(path: string, table: FeatureTable): void {
  const { rows, product, time, columns, sigma_future, label } = table
  const at = (row: number): string => `the first at ${product[row]} ${isoTime(time[row])}`
  const faults: string[] = []
  const repeated = countRows(rows, row => row > 0 && time[row] === time[row - 1] && product[row] === product[row - 1])
  if (repeated.count > 0)
    faults.push(`${path}: ${repeated.count} rows repeat a product and time, ${at(repeated.first)}; keep one of each`)
  for (const [name, values] of Object.entries({ ...columns, sigma_future, ...(label && { label }) }))
    for (const [what, isFault] of kindsOf(name)) {
      const { count, first } = countRows(rows, row => isFault(values[row]))
      if (count > 0)
        faults.push(`${path}: column ${name} holds ${count} values that are ${what}, ${at(first)}; ${remedyOf(what)}`)
    }
  if (faults.length > mostLines)
    faults.splice(
      mostLines,
      Number.POSITIVE_INFINITY,
      `${path}: and ${faults.length - mostLines} more faults of columns`,
    )
  if (faults.length > 0) throw new SpikeError('BAD_TABLE', faults)
}

const remedyOf = (what: string): string =>
  what === 'infinite' ? 'write nulls where a value is undefined' : 'write it with scripts/replay.ts'

function kindsOf(name: string): [string, (value: number) => boolean][] {
  const kinds: [string, (value: number) => boolean][] = [
    ['infinite', value => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY],
  ]
  const range = rangeOf(name)
  if (range && !range.happens)
    kinds.push([
      range.fault,
      value => (value < range.low || value > range.high) && Math.abs(value) < Number.POSITIVE_INFINITY,
    ])
  if (name === 'label') kinds.push(['between 0 and 1', value => value > 0 && value < 1])
  if (isNeverNull(name)) kinds.push(['null', Number.isNaN])
  return kinds
}

function countRows(rows: number, isFault: (row: number) => boolean): { count: number; first: number } {
  let [count, first] = [0, -1]
  for (let row = 0; row < rows; row++)
    if (isFault(row)) {
      if (count === 0) first = row
      count++
    }
  return { count, first }
}
