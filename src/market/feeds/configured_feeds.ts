import type { Config, FeedSettings } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import type { Feed } from './feed.ts'
import { feedByName, feeds } from './feeds.ts'

/** A feed, and what the config says of it. */
export interface ConfiguredFeed {
  feed: Feed
  url: string
  channels: readonly string[]
  /** Each by its name here, `as`, and the exchange's own, `symbol`. */
  products: FeedSettings['products']
  staleAfterMs: number
}

/**
 * The feeds of the config, in its order.
 * @throws SpikeError BAD_CONFIG for names and channels that there are not, all at once.
 */
export function configuredFeeds(config: Pick<Config, 'feeds'>): ConfiguredFeed[] {
  const faults: string[] = []
  const found = config.feeds.flatMap(({ name, url, channels, products, stale_after_s }, n) => {
    const feed = feedByName(name)
    if (feed === undefined) {
      faults.push(`feeds.${n}.name: there is no feed '${name}'; name ${feeds.map(known => known.name).join(', ')}`)
      return []
    }
    const unknown = channels?.filter(channel => !feed.channels.includes(channel)) ?? []
    if (unknown.length > 0)
      faults.push(`feeds.${n}.channels: ${name} has no ${unknown.join(', ')}; name some of ${feed.channels.join(', ')}`)
    return [
      {
        feed,
        url: url ?? feed.url,
        channels: channels ?? feed.usualChannels ?? feed.channels,
        products,
        staleAfterMs: 1000 * stale_after_s,
      },
    ]
  })
  if (faults.length > 0)
    throw new SpikeError(
      'BAD_CONFIG',
      faults.map(fault => `config: ${fault}`),
    )
  return found
}
