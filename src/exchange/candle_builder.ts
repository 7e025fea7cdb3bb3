import type { Micros } from '../core/events/event.ts'

/** A kline as Binance's REST has it. */
export type KlineRow = [
  t: number,
  o: string,
  h: string,
  l: string,
  c: string,
  v: string,
  T: number,
  q: string,
  n: number,
  V: string,
  Q: string,
  B: string,
]

/** The candle of a minute as its trades come; without one it stands at the last price. Sizes are in hundred-millionths. */
export class CandleBuilder {
  private start: Micros
  private prices: [open: number, high: number, low: number, close: number]
  private volume = 0
  private quoteVolume = 0
  private bought = 0
  private boughtQuote = 0
  private trades = 0

  constructor(start: Micros, price: number) {
    this.start = start
    this.prices = [price, price, price, price]
  }

  begin(start: Micros): void {
    const close = this.prices[3]
    Object.assign(this, { start, volume: 0, quoteVolume: 0, bought: 0, boughtQuote: 0, trades: 0 })
    this.prices = [close, close, close, close]
  }

  add(price: number, units: number, isBuy: boolean): void {
    const [open, high, low] = this.prices
    this.prices =
      this.trades === 0 ? [price, price, price, price] : [open, Math.max(high, price), Math.min(low, price), price]
    this.volume += units
    this.quoteVolume += (units / 1e8) * price
    if (isBuy) {
      this.bought += units
      this.boughtQuote += (units / 1e8) * price
    }
    this.trades++
  }

  row(): KlineRow {
    const t = this.start / 1000
    const [o, h, l, c] = this.prices.map(price => price.toFixed(8))
    const [v, V] = [this.volume, this.bought].map(units => (units / 1e8).toFixed(8))
    const [q, Q] = [this.quoteVolume, this.boughtQuote].map(value => value.toFixed(8))
    return [t, o, h, l, c, v, t + 59_999, q, this.trades, V, Q, '0']
  }
}
