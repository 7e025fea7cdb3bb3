import { volatilityFloor } from '../../features/feature.ts'
import type { FeatureTable } from '../../features/table.ts'
import { exp, log, logAbove } from '../../math/numeric.ts'
import type { OwnFeature, Past } from './past.ts'

/** Features that are a function of one or two values. */
export function pairFeatures(table: FeatureTable, past: Past): OwnFeature[] {
  const { columns } = table
  const floored = (value: number): number => Math.max(value, volatilityFloor)
  const back = lookBack(table, past)
  const now = (name: string, value: (row: number) => number): OwnFeature => ({ name, seconds: 0, value })
  return [
    ...[5, 10, 30, 60, 120, 300, 900].map(n =>
      now(`log_volatility_${n}s`, row => logAbove(columns[`volatility_${n}s`][row], volatilityFloor)),
    ),
    ...[
      [10, 60],
      [60, 300],
      [60, 900],
      [300, 900],
    ].map(([short, long]) =>
      now(
        `volatility_ratio_${short}_${long}`,
        row => floored(columns[`volatility_${short}s`][row]) / floored(columns[`volatility_${long}s`][row]),
      ),
    ),
    ...[10, 60, 300].flatMap(n => [
      { name: `return_${n}s`, seconds: n, value: (row: number) => log(columns.mid[row] / back('mid', row, n)) },
      now(`abs_return_${n}s`, row => Math.abs(columns[`return_${n}s`][row])),
    ]),
    {
      name: 'imbalance_change_10s',
      seconds: 10,
      value: row => columns.imbalance[row] - back('imbalance', row, 10),
    },
    now('weighted_mid_bps', row => (columns.imbalance[row] * columns.spread_bps[row]) / 2),
  ]
}

/** A column's value so many seconds before a row; NaN where there is no such row. */
function lookBack({ columns }: FeatureTable, { at }: Past): (name: string, row: number, seconds: number) => number {
  return (name, row, seconds) => {
    const there = at(row, seconds)
    return there < 0 ? Number.NaN : columns[name][there]
  }
}

/** Counts of a long window are the sum of those of short ones; a mid that moved took a quote. */
export function countFeatures(table: FeatureTable, past: Past): OwnFeature[] {
  const { columns } = table
  const { at, returns, from } = past
  const back = lookBack(table, past)
  const sum = (long: string, short: string, parts: number, step: number): OwnFeature => ({
    name: long,
    seconds: parts * step,
    value(row) {
      let total = 0
      for (let k = 0; k < parts; k++) total += back(short, row, k * step)
      return total
    },
  })
  return [
    ...['ticks', 'trades'].flatMap(name => [
      sum(`${name}_60s`, `${name}_10s`, 6, 10),
      sum(`${name}_300s`, `${name}_60s`, 5, 60),
    ]),
    ...[5, 30].map(decay => ({
      name: `intensity_${decay}s`,
      seconds: 8 * decay + 20,
      /** Quotes of the last ten bars, less what fell out of the window by then. */
      value: (row: number) => columns.ticks_10s[row] - exp(-8) * back('ticks_10s', row, 8 * decay),
      /** What the intensity gained over its own decay in ten bars. */
      found(row: number): number {
        const intensity = columns[`intensity_${decay}s`]
        let quotes = 0
        for (let i = row; i > row - 10; i--) {
          const before = at(i, 1)
          quotes += before < 0 ? Number.NaN : decay * (intensity[i] - intensity[before] * exp(-1 / decay))
        }
        return quotes
      },
    })),
    ...[60, 300].map(n => ({
      name: `mid_changes_${n}s`,
      seconds: n + 1,
      atLeast: true as const,
      value(row: number): number {
        let moved = -1
        for (let i = from(row, n); i <= row; i++) if (Math.abs(returns[i]) > 0) moved++
        return moved
      },
    })),
  ]
}
