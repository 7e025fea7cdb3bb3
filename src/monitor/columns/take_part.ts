import { SpikeError } from '../../errors.ts'
import type { Side } from './side.ts'
import { takeRows } from './side.ts'

/**
 * First against second half of a capture: the rows before the middle one's time, and the rest; one boundary for all products.
 * @throws SpikeError TOO_FEW_ROWS when all rows have one time.
 */
export function splitEarlyLate(side: Side): { early: Side; late: Side } {
  const middle = Float64Array.from(side.time).sort()[Math.floor(side.rows / 2)]
  const early: number[] = []
  const late: number[] = []
  side.time.forEach((time, row) => {
    if (time < middle) early.push(row)
    else late.push(row)
  })
  if (early.length === 0)
    throw new SpikeError(
      'TOO_FEW_ROWS',
      `${side.name}: has no early half, its rows share one time; name a longer capture`,
    )
  return {
    early: takeRows(side, early, `${side.name}, early half`),
    late: takeRows(side, late, `${side.name}, late half`),
  }
}

/**
 * The rows of the last `seconds` before the newest one, which is the last second of them.
 * @throws SpikeError BAD_ARGUMENT when the rows carry no time.
 */
export function takeLastSeconds(side: Side, seconds: number): Side {
  if (!side.timed)
    throw new SpikeError('BAD_ARGUMENT', `${side.name}: has no column time, so --last cannot be taken from it`)
  let newest = Number.NEGATIVE_INFINITY
  for (let row = 0; row < side.rows; row++) newest = Math.max(newest, side.time[row])
  const rows: number[] = []
  for (let row = 0; row < side.rows; row++) if (side.time[row] > newest - seconds * 1e6) rows.push(row)
  return takeRows(side, rows, `${side.name}, last ${seconds} s`)
}
