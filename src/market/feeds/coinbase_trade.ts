import type { Reading } from './feed.ts'
import { addFault, asObject, decimal, productOf, sideOf, tradeIdOf } from './reading.ts'
import { parseTimestamp } from './timestamp.ts'

/** Adds a trade as Coinbase Advanced Trade writes it, on the socket and over REST; `side` is the maker's there, turned round here. */
export function readTrade(reading: Reading, item: unknown, index: number): void {
  const trade = asObject(item)
  const product = productOf(trade?.product_id)
  const time = parseTimestamp(trade?.time)
  const id = tradeIdOf(trade?.trade_id)
  const price = decimal(trade?.price)
  const size = decimal(trade?.size)
  if (trade === null) addFault(reading, 'bad_trade', item)
  else if (product === null) addFault(reading, 'missing_product', item)
  else if (time === null) addFault(reading, 'bad_time', item)
  else if (id === null) addFault(reading, 'missing_trade_id', item)
  else if (price === null || size === null) addFault(reading, 'bad_trade', item)
  else reading.events.push({ type: 'trade', product, time, index, id, price, size, side: sideOf(trade.side, true) })
}
