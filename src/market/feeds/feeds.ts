import { binance } from './binance.ts'
import { coinbase } from './coinbase.ts'
import { coinbaseExchange } from './coinbase_exchange.ts'
import { coincap } from './coincap.ts'
import { coincapPrices } from './coincap_prices.ts'
import type { Feed } from './feed.ts'
import { finnhub } from './finnhub.ts'
import { polygon } from './polygon.ts'
import { simulatedFeeds } from './simulated.ts'

/** Every feed, in the order in which a bare line is tried. */
export const feeds: readonly Feed[] = [
  ...[coinbase, coinbaseExchange, binance, polygon, finnhub, coincap, coincapPrices],
  ...simulatedFeeds,
]

const byName = new Map(feeds.map(feed => [feed.name, feed]))

/** @returns undefined when no feed has this name. */
export function feedByName(name: string): Feed | undefined {
  return byName.get(name)
}

/** The feed whose shape this frame has; undefined when none. */
export function feedOf(frame: object): Feed | undefined {
  return feeds.find(feed => feed.recognises(frame))
}
