import { asObject, parseJson } from '../market/feeds/reading.ts'

/** What one client of the exchange has asked for. */
export interface Subscriptions {
  /**
   * Takes a client's message. `added` is what a subscribe asked for and is served: products of a channel, none for
   * heartbeats; `error` is the text of the error answer.
   */
  handle(text: string): { added?: { channel: Channel; products: string[] }; error?: string }
  has(channel: Channel, product?: string): boolean
  /** The complete current set, as the acknowledgement carries it. */
  readonly current: Record<string, string[]>
  readonly empty: boolean
}

const channels = ['ticker', 'market_trades', 'heartbeats'] as const
export type Channel = (typeof channels)[number]

/** Coinbase Advanced Trade's rules: one channel a message; unknown products are left out without a word. */
export function createSubscriptions(products: string[]): Subscriptions {
  const current = new Map<Channel, Set<string>>()
  return {
    handle(text) {
      const message = asObject(parseJson(text))
      if (message === null) return { error: 'malformed message' }
      const { type, channel, product_ids } = message
      if (type !== 'subscribe' && type !== 'unsubscribe') return { error: 'malformed message' }
      if (!isChannel(channel)) return { error: 'authentication failure' }
      const asked = channel === 'heartbeats' ? ['heartbeats'] : known(product_ids, products)
      if (type === 'unsubscribe') {
        const dropped = product_ids === undefined ? [...(current.get(channel) ?? [])] : asked
        for (const product of dropped) current.get(channel)?.delete(product)
        if (current.get(channel)?.size === 0) current.delete(channel)
        return {}
      }
      const held = current.get(channel) ?? new Set<string>()
      const added = asked.filter(product => !held.has(product))
      for (const product of added) held.add(product)
      if (held.size > 0) current.set(channel, held)
      return { added: { channel, products: channel === 'heartbeats' ? [] : added } }
    },
    has: (channel, product = 'heartbeats') => current.get(channel)?.has(product) ?? false,
    get current() {
      const names = [...current.keys()].sort()
      return Object.fromEntries(names.map(name => [name, [...current.get(name)!]]))
    },
    get empty() {
      return current.size === 0
    },
  }
}

function isChannel(value: unknown): value is Channel {
  return channels.includes(value as Channel)
}

function known(asked: unknown, products: string[]): string[] {
  return Array.isArray(asked) ? products.filter(product => asked.includes(product)) : []
}
