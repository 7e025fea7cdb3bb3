import type { Micros } from '../../events/event.ts'
import { numberOfUnits } from './decimal_units.ts'
import type { Tick } from './tick.ts'

/** One minute of a base in the table of the trend. */
export interface TrendRow {
  base: string
  /** Seconds; the minute is [start, start + 60). */
  start: number
  trades: number
  /** In units of the base; null without sizes. */
  total_volume: number | null
  /** Sum of price times size, in dollars where the prices are. */
  total_amount: number | null
  /** Plain mean of the prices. */
  average_price: number
  /** total_amount / total_volume. */
  actual_avg: number | null
  /** actual_avg against that of the minute before that has trades; `null` where there is none. */
  price_trend: 'up' | 'down' | 'flat' | 'null'
}

const minute = 60e6
/** Minutes that are shown: those that began less than so long ago. */
const shown = 6 * minute
/** Older minutes are forgotten, but for the last before the shown ones. */
const keptMinutes = 1440

/** What a minute holds, as doubles: its prices in dollars have more digits than a decimal keeps. */
interface Minute {
  trades: number
  sized: number
  volume: number
  amount: number
  prices: number
}

/** Trades by base and minute, in whatever order they come, and the trend of their averages. */
export class Trend {
  private readonly byBase = new Map<string, Map<number, Minute>>()

  push({ product, time, price, size }: Tick): void {
    const minutes = this.byBase.get(product) ?? new Map<number, Minute>()
    this.byBase.set(product, minutes)
    const index = Math.floor(time / minute)
    const found = minutes.get(index) ?? { trades: 0, sized: 0, volume: 0, amount: 0, prices: 0 }
    minutes.set(index, found)
    found.trades++
    found.prices += price
    if (size !== null) {
      found.sized++
      found.volume += numberOfUnits(size)
      found.amount += numberOfUnits(size) * price
    }
    if (minutes.size > keptMinutes) minutes.delete(earliest(minutes))
  }

  /** The last six minutes and the open one, by base and start. The first row shown has its trend too: the minute before is known. */
  table(now: Micros): TrendRow[] {
    return [...this.byBase.keys()].sort().flatMap(base => {
      const minutes = [...this.byBase.get(base)!].sort(([a], [b]) => a - b)
      let before: number | null = null
      return minutes.flatMap(([index, found]) => {
        const row = rowOf(base, index, found, before)
        before = row.actual_avg
        return index * minute > now - shown ? [row] : []
      })
    })
  }
}

function rowOf(base: string, index: number, found: Minute, before: number | null): TrendRow {
  const { trades, sized, volume, amount, prices } = found
  const average = sized > 0 ? amount / volume : null
  return {
    ...{ base, start: (index * minute) / 1e6, trades },
    total_volume: sized > 0 ? volume : null,
    total_amount: sized > 0 ? amount : null,
    average_price: prices / trades,
    actual_avg: average,
    price_trend: trendOf(average, before),
  }
}

function trendOf(average: number | null, before: number | null): TrendRow['price_trend'] {
  if (average === null || before === null) return 'null'
  return average > before ? 'up' : average < before ? 'down' : 'flat'
}

function earliest(minutes: ReadonlyMap<number, Minute>): number {
  let first = Number.POSITIVE_INFINITY
  for (const index of minutes.keys()) if (index < first) first = index
  return first
}
