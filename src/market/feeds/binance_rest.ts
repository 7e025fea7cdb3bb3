import { addCandle } from './binance_candle.ts'
import { readTrade } from './binance_trade.ts'
import type { Reading, RestApi } from './feed.ts'
import { addFault, asObject, emptyReading, faulty } from './reading.ts'
import { parseUnixTime } from './unix_time.ts'

/** The most that one answer holds, of either kind. */
const limit = 1000
/** Our clock may be so far ahead of the exchange's: a candle that ended later may go on. */
const settled = 5_000_000
const minute = 60_000_000

/**
 * Binance's past trades and candles, as documented: `aggTrades` (weight 4) and `klines` (weight 2), the oldest first, bounds
 * in milliseconds and included, those of candles by their start. The last kline of an answer may be unfinished. A minute's
 * limit of weight was 1200 and is 6000 now: we take a good part of the former.
 */
export const binanceRest: RestApi = {
  url: 'https://api.binance.com',
  fallbackUrl: 'https://data-api.binance.vision',
  budget: { header: 'x-mbx-used-weight-1m', limit: 900 },

  trades: (symbol, from, to) => `/api/v3/aggTrades?${query(symbol, from, to)}`,

  candles: {
    channel: 'kline_1m',
    question: (symbol, from, to) => `/api/v3/klines?interval=1m&${query(symbol, from - minute, to)}`,
    history: 6 * 60 * minute,
  },

  isUnknown: refusal => refusal.includes('-1121'),

  read(answer, { symbol, received_at }) {
    if (!Array.isArray(answer)) return faulty('bad_backfill')
    const reading = emptyReading()
    for (const [index, item] of answer.entries()) {
      if (Array.isArray(item)) readRow(reading, item, symbol, index, received_at)
      else {
        const trade = asObject(item)
        if (trade === null) addFault(reading, 'bad_trade', item)
        else readTrade(reading, trade, symbol, index)
      }
    }
    return reading
  },
}

function query(symbol: string, from: number, to: number): string {
  const [start, end] = [Math.floor(from / 1000), Math.ceil(to / 1000)]
  return `symbol=${encodeURIComponent(symbol)}&startTime=${start}&endTime=${end}&limit=${limit}`
}

function readRow(reading: Reading, row: unknown[], symbol: string, index: number, received_at: number): void {
  const [openTime, open, high, low, close, volume, closeTime, , trades] = row
  const last = parseUnixTime(closeTime)
  if (last !== null && last > received_at - settled) reading.other = 'unfinished candle'
  else
    addCandle(reading, { interval: '1m', openTime, closeTime, open, high, low, close, volume, trades }, symbol, index)
}
