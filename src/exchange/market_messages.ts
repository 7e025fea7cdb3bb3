import type { Config } from '../config.ts'
import type { Micros } from '../core/events/event.ts'
import { addNanos, cutTo, isBefore, type Moment } from './nanosecond_time.ts'
import { type SimulatedTick, simulateTicks, simulationStart } from './price_process.ts'
import { createRandom } from './random.ts'
import { createTicker, tradeJson } from './ticker_json.ts'

/** One message of the simulated exchange before any connection numbers it. */
export type MarketMessage = { at: Moment; time: Micros } & (
  | { channel: 'ticker'; product: string; json: string }
  /** Trades newest first. */
  | { channel: 'market_trades'; product: string; trades: string[] }
  | { channel: 'heartbeats' }
)

const batch: Micros = 250_000
/** At most so late are batches and heartbeats. */
const delay_ns = 4_000_000

/**
 * What the exchange has to say, in strictly rising time: a ticker at each change of the book or trade, the trades of each
 * 250 ms a product, a heartbeat a second. Times have nanoseconds; some are cut to fewer digits, down to none.
 */
export function* marketMessages(settings: Config['simulator']): Generator<MarketMessage> {
  const random = createRandom(settings.seed, 'tape')
  const tickers = new Map(
    Object.entries(settings.products).map(([name, product]) => [name, createTicker(name, product.price)]),
  )
  const waiting = new Map<string, string[]>()
  let last: Moment = { second: 0, nanos: 0 }
  let boundary = simulationStart + batch

  function stamp(time: Micros, spread_ns: number, cutShare: number): Moment {
    const exact = addNanos(momentOf(time), random.whole(spread_ns))
    const wanted = random.uniform() < cutShare ? cutTo(random.whole(9), exact) : exact
    last = isBefore(last, wanted) ? wanted : addNanos(last, 1)
    return last
  }

  function* closeBatch(): Generator<MarketMessage> {
    if (boundary % 1_000_000 === 0) yield { channel: 'heartbeats', time: boundary, at: stamp(boundary, delay_ns, 0.1) }
    for (const [product, trades] of waiting)
      yield { channel: 'market_trades', product, trades, time: boundary, at: stamp(boundary, delay_ns, 0.1) }
    waiting.clear()
    boundary += batch
  }

  for (const tick of simulateTicks(settings)) {
    while (boundary <= tick.time) yield* closeBatch()
    if (tick.trade) collectTrade(waiting, tick, tick.trade)
    const json = tickers.get(tick.product)!.update(tick)
    yield { channel: 'ticker', product: tick.product, json, time: tick.time, at: stamp(tick.time, 1000, 0) }
  }
  const end = simulationStart + Math.round(settings.hours * 3_600_000_000)
  while (boundary <= end) yield* closeBatch()
}

function collectTrade(waiting: Map<string, string[]>, tick: SimulatedTick, trade: NonNullable<SimulatedTick['trade']>) {
  const json = tradeJson(tick.product, tick.time, trade)
  const trades = waiting.get(tick.product)
  if (trades) trades.unshift(json)
  else waiting.set(tick.product, [json])
}

function momentOf(time: Micros): Moment {
  const second = Math.floor(time / 1_000_000)
  return { second, nanos: (time - second * 1_000_000) * 1000 }
}
