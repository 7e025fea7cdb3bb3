import type { Config } from '../config.ts'
import type { Micros } from '../core/events/event.ts'
import type { BinanceHistory } from './binance_history.ts'
import { CandleBuilder } from './candle_builder.ts'
import { type SimulatedTick, simulateTicks, simulationStart } from './price_process.ts'
import { createRandom, type Random } from './random.ts'
import type { MarketFrame } from './spoilt_client.ts'

/** Between two versions of an unfinished candle. */
const klineEvery: Micros = 2_000_000
const minute: Micros = 60_000_000

/** Binance's name of a product of ours: BTC-USD is BTCUSDT there. */
export const binanceSymbol = (product: string): string => product.replace('-', '').replace(/USD$/, 'USDT')

interface Listing {
  symbol: string
  random: Random
  candle: CandleBuilder
  updates: number
  trades: number
}

/**
 * What a simulated Binance has to say, in time order: a `bookTicker` at each tick; a trade as one to four fills of one
 * millisecond, and their aggregate; the candle every two seconds, and once it is over.
 */
export function* binanceFrames(settings: Config['simulator'], history: BinanceHistory): Generator<MarketFrame> {
  const listings = new Map(
    Object.entries(settings.products).map(([product, { price }]) => [
      product,
      newListing(settings.seed, product, price),
    ]),
  )
  let next = simulationStart + klineEvery
  function* klinesUntil(time: Micros): Generator<MarketFrame> {
    for (; next <= time; next += klineEvery)
      for (const { symbol, candle } of listings.values()) {
        const isOver = next % minute === 0
        if (isOver) history.addCandle(symbol, candle.row())
        yield frameOf(next, symbol, 'kline_1m', klineOf(symbol, next, candle, isOver))
        if (isOver) candle.begin(next)
      }
  }
  for (const tick of simulateTicks(settings)) {
    yield* klinesUntil(tick.time)
    yield* tickFrames(tick, listings.get(tick.product)!, history)
  }
  yield* klinesUntil(simulationStart + Math.round(settings.hours * 3600e6))
}

function newListing(seed: number, product: string, price: number): Listing {
  const random = createRandom(seed, `binance ${product}`)
  return {
    symbol: binanceSymbol(product),
    random,
    candle: new CandleBuilder(simulationStart, price),
    updates: 50_000_000_000 + random.whole(1e9),
    trades: 3_700_000_000 + random.whole(1e8),
  }
}

function* tickFrames(tick: SimulatedTick, listing: Listing, history: BinanceHistory): Generator<MarketFrame> {
  const { symbol, candle, random } = listing
  const T = Math.floor(tick.time / 1000)
  if (tick.trade) {
    const { price, size, side } = tick.trade
    const fills = split(Math.max(1, Math.round(size * 1e8)), random)
    const first = listing.trades + 1
    const m = side === 'sell'
    for (const q of fills) {
      const trade = {
        e: 'trade',
        E: T,
        s: symbol,
        t: ++listing.trades,
        p: text(price),
        q: text(q / 1e8),
        T,
        m,
        M: true,
      }
      candle.add(price, q, side === 'buy')
      yield frameOf(tick.time, symbol, 'trade', trade)
    }
    const q = text(fills.reduce((sum, part) => sum + part, 0) / 1e8)
    const aggregate = { a: first, p: text(price), q, f: first, l: listing.trades, T, m, M: true }
    history.addTrade(symbol, aggregate)
    yield frameOf(tick.time, symbol, 'aggTrade', { e: 'aggTrade', E: T, s: symbol, ...aggregate })
  }
  const [b, B, a, A] = [tick.bid, tick.bid_size, tick.ask, tick.ask_size].map(text)
  listing.updates += 1 + random.whole(5)
  yield frameOf(tick.time, symbol, 'bookTicker', { u: listing.updates, s: symbol, b, B, a, A })
}

/** The fills of one taker, in hundred-millionths: mostly one, else up to four. */
function split(units: number, random: Random): number[] {
  const parts = random.uniform() < 0.7 ? 1 : 2 + random.whole(3)
  if (units < parts) return [units]
  const part = Math.floor(units / parts)
  return Array.from({ length: parts }, (_, n) => (n === 0 ? units - part * (parts - 1) : part))
}

function klineOf(symbol: string, time: Micros, candle: CandleBuilder, isOver: boolean): object {
  const [t, o, h, l, c, v, T, q, n, V, Q, B] = candle.row()
  const ids = { f: -1, L: -1 }
  const E = Math.floor(time / 1000) + (isOver ? 3 : -1)
  return { e: 'kline', E, s: symbol, k: { t, T, s: symbol, i: '1m', ...ids, o, c, h, l, v, n, x: isOver, q, V, Q, B } }
}

function frameOf(time: Micros, symbol: string, channel: string, data: object): MarketFrame {
  const topic = `${symbol.toLowerCase()}@${channel}`
  return { time, topic, text: JSON.stringify({ stream: topic, data }) }
}

const text = (value: number): string => value.toFixed(8)
