import type { Answer, Feed } from './feed.ts'
import { asObject, parseJson } from './reading.ts'

/** An error is short; a longer message is market data that has the word in it. */
const longestError = 5000

/** What both Coinbase feeds say to a request: an acknowledgement with all that is served now, or an error. */
export function coinbaseAnswer(message: string, read: Feed['read']): Answer | null {
  const mayBeError = message.length <= longestError && message.includes('"error"')
  if (!mayBeError && !message.includes('"subscriptions"')) return null
  const frame = asObject(parseJson(message))
  if (mayBeError && frame?.type === 'error') {
    const parts = [frame.message, frame.reason].filter(part => typeof part === 'string')
    return { error: parts.join(': ') || 'without a message' }
  }
  const acknowledges = frame?.channel === 'subscriptions' || frame?.type === 'subscriptions'
  return acknowledges ? { served: read(frame).acknowledged } : null
}
