import type { Config } from '../config.ts'
import type { Micros } from '../core/events/event.ts'
import { exp, log } from '../core/math/numeric.ts'
import { createHawkesProcess, type HawkesProcess } from './hawkes_process.ts'
import { createRandom, type Random } from './random.ts'
import { createMarketVolatility, createProductVolatility, type LatentVolatility } from './volatility_process.ts'

/** Simulated time starts here, whatever the wall clock says: 2026-01-05T00:00:00Z, a Monday. */
export const simulationStart: Micros = Date.UTC(2026, 0, 5) * 1000

/** The top of a product's book after a change or a trade. */
export interface SimulatedTick {
  time: Micros
  product: string
  bid: number
  ask: number
  bid_size: number
  ask_size: number
  /** Price of the last trade. */
  last: number
  trade?: { id: number; price: number; size: number; side: 'buy' | 'sell' }
}

/** Standard deviation of one second's log-return in an ordinary market. */
const ordinary = 28e-6
const tradeShare = 0.25

/**
 * A market that never was, in time order: log-prices whose volatility comes in regimes, reverts, clusters and now and
 * then bursts unannounced; activity that feeds on itself and follows volatility, as the spread does. Prices lie on the
 * product's tick grid. The same settings give the same ticks.
 */
export function* simulateTicks(settings: Config['simulator']): Generator<SimulatedTick> {
  const market = createMarketVolatility(createRandom(settings.seed, 'market volatility'))
  const common = createRandom(settings.seed, 'market return')
  const books = Object.entries(settings.products).map(([name, product]) =>
    createBook(settings.seed, name, product.price, product.tick, product.quotes_per_s),
  )
  const seconds = Math.round(settings.hours * 3600)
  for (let second = 0; second < seconds; second++) {
    const shared = market.step(second)
    const move = common.normal()
    const ticks = books.flatMap(book => stepBook(book, second, shared, move))
    yield* ticks.sort((a, b) => a.time - b.time)
  }
}

interface Book {
  product: string
  tick: number
  random: Random
  volatility: LatentVolatility
  activity: HawkesProcess
  /** Log of the price that the book follows. */
  value: number
  /** Middle of the quoted book, in ticks. */
  middle: number
  spread: number
  bidSize: number
  askSize: number
  last: number
  tradeId: number
}

function createBook(seed: number, product: string, price: number, tick: number, quotesPerSecond: number): Book {
  const random = createRandom(seed, `book ${product}`)
  return {
    product,
    tick,
    random,
    volatility: createProductVolatility(createRandom(seed, `volatility ${product}`)),
    activity: createHawkesProcess(createRandom(seed, `activity ${product}`), quotesPerSecond),
    value: log(price),
    middle: price / tick,
    spread: 1,
    bidSize: drawSize(random, price),
    askSize: drawSize(random, price),
    last: Math.round(price / tick) * tick,
    tradeId: 900_000_000 + random.whole(50_000_000),
  }
}

function stepBook(book: Book, second: number, shared: number, commonMove: number): SimulatedTick[] {
  const { random } = book
  const level = shared + book.volatility.step(second)
  const jump = random.uniform() < 1 / 900 ? random.normal() * 5 : 0
  const sigma = ordinary * exp(level)
  const change = sigma * (0.6 * commonMove + 0.8 * random.normal() + jump)
  const before = book.value
  book.value += change
  const offsets = book.activity.step(0.92 * exp(0.45 * level))
  return offsets.map(offset => {
    requote(book, before + change * offset, level)
    return tickOf(book, simulationStart + second * 1_000_000 + Math.floor(offset * 1_000_000), change)
  })
}

/** Quotes follow the value only when it has left them behind: most changes of the top are changes of size. */
function requote(book: Book, value: number, level: number): void {
  const { random, tick } = book
  const target = exp(value) / tick
  if (Math.abs(target / book.middle - 1) > ordinary * 0.7) {
    book.middle = target
    book.spread = 1 + Math.floor(random.exponential(target * 1.5e-6 * exp(1.2 * level)))
    book.bidSize = drawSize(random, target * tick)
    book.askSize = drawSize(random, target * tick)
  } else if (random.uniform() < 0.5) book.bidSize = drawSize(random, target * tick)
  else book.askSize = drawSize(random, target * tick)
}

function tickOf(book: Book, time: Micros, change: number): SimulatedTick {
  const { random, tick } = book
  const bidTicks = Math.max(1, Math.round(book.middle - book.spread / 2))
  const bid = onGrid(bidTicks, tick)
  const ask = onGrid(bidTicks + book.spread, tick)
  const top = { time, product: book.product, bid, ask, bid_size: book.bidSize, ask_size: book.askSize }
  if (random.uniform() >= tradeShare) return { ...top, last: book.last }
  const side = random.uniform() < (change > 0 ? 0.6 : 0.4) ? 'buy' : 'sell'
  book.last = side === 'buy' ? ask : bid
  book.tradeId++
  const size = drawSize(random, book.last) / 4
  return { ...top, last: book.last, trade: { id: book.tradeId, price: book.last, size, side } }
}

/** A size worth some thousand in the quote currency, log-normal. */
function drawSize(random: Random, price: number): number {
  return Math.max(1e-8, (4000 / price) * exp(1.4 * random.normal()))
}

function onGrid(ticks: number, tick: number): number {
  const perUnit = Math.round(1 / tick)
  return tick < 1 && Math.abs(perUnit * tick - 1) < 1e-9 ? ticks / perUnit : ticks * tick
}
