import type { Micros } from '../../core/events/event.ts'

/** An exchange's candle as it was sent: prices and volume are its decimal texts. */
export interface Kline {
  /** The exchange's name of the product; null where the row does not say. */
  symbol: string | null
  /** When it opened. */
  start: Micros
  open: string
  high: string
  low: string
  close: string
  volume: string
  /** False while it can still change. */
  closed: boolean
}

/** How long a candle of one minute lasts. */
export const minute: Micros = 60_000_000
