import type { Trade } from '../../core/events/event.ts'
import type { Reading } from './feed.ts'
import { addFault, decimal, tradeIdOf } from './reading.ts'
import { parseUnixTime } from './unix_time.ts'

/**
 * Adds a trade as Binance writes it, `trade` or `aggTrade`, on the socket and over REST. `m`: the buyer was the maker. An
 * aggregate is one taker's fills at one price, the trades `f` to `l`: it has the id of the last of them, so that both
 * kinds share one numbering.
 */
export function readTrade(reading: Reading, item: Record<string, unknown>, product: string, index: number): void {
  const first = tradeIdOf(item.f ?? item.t)
  const id = tradeIdOf(item.l ?? item.t)
  const time = parseUnixTime(item.T)
  const price = decimal(item.p)
  const size = decimal(item.q)
  if (id === null || first === null) addFault(reading, 'missing_trade_id', item)
  else if (time === null) addFault(reading, 'bad_time', item)
  else if (price === null || size === null) addFault(reading, 'bad_trade', item)
  else {
    const side: Trade['side'] = typeof item.m === 'boolean' ? (item.m ? 'sell' : 'buy') : null
    const trade = { type: 'trade' as const, product, time, index, id, price, size, side }
    reading.events.push(first === id ? trade : { ...trade, first_id: first })
  }
}
