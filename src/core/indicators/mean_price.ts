import type { Micros } from '../events/event.ts'
import type { Indicator } from './indicator.ts'
import { TimedValues } from './timed_values.ts'
import type { TradeValues } from './trade_values.ts'
import { unitsOfNumber } from './windows/decimal_units.ts'

/**
 * How a rolling mean is summed. `fold`: from the oldest to the newest price, anew for each trade, with the bits of the reference.
 * `exact`: the exact sum of the prices to eight decimals, carried along, however many they are: the same bits after a restart, and at
 * most the last bit off the other.
 */
export type MeanKind = 'fold' | 'exact'

/** Mean price of the trades of the last `seconds`, this one among them. */
export function meanPrice(kind: MeanKind = 'fold', seconds = 300): Indicator<TradeValues, number> {
  return {
    name: kind === 'fold' ? 'rolling_avg' : 'rolling_avg_exact',
    reads: ['trade'],
    needs: 1,
    make() {
      const prices = new TimedValues()
      const mean = kind === 'fold' ? foldOf(prices) : exactOf(prices)
      return {
        push({ time, price }) {
          prices.push(time, price)
          return mean.at(time - 1e6 * seconds, price)
        },
        reset() {
          prices.clear()
          mean.resume()
        },
        state: () => prices.state(),
        restore(state) {
          prices.restore(state)
          mean.resume()
        },
      }
    },
  }
}

interface RunningMean {
  /** Forgets what is as old as `oldest`. @param price the one that was just added. */
  at(oldest: Micros, price: number): number
  /** Goes on with what the values are now. */
  resume(): void
}

function foldOf(prices: TimedValues): RunningMean {
  return {
    at(oldest) {
      prices.forget(oldest)
      return prices.sum() / prices.length
    },
    resume() {},
  }
}

const unitsOfOne = 1e8

function exactOf(prices: TimedValues): RunningMean {
  let sum = 0n
  const unitsOf = (price: number): bigint => BigInt(unitsOfNumber(price)!)
  return {
    at(oldest, price) {
      sum += unitsOf(price)
      prices.forget(oldest, former => {
        sum -= unitsOf(former)
      })
      return Number(sum) / (prices.length * unitsOfOne)
    },
    resume() {
      sum = 0n
      for (const price of prices.latest()) sum += unitsOf(price)
    },
  }
}
