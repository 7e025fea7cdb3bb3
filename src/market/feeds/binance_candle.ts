import type { Micros } from '../../core/events/event.ts'
import type { Reading } from './feed.ts'
import { addFault, asObject, decimal } from './reading.ts'
import { parseUnixTime } from './unix_time.ts'

/** What a candle of Binance says, by names of our own. `closeTime` is its last milli- or microsecond. */
interface Kline {
  interval: unknown
  openTime: unknown
  closeTime: unknown
  open: unknown
  high: unknown
  low: unknown
  close: unknown
  volume: unknown
  trades: unknown
}

/** Adds the candle of a `kline` frame if it is over; else a clock: the next version of it corrects this one. */
export function readCandle(reading: Reading, value: unknown, product: string, time: Micros): void {
  const k = asObject(value)
  if (k === null || typeof k.x !== 'boolean') addFault(reading, 'bad_candle', value)
  else if (!k.x) {
    reading.other = 'unfinished candle'
    reading.events.push({ type: 'clock', product, time, index: 0 })
  } else {
    const prices = { open: k.o, high: k.h, low: k.l, close: k.c, volume: k.v }
    addCandle(reading, { interval: k.i, openTime: k.t, closeTime: k.T, ...prices, trades: k.n }, product, 0)
  }
}

/** Adds a candle that is over. */
export function addCandle(reading: Reading, kline: Kline, product: string, index: number): void {
  const start = parseUnixTime(kline.openTime)
  const last = parseUnixTime(kline.closeTime)
  const [open, high, low, close, volume] = [kline.open, kline.high, kline.low, kline.close, kline.volume].map(decimal)
  const { interval, trades } = kline
  if (start === null || last === null || last <= start) addFault(reading, 'bad_time', kline)
  else if (typeof interval !== 'string' || !/^\d{1,3}[smhdwM]$/.test(interval)) addFault(reading, 'bad_candle', kline)
  else if (open === null || high === null || low === null || close === null || volume === null)
    addFault(reading, 'bad_candle', kline)
  else {
    const time = last + (Number(kline.closeTime) === last ? 1 : 1000)
    const count = Number.isSafeInteger(trades) && Number(trades) >= 0 ? Number(trades) : null
    const prices = { open, high, low, close, volume }
    const candle = { product, time, index, interval, start, ...prices, trades: count }
    reading.events.push({ type: 'candle', ...candle, closed: true })
  }
}
