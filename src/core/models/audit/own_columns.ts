import { horizonSeconds } from '../../features/label.ts'
import type { FeatureTable } from '../../features/table.ts'
import { log, square } from '../../math/numeric.ts'
import { isoTime } from '../../math/time.ts'
import type { AuditCheck } from './check.ts'

const second = 1e6
const window = 60

/**
 * Works out return_1s, volatility_60s and sigma_future again from the file's own mid column, by another formula than the
 * engine's, wherever the seconds that they need are all there. Rows must be sorted by (product, time), each once.
 * @param whole whether all rows of the run are there: then a sigma_future whose seconds are missing cannot be.
 */
export function checkOwnColumns(table: FeatureTable, whole: boolean): AuditCheck {
  const { rows, product, time, columns, sigma_future } = table
  const returns = new Float64Array(rows).fill(Number.NaN)
  /** Number of rows up to here that follow each other second by second, this one included. */
  const run = new Uint32Array(rows)
  const faults: string[] = []
  const wrong = new Map<string, { rows: number; first: number }>()
  const note = (name: string, row: number): void => {
    const seen = wrong.get(name)
    if (seen) seen.rows++
    else wrong.set(name, { rows: 1, first: row })
  }
  let compared = 0
  let unverified = 0
  const compare = (name: string, row: number, found: number, expected: number): void => {
    compared++
    if (!(Math.abs(found - expected) <= 1e-7 * Math.abs(expected) + 1e-13)) note(name, row)
  }
  for (let row = 0; row < rows; row++) {
    const follows = row > 0 && product[row] === product[row - 1]
    if (follows && time[row] <= time[row - 1]) note('(product, time)', row)
    const joined = follows && time[row] === time[row - 1] + second
    run[row] = joined ? run[row - 1] + 1 : 1
    if (joined) {
      returns[row] = log(columns.mid[row] / columns.mid[row - 1])
      compare('return_1s', row, columns.return_1s[row], returns[row])
    }
    if (run[row] > window)
      compare('volatility_60s', row, columns.volatility_60s[row], deviation(returns, row - window + 1, window))
  }
  for (let row = 0; row < rows; row++) {
    const end = row + horizonSeconds
    if (end < rows && run[end] > horizonSeconds)
      compare('sigma_future', row, sigma_future[row], deviation(returns, row + 1, horizonSeconds))
    else if (!Number.isNaN(sigma_future[row])) unverified++
  }
  if (whole && unverified > 0)
    faults.push(`sigma_future is given in ${unverified} rows though seconds after them are missing`)
  for (const [name, { rows: many, first }] of wrong)
    faults.push(`${name} is not what mid says in ${many} rows, first ${product[first]} ${isoTime(time[first])}`)
  const name = 'own_columns'
  if (faults.length > 0) return { name, verdict: 'failed', detail: faults.join('; ') }
  const detail = `${compared} values of return_1s, volatility_60s and sigma_future equal what the file's mid column gives`
  if (unverified === 0) return { name, verdict: 'passed', detail }
  return {
    name,
    verdict: 'warning',
    detail: `${detail}; ${unverified} values of sigma_future could not be worked out, seconds after them are not in the file`,
  }
}

/** Sample standard deviation (ddof 1) in two passes. */
function deviation(values: Float64Array, from: number, count: number): number {
  let mean = 0
  for (let i = from; i < from + count; i++) mean += values[i] / count
  let squares = 0
  for (let i = from; i < from + count; i++) squares += square(values[i] - mean)
  return Math.sqrt(squares / (count - 1))
}
