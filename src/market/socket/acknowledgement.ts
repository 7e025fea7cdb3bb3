import { parseJson } from '../bronze/line.ts'
import type { Feed } from '../feeds/feed.ts'
import { asObject } from '../feeds/reading.ts'

/** Compares what the exchange acknowledges on a connection with what was asked of it. */
export interface Acknowledgement {
  /**
   * Looks at a message, cheaply unless it is an acknowledgement.
   * @returns what is not served, once as many acknowledgements have come as requests were sent; else null.
   */
  see(message: string): string[] | null
}

/** One a connection. An exchange leaves out products that it does not know, without a word. */
export function createAcknowledgement(feed: Feed, products: string[], requests: number): Acknowledgement {
  let seen = 0
  return {
    see(message) {
      if (seen >= requests || !message.includes('"subscriptions"')) return null
      const frame = asObject(parseJson(message))
      if (frame === null || !(frame.channel === 'subscriptions' || frame.type === 'subscriptions')) return null
      seen++
      if (seen < requests) return null
      const served = feed.read(frame).acknowledged
      return products.filter(product => !served.includes(product))
    },
  }
}

/** The text of an error frame; null for any other message. */
export function errorText(message: string): string | null {
  if (message.length > 5000 || !message.includes('"error"')) return null
  const frame = asObject(parseJson(message))
  if (frame?.type !== 'error') return null
  return [frame.message, frame.reason].filter(part => typeof part === 'string').join(': ') || 'without a message'
}
