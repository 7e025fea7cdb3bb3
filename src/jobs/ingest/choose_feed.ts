import type { Config, FeedSettings } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { mayStandIn } from '../../market/decode/product_owners.ts'
import type { Feed } from '../../market/feeds/feed.ts'
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
    .map(settings => ({
      ...settings,
      products: settings.products.filter(({ as }) => !taken.has(as) || bringsOther(feed, settings)),
    }))
    .filter(settings => settings.products.length > 0)
  return { ...config, feeds: [chosen, ...others] }
}

/** News may be of a market's products. */
function bringsOther(feed: Feed, { name }: FeedSettings): boolean {
  return feed.brings !== feedByName(name)?.brings
}

/**
 * The same for a run that listens to several feeds: they come first, in this order.
 * @param names at least one; the config's first feed when absent.
 * @param products of several feeds, each is taken of the one that the config gives it to.
 * @throws SpikeError BAD_ARGUMENT as `chooseFeed`; for a feed that is named twice, two that would bring the same products, and a product that
 * the config gives to none of several.
 */
export function chooseFeeds(config: Config, names: string[] = [config.feeds[0].name], products?: string[]): Config {
  if (names.length === 1) return chooseFeed(config, names[0], products)
  const doubled = names.find((name, n) => names.indexOf(name) < n)
  if (doubled !== undefined) throw new SpikeError('BAD_ARGUMENT', `--feed ${doubled} is named twice`)
  const chosen = names.map(name => chooseFeed(config, name).feeds[0])
  const wanted = chosen.map(({ products: own }) =>
    products === undefined ? own : own.filter(({ as }) => products.includes(as)),
  )
  const known = chosen.flatMap(feed => feed.products.map(({ as }) => as))
  const foreign = products?.filter(product => !known.includes(product)) ?? []
  const idle = names.filter((_, n) => wanted[n].length === 0)
  const faults = [
    ...foreign.map(product => `--pair ${product}: the config gives it to none of ${names.join(', ')}; add it there`),
    ...idle.map(name => `--feed ${name}: none of its products is named by --pair; leave it out`),
  ]
  if (faults.length > 0) throw new SpikeError('BAD_ARGUMENT', faults)
  const feeds = chosen.map((feed, n) => ({ ...feed, products: wanted[n] }))
  const market = feeds.filter(({ name }) => feedByName(name)?.brings === undefined)
  const owner = new Map<string, string>()
  for (const { name, products: own } of market)
    for (const { as } of own) {
      const other = owner.get(as)
      if (other !== undefined)
        throw new SpikeError('BAD_ARGUMENT', `--feed ${other} and ${name} both bring ${as}; name one of them`)
      owner.set(as, name)
    }
  return { ...config, feeds: [...feeds, ...config.feeds.filter(({ name }) => !names.includes(name))] }
}
