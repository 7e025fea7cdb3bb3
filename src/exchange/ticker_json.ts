import type { Micros } from '../core/events/event.ts'
import { formatTimestamp } from './nanosecond_time.ts'
import type { SimulatedTick } from './price_process.ts'

export interface Ticker {
  /** The ticker object after this tick, as the wire has it: every value a string, trailing zeros cut. */
  update(tick: SimulatedTick): string
}

/** Keeps a product's figures of the last 24 hours; before the simulation began they are made up from its price. */
export function createTicker(product: string, price: number): Ticker {
  let low = price * 0.985
  let high = price * 1.012
  let volume = 1.6e8 / price
  const open = price * 0.994
  const years = `"low_52_w":"${figure(price * 0.71)}","high_52_w":"${figure(price * 1.88)}"`
  return {
    update({ bid, ask, bid_size, ask_size, last, trade }) {
      if (trade) volume += trade.size
      low = Math.min(low, last)
      high = Math.max(high, last)
      const day = `"volume_24_h":"${decimalText(volume)}","low_24_h":"${figure(low)}","high_24_h":"${figure(high)}"`
      const change = ((last / open - 1) * 100).toFixed(14).replace(/\.?0+$/, '')
      const book = `"best_bid":"${decimalText(bid)}","best_ask":"${decimalText(ask)}"`
      const sizes = `"best_bid_quantity":"${decimalText(bid_size)}","best_ask_quantity":"${decimalText(ask_size)}"`
      const head = `"type":"ticker","product_id":"${product}","price":"${decimalText(last)}"`
      return `{${head},${day},${years},"price_percent_chg_24_h":"${change}",${book},${sizes}}`
    },
  }
}

/** A trade as the wire has it: `side` is the maker's, so the other one. */
export function tradeJson(product: string, time: Micros, trade: NonNullable<SimulatedTick['trade']>): string {
  const second = Math.floor(time / 1_000_000)
  const at = formatTimestamp({ second, nanos: (time - second * 1_000_000) * 1000 })
  const maker = trade.side === 'buy' ? 'SELL' : 'BUY'
  const figures = `"price":"${decimalText(trade.price)}","size":"${decimalText(trade.size)}"`
  return `{"product_id":"${product}","trade_id":"${trade.id}",${figures},"time":"${at}","side":"${maker}"}`
}

/** At most eight decimals, trailing zeros cut, never an exponent. */
function decimalText(value: number): string {
  const text = value.toFixed(8)
  let end = text.length
  while (text.charCodeAt(end - 1) === zero) end--
  if (text.charCodeAt(end - 1) === dot) end--
  return text.slice(0, end)
}

const zero = 48
const dot = 46

function figure(value: number): string {
  return decimalText(Math.round(value * 100) / 100)
}
