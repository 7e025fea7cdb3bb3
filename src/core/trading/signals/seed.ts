import type { Json } from '../../indicators/indicator.ts'
import { crossingOf, type Side, sideOf } from './crossing.ts'
import { hold, isInBand, isOverbought, type Rule } from './rule.ts'

/**
 * The original's rule as written. BUY: MA20 goes from below MA50 to above it and 50 < RSI < 70. SELL: RSI > 70 **and** MA20 goes
 * from above to below; with Wilder's RSI that came 0 times in 118,473 minutes, so what is bought is hardly ever sold. From equal
 * averages no crossing is seen.
 */
export const seedRule: Rule = {
  name: 'seed',
  make() {
    let before: Side = null
    return {
      decide(input) {
        const now = sideOf(input)
        const crossing = crossingOf(before, now)
        before = now
        if (crossing === 'up' && isInBand(input.rsi))
          return { signal: 'BUY', reason: 'MA20 rose through MA50 and 50 < RSI < 70' }
        if (crossing === 'down' && isOverbought(input.rsi))
          return { signal: 'SELL', reason: 'MA20 fell through MA50 and RSI > 70' }
        return hold
      },
      state: (): Json => before,
      restore(state) {
        before = state as Side
      },
    }
  },
}
