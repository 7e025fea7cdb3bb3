import type { Micros } from '../events/event.ts'

/** A trade in numbers: what indicators of trades take in, in the order of event time. */
export interface TradeValues {
  time: Micros
  price: number
  size: number
}
