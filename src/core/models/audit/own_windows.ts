import { volatilityFloor } from '../../features/feature.ts'
import type { FeatureTable } from '../../features/table.ts'
import { exp, log, square } from '../../math/numeric.ts'
import { momentsOf, type OwnFeature, type Past } from './past.ts'

/** Features of a window of returns, mids or spreads. */
export function windowFeatures(table: FeatureTable, past: Past): OwnFeature[] {
  return [...returnWindows(table, past), ...quoteWindows(table, past), ...harFeatures(table, past)]
}

/** A feature of the rows in a window. @param reach seconds before T that must be in the file. */
function over(
  { from }: Past,
  name: string,
  seconds: number,
  of: (first: number, row: number) => number,
  reach = seconds,
): OwnFeature {
  return { name, seconds: reach, value: row => of(from(row, seconds), row) }
}

function returnWindows({ columns, time }: FeatureTable, past: Past): OwnFeature[] {
  const { volatility_60s } = columns
  const { returns } = past
  const absolute = returns.map(Math.abs)
  const zscore = (first: number, row: number): number => {
    const { mean, std } = momentsOf(volatility_60s, first, row)
    return (volatility_60s[row] - mean) / Math.max(std, volatilityFloor)
  }
  const ewma = (half: number) => (first: number, row: number) => {
    let weighted = 0
    let weights = 0
    for (let i = first; i <= row; i++) {
      if (Number.isNaN(returns[i])) continue
      const weight = exp((-(time[row] - time[i]) / 1e6 / half) * Math.LN2)
      weighted += weight * square(returns[i])
      weights += weight
    }
    return Math.sqrt(weighted / weights)
  }
  return [
    ...[5, 10, 30, 120, 300, 900].map(n =>
      over(past, `volatility_${n}s`, n, (first, row) => momentsOf(returns, first, row).std, n + 1),
    ),
    over(past, 'mean_abs_return_300s', 300, (first, row) => momentsOf(absolute, first, row).mean, 301),
    over(past, 'volatility_of_volatility_300s', 300, (first, row) => momentsOf(volatility_60s, first, row).std, 361),
    over(past, 'volatility_zscore_900s', 900, zscore, 961),
    ...[60, 120].map(half => over(past, `ewma_volatility_${half}s`, 8 * half, ewma(half), 8 * half + 1)),
  ]
}

function quoteWindows({ columns: { mid, mid_age, spread_bps } }: FeatureTable, past: Past): OwnFeature[] {
  const fresh = mid.map((value, row) => (mid_age[row] === 0 ? value : Number.NaN))
  const bollinger = (first: number, row: number): number => {
    const { mean, std } = momentsOf(mid, first, row)
    return (4 * std) / mean
  }
  const parkinson = (first: number, row: number): number => {
    const inside = fresh.subarray(first, row + 1)
    return log(largest(inside) / -largest(inside.map(value => -value))) / Math.sqrt(4 * Math.LN2)
  }
  return [
    over(past, 'bollinger_width_1200s', 1200, bollinger),
    ...[60, 300].flatMap(n => [
      over(past, `spread_mean_${n}s`, n, (first, row) => momentsOf(spread_bps, first, row).mean),
      over(past, `spread_max_${n}s`, n, (first, row) => largest(spread_bps.subarray(first, row + 1))),
      { ...over(past, `parkinson_${n}s`, n, parkinson), atLeast: true as const },
    ]),
    ...[60, 300, 900].map(n => over(past, `coverage_${n}s`, n, (first, row) => (row - first + 1) / n)),
  ]
}

/** Mean log volatility of the last minutes, each read at its own end. */
function harFeatures({ columns: { log_volatility_60s } }: FeatureTable, { at }: Past): OwnFeature[] {
  return [1, 5, 15].map(minutes => ({
    name: `har_${minutes}m`,
    seconds: 60 * minutes + 1,
    value(row: number): number {
      const values = Float64Array.from({ length: minutes }, (_, k) => {
        const there = at(row, 60 * k)
        return there < 0 ? Number.NaN : log_volatility_60s[there]
      })
      return momentsOf(values, 0, minutes - 1).mean
    },
  }))
}

/** NaN is left out. */
function largest(values: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) if (value > most) most = value
  return most
}
