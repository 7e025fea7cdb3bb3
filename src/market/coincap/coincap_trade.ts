import { parseDecimal } from '../../core/events/decimal.ts'
import type { Trade } from '../../core/events/event.ts'
import { slugOf } from './slugs.ts'

/** A trade as CoinCap v2 had it; numbers, since its readers want them. */
export interface CoinCapTrade {
  exchange: string
  /** Slugs, not tickers: `bitcoin`, `tether`. */
  base: string
  quote: string
  /** Side of the taker; null where the exchange does not say. */
  direction: 'buy' | 'sell' | null
  price: number
  volume: number
  /** Milliseconds since the epoch. */
  timestamp: number
  /** null where the quote's rate in dollars is not known: such a trade was left out of all sums. */
  priceUsd: number | null
}

/** Dollars for one unit of a quote's asset, by its slug. */
export type DollarRates = Readonly<Record<string, number>>

/** A tether is taken for a dollar, and its like: what CoinCap itself took was some permille off it. */
export const usualRates: DollarRates = { tether: 1, 'usd-coin': 1, 'united-states-dollar': 1, 'first-digital-usd': 1 }

/**
 * A trade of an exchange in the shape of CoinCap's, which is shut down.
 * @param symbol the pair by the exchange's own name: `BTCUSDT`, `BTC-USD`.
 * @returns null where the pair cannot be taken apart.
 */
export function toCoinCapTrade(trade: Trade, symbol: string, rates: DollarRates = usualRates): CoinCapTrade | null {
  const pair = splitPair(symbol)
  if (pair === null) return null
  const [base, quote] = pair.map(slugOf)
  const price = parseDecimal(trade.price)
  const rate = Object.hasOwn(rates, quote) ? rates[quote] : null
  return {
    ...{ exchange: trade.feed, base, quote, direction: trade.side, price },
    ...{ volume: parseDecimal(trade.size), timestamp: Math.floor(trade.time / 1000) },
    priceUsd: rate === null ? null : price * rate,
  }
}

/** Quotes of pairs whose names stand without a mark between them, the longer first: `BTCFDUSD` is none of USD. */
const quotes = ['FDUSD', 'USDT', 'USDC', 'TUSD', 'BUSD', 'USD', 'EUR', 'GBP', 'TRY', 'BTC', 'ETH', 'BNB']

function splitPair(symbol: string): [base: string, quote: string] | null {
  const marked = /^([A-Z0-9]+)[-/_]([A-Z0-9]+)$/.exec(symbol)
  if (marked) return [marked[1], marked[2]]
  const quote = quotes.find(one => symbol.endsWith(one) && symbol.length > one.length)
  return quote === undefined ? null : [symbol.slice(0, -quote.length), quote]
}
