import { coinbaseAnswer } from './coinbase_answer.ts'
import type { Feed, Reading } from './feed.ts'
import {
  addFault,
  asList,
  asObject,
  decimal,
  emptyReading,
  faulty,
  isBadDecimal,
  productOf,
  sequenceOf,
  sideOf,
  tradeIdOf,
} from './reading.ts'
import { parseTimestamp } from './timestamp.ts'

/** Our channel names and those of this feed. */
const channelNames: Record<string, string> = { market_trades: 'matches', heartbeats: 'heartbeat' }
const kinds = new Set(['ticker', 'match', 'last_match', 'heartbeat'])
const others = new Set([
  'subscriptions',
  'snapshot',
  'l2update',
  'error',
  'status',
  'received',
  'open',
  'done',
  'change',
])

/**
 * The older Coinbase Exchange feed. `sequence` counts a product's whole order channel, of which only a part is served: it
 * rises but shows no holes. A ticker is a quote and, with its trade_id, a trade of the taker's side; a match has the maker's.
 */
export const coinbaseExchange: Feed = {
  name: 'coinbase-exchange',
  venue: 'coinbase',
  url: 'wss://ws-feed.exchange.coinbase.com',
  channels: ['ticker', 'market_trades', 'heartbeats'],
  numbering: 'product',
  clock: 'heartbeat',

  subscribe(symbols, channels) {
    const names = channels.map(channel => channelNames[channel] ?? channel)
    return [JSON.stringify({ type: 'subscribe', product_ids: symbols, channels: names })]
  },

  answer: message => coinbaseAnswer(message, coinbaseExchange.read),

  recognises(frame) {
    if (!('type' in frame) || typeof frame.type !== 'string' || 'channel' in frame) return false
    if (kinds.has(frame.type)) return 'product_id' in frame
    return frame.type === 'subscriptions' ? 'channels' in frame : others.has(frame.type) && frame.type !== 'error'
  },

  read(frame) {
    const reading = emptyReading()
    const message = asObject(frame)
    if (message === null) return faulty('not_object')
    const { type } = message
    if (typeof type !== 'string') return faulty('unknown_shape')
    if (type === 'subscriptions') readSubscriptions(reading, message)
    if (!kinds.has(type)) return { ...reading, other: others.has(type) ? type : `type ${type}` }
    reading.sequence = sequenceOf(message.sequence)
    reading.time = parseTimestamp(message.time)
    const product = productOf(message.product_id)
    if (product === null) addFault(reading, 'missing_product')
    else if (reading.sequence === null) addFault(reading, 'bad_sequence')
    else if (reading.time === null) addFault(reading, 'bad_time')
    else if (type === 'heartbeat') reading.events.push({ type: 'clock', product, time: reading.time, index: 0 })
    else {
      if (type === 'ticker') readQuote(reading, message, product, reading.time)
      if (type !== 'ticker' || message.trade_id !== undefined) readTrade(reading, message, product, reading.time)
    }
    return reading
  },
}

function readQuote(reading: Reading, message: Record<string, unknown>, product: string, time: number): void {
  const [bid, ask] = [decimal(message.best_bid), decimal(message.best_ask)]
  if (isBadDecimal(message.best_bid, bid) || isBadDecimal(message.best_ask, ask)) {
    addFault(reading, 'bad_price')
    return
  }
  reading.events.push({
    type: 'quote',
    product,
    time,
    index: 0,
    bid,
    ask,
    bid_size: decimal(message.best_bid_size),
    ask_size: decimal(message.best_ask_size),
    last: decimal(message.price),
  })
}

function readTrade(reading: Reading, message: Record<string, unknown>, product: string, time: number): void {
  const ticker = message.type === 'ticker'
  const id = tradeIdOf(message.trade_id)
  const price = decimal(message.price)
  const size = decimal(ticker ? message.last_size : message.size)
  if (id === null) addFault(reading, 'missing_trade_id')
  else if (price === null || size === null) addFault(reading, 'bad_trade')
  else {
    const side = sideOf(message.side, !ticker)
    reading.events.push({ type: 'trade', product, time, index: ticker ? 1 : 0, id, price, size, side })
  }
}

function readSubscriptions(reading: Reading, message: Record<string, unknown>): void {
  for (const channel of asList(message.channels)) {
    for (const name of asList(asObject(channel)?.product_ids)) {
      const product = productOf(name)
      if (product !== null) reading.acknowledged.push(product)
    }
  }
}
