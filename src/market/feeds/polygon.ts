import type { Feed, Reading } from './feed.ts'
import { polygonAnswer, symbolOfAcknowledgement } from './polygon_answer.ts'
import { flagsOf } from './polygon_conditions.ts'
import { skimItems } from './polygon_text.ts'
import { addFault, asObject, decimal, decimalAbove, emptyReading, faulty, productOf, tradeIdOf } from './reading.ts'
import { parseUnixTime } from './unix_time.ts'

type Item = Record<string, unknown>

const belowZero = -Number.MIN_VALUE

/** Bars, and how long each is. */
const intervals: Record<string, string> = { A: '1s', AM: '1m' }

/**
 * Massive, formerly Polygon: US stocks. A frame is a list of trades `T`, quotes `Q`, bars `A` (a second) and `AM` (a minute)
 * and `status`, mixed. `q` rises but is not contiguous [documented], so that no loss can be seen. Times are the tape's, in
 * milliseconds; those of a delayed address are as old as that, so its own times are the clock and never our receipt. While the
 * market is closed nothing comes at all: hence `quiet`.
 */
export const polygon: Feed = {
  name: 'polygon',
  venue: 'polygon',
  url: 'wss://socket.massive.com/stocks',
  channels: ['T', 'Q', 'A', 'AM'],
  usualChannels: ['T', 'Q'],
  numbering: 'none',
  clock: 'heartbeat',
  quiet: true,
  logIn: secret => [JSON.stringify({ action: 'auth', params: secret })],

  subscribe: (symbols, channels) =>
    channels.flatMap(channel =>
      symbols.map(symbol => JSON.stringify({ action: 'subscribe', params: `${channel}.${symbol}` })),
    ),

  answer: polygonAnswer,

  recognises: frame => Array.isArray(frame) && typeof asObject(frame[0])?.ev === 'string',

  read(frame) {
    if (!Array.isArray(frame)) return faulty('no_list')
    const reading = emptyReading()
    for (let index = 0; index < frame.length; index++) readItem(reading, asObject(frame[index]), index, frame[index])
    if (reading.events.length > 0) reading.other = null
    return reading
  },

  skim: skimItems,
}

function readItem(reading: Reading, item: Item | null, index: number, value: unknown): void {
  if (item === null || typeof item.ev !== 'string') addFault(reading, 'unknown_shape', value)
  else if (item.ev === 'T') readTrade(reading, item, index)
  else if (item.ev === 'Q') readQuote(reading, item, index)
  else if (item.ev in intervals) readBar(reading, item, index)
  else if (item.ev === 'status') {
    reading.other ??= 'status'
    const symbol = symbolOfAcknowledgement(item)
    if (symbol !== null) reading.acknowledged.push(symbol)
  } else reading.other ??= `channel ${item.ev.slice(0, 20)}`
}

/**
 * An id `i` is unique a ticker, exchange `x` and reporting facility `trfi` [documented], so that all three make the identity: up
 * to 37 % of a day's trades share their millisecond with another. `ds` is the size with its fraction, `s` whole shares.
 */
function readTrade(reading: Reading, item: Item, index: number): void {
  const product = productOf(item.sym)
  const id = tradeIdOf(item.i)
  const time = parseUnixTime(item.t)
  const price = decimalAbove(0, item.p)
  const size = decimalAbove(belowZero, item.ds ?? item.s)
  if (product === null) addFault(reading, 'missing_product', item)
  else if (id === null) addFault(reading, 'missing_trade_id', item)
  else if (time === null) addFault(reading, 'bad_time', item)
  else if (price === null || size === null) addFault(reading, 'bad_trade', item)
  else {
    const facility = item.trfi === undefined ? '' : `.${numberOr0(item.trfi)}`
    const flags = flagsOf(item.c, item.correction)
    note(reading, time)
    reading.events.push({
      type: 'trade',
      product,
      time,
      index,
      id: `${numberOr0(item.x)}${facility}-${id}`,
      price,
      size,
      side: null,
      flags,
    })
  }
}

/** Best bid and offer of all exchanges; sizes as they come, in round lots [documented] or shares. A side at 0 is none. */
function readQuote(reading: Reading, item: Item, index: number): void {
  const product = productOf(item.sym)
  const time = parseUnixTime(item.t)
  const bid = sideOfBook(item.bp)
  const ask = sideOfBook(item.ap)
  if (product === null) addFault(reading, 'missing_product', item)
  else if (time === null) addFault(reading, 'bad_time', item)
  else if (bid === undefined || ask === undefined) addFault(reading, 'bad_price', item)
  else {
    const bid_size = decimal(item.bs)
    const ask_size = decimal(item.as)
    note(reading, time)
    reading.events.push({ type: 'quote', product, time, index, bid, ask, bid_size, ask_size, last: null })
  }
}

function readBar(reading: Reading, item: Item, index: number): void {
  const product = productOf(item.sym)
  const [start, time] = [parseUnixTime(item.s), parseUnixTime(item.e)]
  const [open, high, low, close, volume] = [item.o, item.h, item.l, item.c, item.v].map(decimal)
  if (product === null) addFault(reading, 'missing_product', item)
  else if (start === null || time === null || time <= start) addFault(reading, 'bad_time', item)
  else if (open === null || high === null || low === null || close === null || volume === null)
    addFault(reading, 'bad_candle', item)
  else {
    note(reading, time)
    const prices = { open, high, low, close, volume }
    const interval = intervals[item.ev as string]
    reading.events.push({
      ...{ type: 'candle', product, time, index, interval, start, ...prices, trades: null, closed: true },
    })
  }
}

/** A frame is as late as the latest of it. */
function note(reading: Reading, time: number): void {
  if (reading.time === null || time > reading.time) reading.time = time
}

/** @returns null where nobody bids or offers, undefined where something stands there that is no price. */
function sideOfBook(value: unknown): string | null | undefined {
  if (value === undefined || value === null || value === 0) return null
  return decimalAbove(0, value) ?? undefined
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0
}
