import fc from 'fast-check'
import type { EngineSettings } from '../../features/engine.ts'
import { Engines } from '../../features/engines.ts'
import type { Gap, MarketEvent, Quote, Trade } from '../../features/event.ts'
import { RowCollector } from '../../features/rows.ts'
import type { FeatureTable } from '../../features/table.ts'
import { seededRandom } from '../../random.ts'

export const settings: EngineSettings = {
  out_of_orderness_s: 2,
  carry_s: 10,
  session_reset_s: 900,
  ahead_limit_s: 60,
  min_coverage: 0.5,
}

const base = { feed: 'test', product: 'BTC-USD', received_at: null, connection: 'a', index: 0 }

/** A quote at a time in seconds. */
export function quote(
  seconds: number,
  bid: number | string | null,
  ask: number | string | null,
  more: Partial<Quote> = {},
): Quote {
  const text = (x: number | string | null): string | null => (x === null ? null : String(x))
  const time = Math.round(seconds * 1e6)
  return {
    ...base,
    type: 'quote',
    time,
    sequence: time,
    bid: text(bid),
    ask: text(ask),
    bid_size: '1',
    ask_size: '2',
    last: null,
    ...more,
  }
}

export function trade(seconds: number, id: number, price: number, size: number, side: 'buy' | 'sell'): Trade {
  const time = Math.round(seconds * 1e6)
  return {
    ...base,
    type: 'trade',
    time,
    sequence: time,
    id: String(id),
    price: String(price),
    size: String(size),
    side,
  }
}

export function clock(seconds: number): MarketEvent {
  const time = Math.round(seconds * 1e6)
  return { ...base, type: 'clock', time, sequence: time }
}

export function gap(from: number, to: number): Gap {
  const time = Math.round(to * 1e6)
  return { ...base, type: 'gap', time, sequence: time, reason: 'sequence', from: from * 1e6, to: time, missing: 1 }
}

/** A shape of random market: how often, how rough, how broken. */
export const marketShape: fc.Arbitrary<MarketShape> = fc.record({
  seed: fc.nat(),
  start: fc.constantFrom(1_767_571_000, 1_767_571_199.5, 86_400 * 20_000 - 400),
  events: fc.integer({ min: 1, max: 900 }),
  meanStep: fc.constantFrom(0.05, 0.4, 1.5, 8),
  price: fc.constantFrom(1e-6, 0.37, 66_853.9, 4e9),
  roughness: fc.constantFrom(0, 1e-6, 1e-4, 0.02),
  holes: fc.constantFrom(0, 0.002, 0.01),
  sizes: fc.boolean(),
})

export interface MarketShape {
  seed: number
  start: number
  events: number
  /** Mean time between events in seconds. */
  meanStep: number
  price: number
  /** Size of a price step, as a share of the price. */
  roughness: number
  /** Chance that an event is preceded by a silence. */
  holes: number
  sizes: boolean
}

/** Events in time order, ties, equal prices, broken and crossed quotes, trades, gaps and silences among them. */
export function randomMarket(shape: MarketShape): MarketEvent[] {
  const random = seededRandom(shape.seed)
  const events: MarketEvent[] = []
  let time = shape.start
  let price = shape.price
  let sequence = 0
  let index = 0
  for (let i = 0; i < shape.events; i++) {
    const tie = random() < 0.1
    const sameFrame = tie && random() < 0.5
    sequence = sameFrame ? sequence : i
    index = sameFrame ? index + 1 : 0
    if (!tie) time += -Math.log(1 - random()) * shape.meanStep
    if (random() < shape.holes) {
      const from = time
      time += [3, 9, 10, 11, 12, 60, 400, 899.9, 900, 2000][Math.floor(random() * 10)]
      if (random() < 0.7) events.push({ ...gap(from, time), sequence: i })
    }
    if (random() < 0.6) price *= Math.exp((random() - 0.5) * shape.roughness)
    const connection = random() < 0.05 ? 'b' : 'a'
    events.push({ ...randomEvent(random, time, price, i, shape.sizes), sequence, index, connection })
  }
  return events.map(event => ({ ...event, time: Math.round(event.time) }))
}

function randomEvent(random: () => number, time: number, price: number, i: number, sizes: boolean): MarketEvent {
  const kind = random()
  const half = price * 1e-5 * random()
  const more = {
    sequence: i,
    bid_size: sizes ? String(Math.floor(random() * 4)) : null,
    ask_size: sizes ? String(Math.floor(random() * 4)) : null,
  }
  if (kind < 0.02) return quote(time, price - half, null, more)
  if (kind < 0.03) return quote(time, ['0', '-1', 'NaN', ''][i % 4], price, more)
  if (kind < 0.05) return quote(time, price + half, price - half, more)
  if (kind < 0.2)
    return {
      ...trade(
        time,
        i,
        price + (random() < 0.5 ? half : -half),
        random() < 0.05 ? 0 : random(),
        i % 3 ? 'buy' : 'sell',
      ),
      sequence: i,
    }
  if (kind < 0.25) return { ...clock(time), sequence: i }
  return quote(time, price - half, price + half, more)
}

/** The rows that the engines make of events taken one by one. */
export function rowsOf(events: MarketEvent[], late: MarketEvent[] = []): FeatureTable {
  const rows = new RowCollector()
  const engines = new Engines(settings, {
    row: (product, time, values) => rows.add(product, time, values),
    late: event => late.push(event),
  })
  for (const event of events) engines.push(event)
  return rows.takeTable()
}
