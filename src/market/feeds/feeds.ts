import { coinbase } from './coinbase.ts'
import { coinbaseExchange } from './coinbase_exchange.ts'
import type { Feed } from './feed.ts'
import { simulated } from './simulated.ts'

/** Every feed, in the order in which a bare line is tried. */
export const feeds: readonly Feed[] = [coinbase, coinbaseExchange, simulated]

const byName = new Map(feeds.map(feed => [feed.name, feed]))

/** @returns undefined when no feed has this name. */
export function feedByName(name: string): Feed | undefined {
  return byName.get(name)
}

/** The feed whose shape this frame has; undefined when none. */
export function feedOf(frame: object): Feed | undefined {
  return feeds.find(feed => feed.recognises(frame))
}
