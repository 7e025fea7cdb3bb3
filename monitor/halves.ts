import { SpikeError } from '../errors.ts'
import type { Side } from './read_columns.ts'

/**
 * First against second half of a capture: the rows before the middle one's time, and the rest; one boundary for all products.
 * @throws SpikeError TOO_FEW_ROWS when all rows have one time.
 */
export function splitHalves(side: Side): { early: Side; late: Side } {
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
  return { early: take(side, early, 'early half'), late: take(side, late, 'late half') }
}

function take(side: Side, rows: number[], part: string): Side {
  return {
    ...side,
    name: `${side.name}, ${part}`,
    rows: rows.length,
    product: rows.map(row => side.product[row]),
    time: Float64Array.from(rows, row => side.time[row]),
    columns: Object.fromEntries(
      Object.entries(side.columns).map(([name, column]) => [
        name,
        { ...column, values: Float64Array.from(rows, row => column.values[row]) },
      ]),
    ),
  }
}
