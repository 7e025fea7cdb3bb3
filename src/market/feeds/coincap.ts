import type { Answer, Feed, Reading } from './feed.ts'
import { addFault, asObject, decimal, emptyReading, faulty, parseJson, productOf, sideOf } from './reading.ts'
import { parseUnixTime } from './unix_time.ts'

/** A message that is no trade, such as `Unauthorized`, is short. */
const longestError = 2000

/**
 * CoinCap v2's trades of an exchange, by the slug of their base; the price is that in dollars, so that quotes of several
 * currencies make one product. Its socket was shut down on 2025-03-31: saved frames are read, and a simulated exchange
 * speaks it. Trades have no id: what they say is their identity, and two that say the same count once. A trade without
 * `priceUsd` has no price here and is none, as in the original.
 */
export const coincap: Feed = {
  name: 'coincap',
  venue: 'coincap',
  url: 'wss://ws.coincap.io/trades/binance',
  channels: ['trades'],
  numbering: 'none',
  clock: 'receipt',

  subscribe: () => [],
  answer: coincapAnswer,

  recognises: frame => 'exchange' in frame && 'base' in frame && 'quote' in frame && 'priceUsd' in frame,

  read(frame) {
    const trade = asObject(frame)
    if (trade === null) return faulty('not_object')
    const reading = emptyReading()
    if ('error' in trade || asObject(trade.data)?.message !== undefined) return { ...reading, other: 'error' }
    if (!('exchange' in trade && 'base' in trade)) return faulty('unknown_shape')
    reading.time = parseUnixTime(trade.timestamp)
    readTrade(reading, trade)
    return reading
  },
}

/** What CoinCap says in place of data: a text that begins `Unauthorized`, or the notice of its end. */
export function coincapAnswer(message: string): Answer | null {
  if (message.length > longestError || message.includes('"priceUsd"')) return null
  if (/^Unauthorized/i.test(message)) return { refused: message.slice(0, 100) }
  const answer = asObject(parseJson(message))
  const said = answer?.error ?? asObject(answer?.data)?.message
  return typeof said === 'string' ? { error: said } : null
}

function readTrade(reading: Reading, trade: Record<string, unknown>): void {
  const { exchange, quote, direction, volume, timestamp } = trade
  const product = productOf(trade.base)
  const { time } = reading
  const size = decimal(volume)
  if (product === null) addFault(reading, 'missing_product')
  else if (time === null) addFault(reading, 'bad_time')
  else if (trade.priceUsd === null || trade.priceUsd === undefined) reading.other = 'trade without priceUsd'
  else {
    const price = decimal(trade.priceUsd)
    const own = decimal(trade.price)
    if (price === null || own === null || size === null) addFault(reading, 'bad_trade')
    else {
      const id = [timestamp, own, size, exchange, quote].join(' ').slice(0, 64)
      const side = sideOf(direction, false)
      reading.events.push({ type: 'trade', product, time, index: 0, id, price, size, side })
    }
  }
}
