import { parseDecimal } from '../events/decimal.ts'
import type { Micros, Trade } from '../events/event.ts'
import type { TradeValues } from './trade_values.ts'

/** Why a trade is none that sums may take, in the order in which it is looked for. */
export const badTradeReasons = ['bad_ticker', 'bad_price', 'bad_size', 'time_ahead'] as const
export type BadTrade = (typeof badTradeReasons)[number]

/** Of a US exchange, such as IBM or BRK.A. */
const stockTicker = /^[A-Z][A-Z0-9.]{0,9}$/

/**
 * The numbers of a trade. A price is above 0; a size may have a fraction, and may be 0.
 * @param aheadLimit microseconds that its time may lie ahead of its receipt.
 * @returns why it is refused where it is.
 */
export function tradeValuesOf(trade: Trade, aheadLimit: Micros): TradeValues | BadTrade {
  const { feed, product, time, received_at } = trade
  const [price, size] = [parseDecimal(trade.price), parseDecimal(trade.size)]
  if (feed.endsWith('polygon') && !stockTicker.test(product)) return 'bad_ticker'
  if (!(price > 0)) return 'bad_price'
  if (!(size >= 0)) return 'bad_size'
  if (received_at !== null && time - received_at > aheadLimit) return 'time_ahead'
  return { time, price, size }
}
