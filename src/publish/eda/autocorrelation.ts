import type { FeatureTable } from '../../core/features/table.ts'
import { findProducts, findSessions, type Stretch } from './stretches.ts'

/** Correlation of a series with itself `lag_s` seconds earlier. */
export interface LagCorrelation {
  product: string
  series: string
  lag_s: number
  pairs: number
  correlation: number
}

const shortLags = [1, 2, 3, 5, 8, 12, 18, 27, 40]
const longLags = [60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200]

/**
 * Autocorrelation of volatility, a product at a time, from pairs of rows of one session exactly `lag_s` apart. Two
 * volatilities over 60 s less than 60 s apart share returns, so theirs starts at a lag of 60 s. A lag is left out when fewer
 * than a quarter of the rows have a partner.
 */
export function autocorrelate(
  table: FeatureTable,
  time: { session_reset_s: number; carry_s: number },
): LagCorrelation[] {
  const sessions = findSessions(table, time)
  const absolute = table.columns.return_1s.map(Math.abs)
  const series: [string, Float64Array, number[]][] = [
    ['|return| of one second', absolute, [...shortLags, ...longLags]],
    ['log volatility of 60 s', table.columns.log_volatility_60s, longLags],
  ]
  return findProducts(table).flatMap(({ product }) => {
    const own = sessions.filter(session => session.product === product)
    return series.flatMap(([name, values, lags]) =>
      correlateLags(table.time, values, own, lags).map(lag => ({ product, series: name, ...lag })),
    )
  })
}

function correlateLags(time: Float64Array, values: Float64Array, sessions: Stretch[], lags: number[]) {
  const grids = sessions.map(({ from, to }) => onSeconds(time, values, from, to))
  let count = 0
  let sum = 0
  for (const grid of grids)
    for (const value of grid)
      if (!Number.isNaN(value)) {
        count++
        sum += value
      }
  const mean = sum / count
  let squares = 0
  for (const grid of grids) for (const value of grid) if (!Number.isNaN(value)) squares += (value - mean) ** 2
  return lags.flatMap(lag_s => {
    let pairs = 0
    let products = 0
    for (const grid of grids)
      for (let i = lag_s; i < grid.length; i++) {
        const product = (grid[i] - mean) * (grid[i - lag_s] - mean)
        if (Number.isNaN(product)) continue
        pairs++
        products += product
      }
    const correlation = products / pairs / (squares / count)
    return pairs < count / 4 || Number.isNaN(correlation) ? [] : [{ lag_s, pairs, correlation }]
  })
}

/** The values of a stretch, one a second from its first row on, NaN where there is no row. */
function onSeconds(time: Float64Array, values: Float64Array, from: number, to: number): Float64Array {
  const place = (row: number): number => Math.round((time[row] - time[from]) / 1e6)
  const grid = new Float64Array(place(to - 1) + 1).fill(Number.NaN)
  for (let row = from; row < to; row++) grid[place(row)] = values[row]
  return grid
}
