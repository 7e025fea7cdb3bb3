import type { CandleValues } from '../events/candle_values.ts'
import type { Indicator, Json } from './indicator.ts'
import { RecentValues } from './recent_values.ts'

/**
 * Simple moving average: the mean of the last `length` closes, summed from the oldest to the newest and divided once, which is
 * Spark's avg over a window of rows, bit for bit.
 * @param warmUp `seed` averages what there is of them, as the original does; `full` waits for all.
 */
export function movingAverage(length: number, warmUp: 'seed' | 'full' = 'full'): Indicator<CandleValues, number> {
  return {
    name: `ma${length}`,
    reads: ['candle'],
    needs: warmUp === 'seed' ? 1 : length,
    make() {
      const closes = new RecentValues(length)
      return {
        push({ close }) {
          closes.push(close)
          return closes.isFull || warmUp === 'seed' ? closes.mean() : null
        },
        reset: () => closes.clear(),
        state: (): Json => closes.toArray(),
        restore: state => closes.restore(state as number[]),
      }
    },
  }
}
