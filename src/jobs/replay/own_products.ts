import { type Config, isProductName } from '../../config.ts'
import { readEvents } from '../../market/decode/events.ts'

/** Whose frames a bare capture holds. */
const bareFeed = 'coinbase'

/**
 * The config with every product that a capture of Coinbase's frames names: for studies of other markets than those recorded here.
 * @throws SpikeError BAD_FILE.
 */
export async function withProductsOf(capture: string, config: Config): Promise<Config> {
  const reader = readEvents([capture], config)
  for await (const _ of reader);
  const more = Object.keys(reader.counters.skipped)
    .filter(isProductName)
    .sort()
    .map(product => ({ as: product, symbol: product }))
  return {
    ...config,
    feeds: config.feeds.map(feed =>
      feed.name === bareFeed ? { ...feed, products: [...feed.products, ...more] } : feed,
    ),
  }
}
