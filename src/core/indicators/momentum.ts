import type { Indicator, Json, RunningIndicator } from './indicator.ts'
import { TimedValues } from './timed_values.ts'
import type { TradeValues } from './trade_values.ts'

interface RunningMomentum extends RunningIndicator<TradeValues, number> {
  /** The price that it goes by; null before there is one. */
  from(): number | null
}

/** Change of the price in percent over `seconds`: against the last trade that is so old or older; null where there is none. */
export function momentum(seconds = 60): Omit<Indicator<TradeValues, number>, 'make'> & { make(): RunningMomentum } {
  return {
    name: 'price_momentum',
    reads: ['trade'],
    needs: 2,
    make() {
      const prices = new TimedValues()
      let from: number | null = null
      return {
        push({ time, price }) {
          prices.push(time, price)
          from = prices.forget(time - 1e6 * seconds) ?? from
          return from === null ? null : (100 * (price - from)) / from
        },
        from: () => from,
        reset() {
          prices.clear()
          from = null
        },
        state: (): Json => ({ prices: prices.state(), from }),
        restore(state) {
          const former = state as { prices: Json; from: number | null }
          prices.restore(former.prices)
          from = former.from
        },
      }
    },
  }
}
