import { parseDecimal } from '../events/decimal.ts'
import type { MarketEvent } from '../events/event.ts'
import type { Rejection } from './engine_counts.ts'

/** Whether a price or a size of a trade can be: above 0, and so far from the ends of float64 that every formula stays finite. */
export function isPossible(x: number): boolean {
  return x >= 1e-30 && x <= 1e30
}

/** Why an event has no time that can be: none at all, or one further than that ahead of its receipt; null where it has. */
export function timeRejection({ time, received_at }: MarketEvent, aheadLimitSeconds: number): Rejection | null {
  if (!Number.isSafeInteger(time) || time < 0) return 'invalid_time'
  return received_at !== null && time > received_at + aheadLimitSeconds * 1e6 ? 'time_ahead' : null
}

/** Why an engine takes an event for one that cannot be; null where it does not. */
export function rejectionOf(event: MarketEvent, aheadLimitSeconds: number): Rejection | null {
  const rejection = timeRejection(event, aheadLimitSeconds)
  if (rejection !== null) return rejection
  const canBe = (...texts: (string | null)[]): boolean => texts.every(text => isPossible(parseDecimal(text)))
  if (event.type === 'quote' && !canBe(event.bid, event.ask)) return 'invalid_quote'
  return event.type === 'trade' && !canBe(event.price, event.size) ? 'invalid_trade' : null
}
