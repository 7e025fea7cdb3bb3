import type { Indicator } from './indicator.ts'
import type { TradeValues } from './trade_values.ts'
import { vwap } from './vwap.ts'

/**
 * How far the price lies from the VWAP of five minutes: `price`, in the price's own unit, as the original has it; `percent` of the
 * VWAP, which products can be compared by.
 */
export function vwapDeviation(unit: 'price' | 'percent', seconds = 300): Indicator<TradeValues, number> {
  const base = vwap(seconds)
  return {
    ...base,
    name: unit === 'price' ? 'vwap_deviation' : 'vwap_deviation_pct',
    make() {
      const running = base.make()
      return {
        ...running,
        push(trade) {
          const average = running.push(trade)
          if (average === null) return null
          return unit === 'price' ? trade.price - average : 100 * (trade.price / average - 1)
        },
      }
    },
  }
}
