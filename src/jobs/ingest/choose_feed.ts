import type { Config, FeedSettings } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { mayStandIn } from '../../market/decode/product_owners.ts'
import { feedByName, feeds } from '../../market/feeds/feeds.ts'

/**
 * The config of a run that listens to one feed, which comes first in it: the products named for this run are that feed's,
 * whoever has them otherwise.
 * @param name the config's first feed when absent. One that the config does not have stands in for the first that it can.
 * @param products by our names; those that the config gives the feed when absent.
 * @throws SpikeError BAD_ARGUMENT for a feed that there is not, or that the config has no products for.
 */
export function chooseFeed(config: Config, name = config.feeds[0].name, products?: string[]): Config {
  const feed = feedByName(name)
  if (feed === undefined)
    throw new SpikeError('BAD_ARGUMENT', `--feed takes ${feeds.map(known => known.name).join(' or ')}, not '${name}'`)
  const own = config.feeds.find(settings => settings.name === name)
  const standsFor = config.feeds.find(settings => {
    const owner = feedByName(settings.name)
    return owner && mayStandIn(feed, owner)
  })
  const listed = (own ?? standsFor)?.products
  const wanted = products?.map(as => listed?.find(known => known.as === as) ?? { as, symbol: as }) ?? listed
  if (wanted === undefined)
    throw new SpikeError('BAD_ARGUMENT', `--feed ${name}: the config has no products of it; name some by --pair`)
  const taken = new Set(wanted.map(({ as }) => as))
  const { stale_after_s } = standsFor ?? config.feeds[0]
  const chosen: FeedSettings = { stale_after_s, ...own, name, products: wanted }
  const others = config.feeds
    .filter(settings => settings !== own)
    .map(settings => ({ ...settings, products: settings.products.filter(({ as }) => !taken.has(as)) }))
    .filter(settings => settings.products.length > 0)
  return { ...config, feeds: [chosen, ...others] }
}
