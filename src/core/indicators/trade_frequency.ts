import type { Indicator } from './indicator.ts'
import { TimedValues } from './timed_values.ts'
import type { TradeValues } from './trade_values.ts'

/** Trades in the last `seconds`, this one among them: a minute's, by default. */
export function tradeFrequency(seconds = 60): Indicator<TradeValues, number> {
  return {
    name: 'trade_frequency',
    reads: ['trade'],
    needs: 1,
    make() {
      const trades = new TimedValues()
      return {
        push({ time }) {
          trades.push(time, 0)
          trades.forget(time - 1e6 * seconds)
          return trades.length
        },
        reset: () => trades.clear(),
        state: () => trades.state(),
        restore: state => trades.restore(state),
      }
    },
  }
}
