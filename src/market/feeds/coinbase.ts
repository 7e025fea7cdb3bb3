import type { Micros } from '../../core/events/event.ts'
import { coinbaseAnswer } from './coinbase_answer.ts'
import { coinbaseRest } from './coinbase_rest.ts'
import { readTrade } from './coinbase_trade.ts'
import type { Feed, Reading } from './feed.ts'
import { anyText, integer, optional, part, shape, text } from './frame_shape.ts'
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
} from './reading.ts'
import { parseTimestamp } from './timestamp.ts'

/** Channels whose frames are read; the others only count for holes. */
const read = new Set(['ticker', 'market_trades', 'heartbeats', 'subscriptions'])

/**
 * Coinbase Advanced Trade market data (public WebSocket). One `sequence_num` a connection over all its channels. A quote
 * has the envelope's time; a trade its own time and the side of the maker on the wire, turned round here.
 */
export const coinbase: Feed = {
  name: 'coinbase',
  venue: 'coinbase',
  url: 'wss://advanced-trade-ws.coinbase.com',
  channels: ['ticker', 'market_trades', 'heartbeats'],
  numbering: 'connection',
  clock: 'heartbeat',

  subscribe(symbols, channels) {
    return channels.map(channel =>
      JSON.stringify(
        channel === 'heartbeats'
          ? { type: 'subscribe', channel }
          : { type: 'subscribe', product_ids: symbols, channel },
      ),
    )
  },

  answer: message => coinbaseAnswer(message, coinbase.read),

  recognises(frame) {
    return 'channel' in frame && typeof frame.channel === 'string' && 'events' in frame
  },

  read(frame) {
    const reading = emptyReading()
    const message = asObject(frame)
    if (message === null) return faulty('not_object')
    const { channel, timestamp, sequence_num, events } = message
    if (typeof channel !== 'string')
      return message.type === 'error' ? { ...reading, other: 'error' } : faulty('unknown_shape')
    reading.sequence = sequenceOf(sequence_num)
    reading.time = parseTimestamp(timestamp)
    if (!read.has(channel)) return { ...reading, other: `channel ${channel}` }
    if (channel === 'subscriptions') reading.other = channel
    if (channel === 'subscriptions' && sequence_num === undefined) readSubscriptions(reading, asList(events))
    else if (reading.sequence === null) addFault(reading, 'bad_sequence')
    else if (reading.time === null) addFault(reading, 'bad_time')
    else if (!Array.isArray(events)) addFault(reading, 'bad_events')
    else if (channel === 'heartbeats') reading.heartbeat = true
    else if (channel === 'ticker') readTickers(reading, events, reading.time)
    else if (channel === 'market_trades') readTrades(reading, events)
    else readSubscriptions(reading, events)
    return reading
  },

  skim(frame) {
    const found = tickers.exec(frame)
    if (found === null) return null
    const [, timestamp, sequence, product_id, price, best_bid, best_ask, best_bid_quantity, best_ask_quantity] = found
    const ticker = { product_id, price, best_bid, best_ask, best_bid_quantity, best_ask_quantity }
    return { channel: 'ticker', timestamp, sequence_num: Number(sequence), events: [{ tickers: [ticker] }] }
  },

  rest: coinbaseRest,
}

const client = optional(part`"client_id":${anyText},`)
/** Figures that are not read: between those that are, and behind them. */
const others = `(?:,"(?!best_|price"|product_id")[a-z0-9_]+":${anyText})*`
const sizes = optional(part`,"best_bid_quantity":${text},"best_ask_quantity":${text}`)
const ticker = part`{"type":${anyText},"product_id":${text},"price":${text}${others},"best_bid":${text},"best_ask":${text}${sizes}${others}}`
const tickers = shape`{"channel":"ticker",${client}"timestamp":${text},"sequence_num":${integer},"events":[{"type":${anyText},"tickers":[${ticker}]}]}`

function readTickers(reading: Reading, events: unknown[], time: Micros): void {
  let index = -1
  for (const event of events) {
    for (const item of asList(asObject(event)?.tickers)) {
      index++
      const ticker = asObject(item)
      const product = productOf(ticker?.product_id)
      if (ticker === null || product === null) {
        addFault(reading, ticker ? 'missing_product' : 'bad_ticker', item)
        continue
      }
      const [bid, ask] = [decimal(ticker.best_bid), decimal(ticker.best_ask)]
      if (isBadDecimal(ticker.best_bid, bid) || isBadDecimal(ticker.best_ask, ask)) {
        addFault(reading, 'bad_price', item)
        continue
      }
      reading.events.push({
        type: 'quote',
        product,
        time,
        index,
        bid,
        ask,
        bid_size: decimal(ticker.best_bid_quantity),
        ask_size: decimal(ticker.best_ask_quantity),
        last: decimal(ticker.price),
      })
    }
  }
}

function readTrades(reading: Reading, events: unknown[]): void {
  let index = -1
  for (const event of events) for (const item of asList(asObject(event)?.trades)) readTrade(reading, item, ++index)
}

/**
 * The acknowledgement names every product of the connection by channel; heartbeats name themselves. That of a served
 * capture has no number, so that the capture's own numbering stays.
 */
function readSubscriptions(reading: Reading, events: unknown[]): void {
  for (const event of events) {
    const channels = asObject(asObject(event)?.subscriptions)
    if (channels === null) continue
    for (const [channel, products] of Object.entries(channels)) {
      if (channel === 'heartbeats') continue
      for (const name of asList(products)) {
        const product = productOf(name)
        if (product !== null) reading.acknowledged.push(product)
      }
    }
  }
}
