import type { CandleValues } from '../events/candle_values.ts'
import type { Indicator, Json } from './indicator.ts'
import { momentsOf } from './moments.ts'
import { RecentValues } from './recent_values.ts'

/** Sample standard deviation (ddof 1) of the last `length` closes, `length` at least 2. */
export function rollingDeviation(length: number): Indicator<CandleValues, number> {
  return {
    name: `deviation${length}`,
    reads: ['candle'],
    needs: length,
    make() {
      const closes = new RecentValues(length)
      return {
        push({ close }) {
          closes.push(close)
          return closes.isFull ? Math.sqrt(momentsOf(closes.toArray()).squares / (length - 1)) : null
        },
        reset: () => closes.clear(),
        state: (): Json => closes.toArray(),
        restore: state => closes.restore(state as number[]),
      }
    },
  }
}
