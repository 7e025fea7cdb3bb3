import type { Micros } from '../../core/events/event.ts'
import type { ConfiguredFeed } from '../feeds/configured_feeds.ts'
import type { Feed } from '../feeds/feed.ts'
import { simulated } from '../feeds/simulated.ts'

/** What one feed's symbol stands for. */
export interface Listing {
  product: string
  /** Name of the feed that the config gives the product to. */
  owner: string
  /** Whether the feed that was asked about is the owner, or may stand in for it. */
  allowed: boolean
}

/** The feed that brings a product in this stream. */
interface Holder {
  feed: string
  /** What it brings of an earlier time is not its own. */
  since: Micros
  /** Time of its last quote or trade. */
  time: Micros
}

export type Holders = Record<string, Holder>

/**
 * Which feed a product is taken from, so that the prices of two never meet in one row. The config gives each product to one
 * feed. Another feed of its venue, or the simulated exchange, may stand in for it; of these the first that brings the product
 * holds it, the owner too, until it has brought no quote or trade for so long that the product starts anew anyway
 * (`session_reset_s`). A pure function of the events so far. Plain data inside, no clock.
 */
export class ProductOwners {
  private readonly feeds: readonly Pick<ConfiguredFeed, 'feed' | 'products'>[]
  private readonly patience: Micros
  private readonly holders: Map<string, Holder>
  private readonly listings = new Map<Feed, Map<string, Listing>>()
  private last: { feed: Feed; symbol: string; listing: Listing | undefined } | null = null

  /** @param patience a product without a quote or trade for so long is free. */
  constructor(feeds: readonly Pick<ConfiguredFeed, 'feed' | 'products'>[], patience: Micros, holders: Holders = {}) {
    this.feeds = feeds
    this.patience = patience
    this.holders = new Map(Object.entries(structuredClone(holders)))
  }

  snapshot(): Holders {
    return structuredClone(Object.fromEntries(this.holders))
  }

  /** What a feed means by a symbol; undefined where the config has it for no feed. */
  listing(feed: Feed, symbol: string): Listing | undefined {
    const { last } = this
    // A symbol of a frame is a text of its own each time, and hashed anew; that of the last event is compared faster.
    if (last?.symbol === symbol && last.feed === feed) return last.listing
    let listings = this.listings.get(feed)
    if (listings === undefined) {
      listings = this.listingsOf(feed)
      this.listings.set(feed, listings)
    }
    const listing = listings.get(symbol)
    this.last = { feed, symbol, listing }
    return listing
  }

  /** Whether a feed holds a product, or nobody does. */
  isFreeFor(feed: string, product: string): boolean {
    const holder = this.holders.get(product)
    return holder === undefined || holder.feed === feed
  }

  /**
   * Lets a feed bring a product, if it may and nobody else does.
   * @param time of its quote or trade, by which it holds the product from now on; null only asks.
   * @returns the feed that brings the product instead; null where it is this one.
   */
  claim(feed: string, { product, owner, allowed }: Listing, time: Micros | null): string | null {
    if (!allowed) return owner
    const holder = this.holders.get(product)
    if (time === null) return holder === undefined || holder.feed === feed ? null : holder.feed
    const since = holder === undefined ? 0 : holder.feed === feed ? holder.since : holder.time + this.patience
    if (holder !== undefined && time < since) return holder.feed
    if (holder?.feed !== feed) this.holders.set(product, { feed, since, time })
    else if (time > holder.time) holder.time = time
    return null
  }

  /** Where two feeds of the config have one symbol: the feed's own, else the first that it may stand in for, else the first. */
  private listingsOf(feed: Feed): Map<string, Listing> {
    const rank = (owner: Feed): number => (owner === feed ? 0 : mayStandIn(feed, owner) ? 1 : 2)
    const found = new Map<string, Listing>()
    const others = this.feeds.filter(({ feed: owner }) => owner.brings === feed.brings)
    for (const { feed: owner, products } of others.toSorted((a, b) => rank(a.feed) - rank(b.feed)))
      for (const { as, symbol } of products)
        if (!found.has(symbol)) found.set(symbol, { product: as, owner: owner.name, allowed: rank(owner) < 2 })
    return found
  }
}

/** A feed of the same venue has the same market, and what the simulated exchange brings is for trying things out. */
export function mayStandIn(feed: Feed, owner: Feed): boolean {
  return feed.venue === owner.venue || feed.venue === simulated.venue
}
