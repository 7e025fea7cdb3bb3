import type { Answer } from './feed.ts'
import { asList, asObject, parseJson } from './reading.ts'

/** A key that is wrong, or used elsewhere: to try again would not help, and a second connection would evict the first. */
const refusals = new Set(['auth_failed', 'auth_timeout', 'max_connections'])
const longestAnswer = 1 << 14

/** What Massive says to a login or a subscription: one acknowledgement a parameter, none of a login that is right. */
export function polygonAnswer(message: string): Answer | null {
  if (message.length > longestAnswer || !message.includes('"status"')) return null
  const items = asList(parseJson(message)).map(asObject)
  const served: string[] = []
  for (const item of items) {
    if (item?.ev !== 'status') continue
    const text = typeof item.message === 'string' ? item.message : String(item.status)
    if (refusals.has(String(item.status))) return { refused: text }
    if (item.status === 'error') return { error: text }
    const symbol = symbolOfAcknowledgement(item)
    if (symbol !== null) served.push(symbol)
  }
  return served.length > 0 ? { served } : null
}

/** The symbol of `subscribed to: T.AAPL`; null for any other status. */
export function symbolOfAcknowledgement({ message }: Record<string, unknown>): string | null {
  return typeof message === 'string' ? (/^subscribed to: \w+\.(\S+)$/.exec(message)?.[1] ?? null) : null
}
