import type { Json } from '../../indicators/indicator.ts'
import { crossingOf, type Side, sideOf } from './crossing.ts'
import { hold, isInBand, isOverbought, type Rule } from './rule.ts'

/**
 * The original's entry with an exit that can happen. BUY: MA20 goes from below MA50 to above it and 50 < RSI < 70. SELL: MA20 goes
 * from above to below, **or** RSI > 70. Equal averages keep the side that was known last; a null one forgets it.
 */
export const exitAnyRule: Rule = {
  name: 'exit_any',
  make() {
    let known: Side = null
    return {
      decide(input) {
        const now = sideOf(input)
        const crossing = crossingOf(known, now)
        if (now !== 0) known = now
        if (crossing === 'up' && isInBand(input.rsi))
          return { signal: 'BUY', reason: 'MA20 rose through MA50 and 50 < RSI < 70' }
        if (crossing === 'down') return { signal: 'SELL', reason: 'MA20 fell through MA50' }
        if (isOverbought(input.rsi)) return { signal: 'SELL', reason: 'RSI > 70' }
        return hold
      },
      state: (): Json => known,
      restore(state) {
        known = state as Side
      },
    }
  },
}
