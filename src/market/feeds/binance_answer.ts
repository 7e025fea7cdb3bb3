import type { Answer } from './feed.ts'
import { asList, asObject, parseJson } from './reading.ts'

/** A list of a thousand streams has 30 kB; a longer message is market data. */
const longestAnswer = 1 << 16

/**
 * What Binance says to a request. It acknowledges any stream without naming it; what it lists afterwards it believes to be
 * subscribed, a stream that there is not among it [guessed].
 */
export function binanceAnswer(message: string): Answer | null {
  if (message.length > longestAnswer || !(message.includes('"result"') || message.includes('"code"'))) return null
  const answer = asObject(parseJson(message))
  if (answer === null || 'stream' in answer || 'e' in answer) return null
  const error = asObject(answer.error) ?? answer
  if (typeof error.code === 'number' && typeof error.msg === 'string') return { error: `${error.code}: ${error.msg}` }
  if (!('result' in answer)) return null
  return { served: [...new Set(asList(answer.result).flatMap(symbolOf))] }
}

/** The product of a stream such as `btcusdt@trade`. */
function symbolOf(stream: unknown): string[] {
  const [symbol, channel] = typeof stream === 'string' ? stream.split('@') : []
  return symbol && channel ? [symbol.toUpperCase()] : []
}
