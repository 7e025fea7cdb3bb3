import type { CandleTable } from '../events/candle_values.ts'
import { log } from '../math/numeric.ts'
import type { Walk } from './backtest.ts'
import { type Broker, startingBudget } from './broker.ts'

/** Value at each row of all of the budget in coin: bought where the broker would fill the first row's order, and held. */
export function buyAndHold(
  { open, close }: CandleTable,
  { fillsAt, fee }: Broker,
  [from, to]: [number, number],
): Float64Array {
  const isNext = fillsAt === 'next_open'
  const price = isNext ? (open[from + 1] ?? Number.NaN) : close[from]
  const coins = startingBudget / (price * (1 + fee))
  return Float64Array.from({ length: to - from }, (_, i) =>
    isNext && i === 0 ? startingBudget : coins * close[from + i],
  )
}

/** Values row by row. */
export function valuesOf({ rows }: Pick<Walk, 'rows'>): Float64Array {
  return Float64Array.from(rows, row => row.total_value)
}

/** The deepest fall from a former height, as a share of it. */
export function drawdownOf(values: ArrayLike<number>): number {
  let [height, deepest] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    height = Math.max(height, values[i])
    deepest = Math.max(deepest, (height - values[i]) / height)
  }
  return deepest
}

/** What was bought and sold, over the mean value of the portfolio. */
export function turnoverOf({ rows, trades }: Walk): number {
  let [traded, held] = [0, 0]
  for (const { fill } of trades) traded += fill.amount * fill.price
  for (const row of rows) held += row.total_value
  return traded / (held / rows.length)
}

/** Logarithmic return of each row over the one before; 0 for the first. They sum to that of the whole. */
export function logReturns(values: Float64Array): Float64Array {
  return values.map((value, i) => (i === 0 ? 0 : log(value / values[i - 1])))
}
