import type { Indicator, Json } from './indicator.ts'
import type { TradeValues } from './trade_values.ts'

interface VwapState {
  /** Number of the window since the epoch. */
  window: number | null
  notional: number
  volume: number
}

/**
 * Volume-weighted average price of the tumbling window of event time up to and with this trade: sum of price times size over the
 * sum of sizes, both in the order of the trades. Null where nothing was traded but sizes of 0.
 * @param seconds length of the window, which starts at a multiple of it since the epoch.
 */
export function vwap(seconds: number): Indicator<TradeValues, number> {
  const fresh: VwapState = { window: null, notional: 0, volume: 0 }
  return {
    name: `vwap_${seconds}s`,
    reads: ['trade'],
    needs: 1,
    make() {
      let now = { ...fresh }
      return {
        push({ time, price, size }) {
          const window = Math.floor(time / (1e6 * seconds))
          if (window !== now.window) now = { ...fresh, window }
          now.notional += price * size
          now.volume += size
          return now.volume > 0 ? now.notional / now.volume : null
        },
        reset() {
          now = { ...fresh }
        },
        state: (): Json => ({ ...now }),
        restore(state) {
          now = { ...(state as unknown as VwapState) }
        },
      }
    },
  }
}
