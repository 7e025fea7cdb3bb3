import { binanceAnswer } from './binance_answer.ts'
import { readCandle } from './binance_candle.ts'
import { binanceRest } from './binance_rest.ts'
import { readTrade } from './binance_trade.ts'
import type { Feed, Reading } from './feed.ts'
import { anyInteger, anyText, integer, listOf, part, shape, text } from './frame_shape.ts'
import { addFault, asObject, decimal, emptyReading, faulty, isBadDecimal, productOf } from './reading.ts'
import { parseUnixTime } from './unix_time.ts'

type Message = Record<string, unknown>

/** Payloads of Binance that hold no market data that is read here. */
const others = new Set([
  ...['depthUpdate', 'serverShutdown', 'avgPrice', '24hrTicker', '24hrMiniTicker', '1hTicker', '4hTicker', '1dTicker'],
  ...['referencePrice', 'blockTrade', 'markPriceUpdate', 'forceOrder', 'continuous_kline'],
])
/** Trades of the contract markets that met no order of the book: of an insurance fund, or by force. */
const offBook = new Set<unknown>(['INSURANCE_FUND', 'ADL'])
const kinds = new Set(['trade', 'aggTrade', 'kline', 'bookTicker'])

/**
 * Binance spot market data, single streams or combined (`{"stream":…,"data":…}`). Frames have no numbers, but trade ids of a
 * product follow each other. A `bookTicker` has no time: that of its receipt stands in. A kline is a candle once it is over
 * (`x`); an unfinished one tells the exchange's time and nothing else.
 */
export const binance: Feed = {
  name: 'binance',
  venue: 'binance',
  url: 'wss://stream.binance.com:9443/stream',
  fallbackUrl: 'wss://data-stream.binance.vision/stream',
  channels: ['trade', 'aggTrade', 'bookTicker', 'kline_1m'],
  usualChannels: ['trade', 'bookTicker', 'kline_1m'],
  numbering: 'none',
  contiguous: ['trade_ids', 'candles'],
  clock: 'receipt',

  subscribe(symbols, channels) {
    const params = symbols.flatMap(symbol => channels.map(channel => `${symbol.toLowerCase()}@${channel}`))
    return [
      { method: 'SUBSCRIBE', params, id: 1 },
      { method: 'LIST_SUBSCRIPTIONS', id: 2 },
    ].map(one => JSON.stringify(one))
  },

  answer: binanceAnswer,

  recognises(frame) {
    if ('stream' in frame && 'data' in frame) return typeof frame.stream === 'string'
    if ('e' in frame) return typeof frame.e === 'string' && (kinds.has(frame.e) || others.has(frame.e)) && 'E' in frame
    return isBookTicker(frame) || 'lastUpdateId' in frame
  },

  read(frame) {
    const message = asObject(frame)
    if (message === null) return faulty('not_object')
    if (typeof message.stream !== 'string') return readPayload(message)
    const payload = asObject(message.data)
    if (payload !== null) return readPayload(payload)
    return Array.isArray(message.data)
      ? { ...emptyReading(), other: `channel ${message.stream}` }
      : faulty('unknown_shape')
  },

  skim(frame) {
    const quote = bookTickers.exec(frame)
    if (quote !== null) {
      const [, stream, s, b, B, a, A] = quote
      return { stream, data: { u: 0, s, b, B, a, A } }
    }
    const trade = trades.exec(frame)
    if (trade !== null) {
      const [, stream, E, s, t, p, q, T, m] = trade
      return { stream, data: { e: 'trade', E: Number(E), s, t: Number(t), p, q, T: Number(T), m: m === 'true' } }
    }
    const depth = depthUpdates.exec(frame)
    return depth && { stream: depth[1], data: { e: 'depthUpdate', E: 0 } }
  },

  rest: binanceRest,
}

const bookTickers = shape`{"stream":${text},"data":{"u":${anyInteger},"s":${text},"b":${text},"B":${text},"a":${text},"A":${text}}}`
const trades = shape`{"stream":${text},"data":{"e":"trade","E":${integer},"s":${text},"t":${integer},"p":${text},"q":${text},"T":${integer},"m":${'(true|false)'},"M":${'(?:true|false)'}}}`
const levels = listOf(part`[${anyText},${anyText}]`)
const depthUpdates = shape`{"stream":${text},"data":{"e":"depthUpdate","E":${anyInteger},"s":${anyText},"U":${anyInteger},"u":${anyInteger},"b":${levels},"a":${levels}}}`

function isBookTicker(frame: object): boolean {
  return 'u' in frame && 's' in frame && 'b' in frame && 'a' in frame && !Array.isArray(frame.b)
}

function readPayload(payload: Message): Reading {
  const reading = emptyReading()
  const kind = payload.e ?? (isBookTicker(payload) ? 'bookTicker' : undefined)
  if (kind === undefined) {
    if ('result' in payload) return { ...reading, other: 'subscriptions' }
    if ('lastUpdateId' in payload) return { ...reading, other: 'snapshot' }
    return 'code' in payload && 'msg' in payload ? { ...reading, other: 'error' } : faulty('unknown_shape')
  }
  if (typeof kind !== 'string') return faulty('unknown_shape')
  if (!kinds.has(kind)) return { ...reading, other: `channel ${kind}` }
  if (offBook.has(payload.X)) return { ...reading, other: 'off-book trade' }
  reading.time = parseUnixTime(payload.E)
  const product = productOf(payload.s)
  if (product === null) addFault(reading, 'missing_product')
  else if (kind === 'bookTicker') readQuote(reading, payload, product)
  else if (reading.time === null) addFault(reading, 'bad_time')
  else if (kind === 'kline') readCandle(reading, payload.k, product, reading.time)
  else readTrade(reading, payload, product, 0)
  return reading
}

function readQuote(reading: Reading, { b, B, a, A, T }: Message, product: string): void {
  const [bid, ask] = [decimal(b), decimal(a)]
  if (isBadDecimal(b, bid) || isBadDecimal(a, ask)) addFault(reading, 'bad_price')
  else
    reading.events.push({
      type: 'quote',
      product,
      time: parseUnixTime(T),
      index: 0,
      bid,
      ask,
      bid_size: decimal(B),
      ask_size: decimal(A),
      last: null,
    })
}
