import { binance } from './binance.ts'
import { binanceRest } from './binance_rest.ts'
import { coinbase } from './coinbase.ts'
import { coinbaseRest } from './coinbase_rest.ts'
import { coincap } from './coincap.ts'
import type { Feed } from './feed.ts'
import { finnhub } from './finnhub.ts'
import { polygon } from './polygon.ts'

/** The simulated exchange: Coinbase Advanced Trade's protocol under a name of its own, so that nothing of it passes for real. */
export const simulated: Feed = {
  ...coinbase,
  name: 'simulated',
  venue: 'simulated',
  url: '',
  recognises: () => false,
  rest: { ...coinbaseRest, url: '' },
}

const marked = { venue: simulated.venue, url: '', recognises: () => false }

/** The same for other protocols, by the venue that they are of. */
const twins: Readonly<Record<string, Feed>> = {
  binance: {
    ...binance,
    ...marked,
    name: 'simulated-binance',
    rest: { ...binanceRest, url: '', fallbackUrl: undefined },
  },
  coincap: { ...coincap, ...marked, name: 'simulated-coincap' },
  polygon: { ...polygon, ...marked, name: 'simulated-polygon' },
  finnhub: { ...finnhub, ...marked, name: 'simulated-finnhub' },
}

export const simulatedFeeds: readonly Feed[] = [simulated, ...Object.values(twins)]

/** The simulated exchange that speaks as this feed does. */
export function simulatedOf({ venue }: Feed): Feed {
  return Object.hasOwn(twins, venue) ? twins[venue] : simulated
}

/** Whether a feed of this name is of a simulated exchange: all of theirs begin alike. */
export function isSimulatedFeed(name: string): boolean {
  return name.startsWith(simulated.name)
}
