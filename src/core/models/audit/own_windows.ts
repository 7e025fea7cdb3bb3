import { volatilityFloor } from '../../features/spec.ts'
import type { FeatureTable } from '../../features/table.ts'
import { exp, log, square } from '../../math/numeric.ts'
import { momentsOf, type OwnFeature, type Past } from './past.ts'

/** Features of a window of returns, mids or spreads. */
export function windowFeatures({ columns, time }: FeatureTable, past: Past): OwnFeature[] {
  const { mid, spread_bps, volatility_60s, log_volatility_60s, mid_age } = columns
  const { returns, from } = past
  const absolute = returns.map(Math.abs)
  const fresh = mid.map((value, row) => (mid_age[row] === 0 ? value : Number.NaN))
  const largest = (values: Float64Array, first: number, last: number): number => {
    let most = Number.NEGATIVE_INFINITY
    for (let i = first; i <= last; i++) if (values[i] > most) most = values[i]
    return most
  }
  const over = (
    name: string,
    seconds: number,
    of: (first: number, row: number) => number,
    reach = seconds,
  ): OwnFeature => ({
    name,
    seconds: reach,
    value: row => of(from(row, seconds), row),
  })
  return [
    ...[5, 10, 30, 120, 300, 900].map(n =>
      over(`volatility_${n}s`, n, (first, row) => momentsOf(returns, first, row).std, n + 1),
    ),
    over('mean_abs_return_300s', 300, (first, row) => momentsOf(absolute, first, row).mean, 301),
    over('volatility_of_volatility_300s', 300, (first, row) => momentsOf(volatility_60s, first, row).std, 361),
    over(
      'volatility_zscore_900s',
      900,
      (first, row) => {
        const { mean, std } = momentsOf(volatility_60s, first, row)
        return (volatility_60s[row] - mean) / Math.max(std, volatilityFloor)
      },
      961,
    ),
    ...[60, 120].map(half =>
      over(
        `ewma_volatility_${half}s`,
        8 * half,
        (first, row) => {
          let weighted = 0
          let weights = 0
          for (let i = first; i <= row; i++) {
            if (Number.isNaN(returns[i])) continue
            const weight = exp((-(time[row] - time[i]) / 1e6 / half) * Math.LN2)
            weighted += weight * square(returns[i])
            weights += weight
          }
          return Math.sqrt(weighted / weights)
        },
        8 * half + 1,
      ),
    ),
    over('bollinger_width_1200s', 1200, (first, row) => {
      const { mean, std } = momentsOf(mid, first, row)
      return (4 * std) / mean
    }),
    ...[60, 300].flatMap(n => [
      over(`spread_mean_${n}s`, n, (first, row) => momentsOf(spread_bps, first, row).mean),
      over(`spread_max_${n}s`, n, (first, row) => largest(spread_bps, first, row)),
      {
        ...over(`parkinson_${n}s`, n, (first, row) => {
          const high = largest(fresh, first, row)
          const low = -largest(
            fresh.subarray(first, row + 1).map(value => -value),
            0,
            row - first,
          )
          return log(high / low) / Math.sqrt(4 * Math.LN2)
        }),
        atLeast: true as const,
      },
    ]),
    ...[60, 300, 900].map(n => over(`coverage_${n}s`, n, (first, row) => (row - first + 1) / n)),
    ...[1, 5, 15].map(minutes => ({
      name: `har_${minutes}m`,
      seconds: 60 * minutes + 1,
      value(row: number): number {
        const values = Float64Array.from({ length: minutes }, (_, k) => {
          const there = past.at(row, 60 * k)
          return there < 0 ? Number.NaN : log_volatility_60s[there]
        })
        return momentsOf(values, 0, minutes - 1).mean
      },
    })),
  ]
}
