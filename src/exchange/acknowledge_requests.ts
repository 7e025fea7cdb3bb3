import { asList, asObject, parseJson } from '../market/feeds/reading.ts'

/**
 * Acknowledges one client's requests in the shape of the feed that they are written for, as if everything asked for were
 * served. Without number and time: a capture that is served verbatim has its own.
 */
export function createAcknowledger(): (request: string) => string {
  const current = new Map<string, Set<string>>()

  function note(type: unknown, channel: string, products: string[]): void {
    const held = current.get(channel) ?? new Set()
    for (const product of products) {
      if (type === 'unsubscribe') held.delete(product)
      else held.add(product)
    }
    if (held.size === 0 || (type === 'unsubscribe' && products.length === 0)) current.delete(channel)
    else current.set(channel, held)
  }

  return request => {
    const message = asObject(parseJson(request))
    if (message === null) return JSON.stringify({ type: 'error', message: 'malformed message' })
    const { type, channel } = message
    const products = texts(message.product_ids)
    if (typeof channel === 'string') {
      note(type, channel, channel === 'heartbeats' ? ['heartbeats'] : products)
      return JSON.stringify({ channel: 'subscriptions', events: [{ subscriptions: asRecord(current) }] })
    }
    for (const item of asList(message.channels)) {
      const own = asObject(item)
      const name = own ? own.name : item
      if (typeof name === 'string') note(type, name, own?.product_ids ? texts(own.product_ids) : products)
    }
    const channels = Object.entries(asRecord(current)).map(([name, product_ids]) => ({ name, product_ids }))
    return JSON.stringify({ type: 'subscriptions', channels })
  }
}

function texts(value: unknown): string[] {
  return asList(value).filter(item => typeof item === 'string')
}

function asRecord(channels: Map<string, Set<string>>): Record<string, string[]> {
  return Object.fromEntries([...channels].map(([name, products]) => [name, [...products]]))
}
