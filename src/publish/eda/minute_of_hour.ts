import type { FeatureTable } from '../../core/features/table.ts'
import { percentileOf } from '../../core/math/percentile.ts'
import { findProducts, groupByBlock } from './stretches.ts'

/** Volatility of one minute of the hour, relative to its own hour, over all hours. */
export interface MinuteVolatility {
  product: string
  /** 0 to 59: seconds from hour:minute:00 on. */
  minute: number
  hours: number
  /** Quartiles over the hours of (root mean square return of the minute) / (that of its hour). */
  low: number
  median: number
  high: number
}

/**
 * Volatility by minute of the hour. Each hour is first divided by its own level, so that one loud hour does not decide. Hours
 * count from 30 minutes of returns on, minutes from 30 seconds.
 */
export function profileMinutes(table: FeatureTable): MinuteVolatility[] {
  return findProducts(table).flatMap(({ product, from, to }) => {
    const rows = Array.from({ length: to - from }, (_, i) => from + i).filter(
      row => !Number.isNaN(table.columns.return_1s[row]),
    )
    // r(T) belongs to the bar that starts at T-1: the row at 10:00:00 still tells of minute 59.
    const minuteOf = (row: number): number => Math.floor((table.time[row] / 1e6 - 1) / 60)
    const ratios = Array.from({ length: 60 }, (): number[] => [])
    for (const hour of groupByBlock(table, rows, 3600).values()) {
      const level = rootMeanSquare(table, hour)
      if (hour.length < 1800 || !(level > 0)) continue
      for (const [minute, seconds] of groupBy(hour, minuteOf))
        if (seconds.length >= 30) ratios[minute % 60].push(rootMeanSquare(table, seconds) / level)
    }
    return ratios.flatMap((values, minute) =>
      values.length === 0
        ? []
        : [
            {
              product,
              minute,
              hours: values.length,
              low: percentileOf(values, 25),
              median: percentileOf(values, 50),
              high: percentileOf(values, 75),
            },
          ],
    )
  })
}

function rootMeanSquare(table: FeatureTable, rows: number[]): number {
  return Math.sqrt(rows.reduce((sum, row) => sum + table.columns.return_1s[row] ** 2, 0) / rows.length)
}

function groupBy(rows: number[], keyOf: (row: number) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}
