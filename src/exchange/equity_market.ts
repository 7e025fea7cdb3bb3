import type { Micros } from '../core/events/event.ts'
import { exp, log } from '../core/math/numeric.ts'
import { equityActivity } from './equity_activity.ts'
import { articlesOf, type SimulatedArticle } from './news_schedule.ts'
import { createRandom, type Random } from './random.ts'

export interface EquityMarket {
  seed: number
  /** Price at the open, by ticker. */
  tickers: Record<string, number>
  /** Length of the session. */
  seconds: number
  /** Trades a second and ticker, on the mean of a whole day. */
  trades_per_s: number
}

/** A frame in the making: what happens in one millisecond, in Massive's own words. */
export interface EquityFrame {
  time: Micros
  items: Record<string, unknown>[]
}

/** 09:30 in New York on 2026-01-05, a Monday, whatever the clock on the wall says. */
export const equityOpen: Micros = Date.UTC(2026, 0, 5, 14, 30) * 1000

/** Of a second, in an ordinary market. */
const sigma = 90e-6
/** News is in the price, and in the volume, for so long. */
const newsSeconds = 60
const newsActivity = 6

/**
 * A day of equities that never was, by seed alone: busy at the open and at the close, quotes around each trade, sweeps that
 * print several trades in one millisecond (about a third of all trades share theirs), odd lots, fractions of shares, and news
 * some of which moves price and volume.
 */
export function* simulateEquities(market: EquityMarket): Generator<EquityFrame> {
  const books = Object.entries(market.tickers).map(([ticker, price]) => openBook(market.seed, ticker, price))
  for (let second = 0; second < market.seconds; second++) {
    const start = equityOpen + second * 1_000_000
    const activity = market.trades_per_s * equityActivity(second, market.seconds)
    const frames = books.flatMap(book => stepBook(book, start, activity))
    yield* frames.sort((a, b) => a.time - b.time)
    if (second % 60 === 59) yield { time: start + 1_000_000, items: books.flatMap(book => closeMinute(book, start)) }
  }
}

interface Book {
  ticker: string
  random: Random
  news: SimulatedArticle[]
  /** Log of the price. */
  value: number
  number: number
  minute: { o: number; h: number; l: number; c: number; v: number; notional: number } | null
}

function openBook(seed: number, ticker: string, price: number): Book {
  const news = articlesOf(seed, ticker, equityOpen).filter(({ move }) => move !== 0)
  return { ticker, random: createRandom(seed, `equity ${ticker}`), news, value: log(price), number: 0, minute: null }
}

function stepBook(book: Book, start: Micros, mean: number): EquityFrame[] {
  const { random } = book
  const recent = book.news.filter(({ published }) => published <= start && start < published + newsSeconds * 1_000_000)
  const drift = recent.reduce((sum, { move }) => sum + move / newsSeconds, 0)
  book.value += drift + sigma * random.normal()
  const busy = mean * (recent.length > 0 ? newsActivity : 1)
  const frames: EquityFrame[] = []
  for (let at = random.exponential(1 / busy); at < 1; at += random.exponential(meanSweep / busy))
    frames.push(sweep(book, start + 1000 * Math.floor(1000 * at)))
  return frames
}

const sweepShare = 0.15
const longestSweep = 4
/** Trades a sweep, on the mean. */
const meanSweep = 1 + sweepShare * ((2 + longestSweep) / 2 - 1)
const exchanges = [4, 8, 11, 12, 19]

/** A new quote, and the trades of one order against it, each at an exchange of its own. */
function sweep(book: Book, time: Micros): EquityFrame {
  const { random, ticker } = book
  const t = time / 1000
  const middle = Math.max(2, Math.round(100 * exp(book.value)))
  const half = 1 + random.whole(2)
  const [bp, ap] = [cents(middle - half), cents(middle + half)]
  const bs = 1 + random.whole(9)
  const as = 1 + random.whole(9)
  const quote = { ev: 'Q', sym: ticker, bx: 12, bp, bs, ax: 11, ap, as, c: 1, t, q: nextNumber(book), z: 3 }
  const fills = random.uniform() < sweepShare ? 2 + random.whole(longestSweep - 1) : 1
  const p = random.uniform() < 0.5 ? bp : ap
  const trades = Array.from({ length: fills }, (_, n) => trade(book, p, t, exchanges[(n + random.whole(2)) % 5]))
  return { time, items: [quote, ...trades] }
}

function trade(book: Book, p: number, t: number, x: number): Record<string, unknown> {
  const { random, ticker } = book
  const lots = 1 + Math.floor(random.exponential(2))
  const isOdd = random.uniform() < 0.3
  const isFraction = isOdd && random.uniform() < 0.2
  const s = isOdd ? random.whole(99) + (isFraction ? 0 : 1) : 100 * lots
  const ds = isFraction ? `${s}.${String(1 + random.whole(999_999)).padStart(6, '0')}` : undefined
  addToMinute(book, p, ds === undefined ? s : Number(ds))
  const q = nextNumber(book)
  return { ev: 'T', sym: ticker, x, i: String(q), z: 3, p, s, ...(ds && { ds }), ...(isOdd && { c: [37] }), t, q }
}

/** `q` rises and leaves holes, as it does in truth. */
function nextNumber(book: Book): number {
  book.number += 1 + book.random.whole(20)
  return book.number
}

function addToMinute(book: Book, p: number, size: number): void {
  book.minute ??= { o: p, h: p, l: p, c: p, v: 0, notional: 0 }
  const { minute } = book
  minute.h = Math.max(minute.h, p)
  minute.l = Math.min(minute.l, p)
  minute.c = p
  minute.v += size
  minute.notional += p * size
}

function closeMinute(book: Book, lastSecond: Micros): Record<string, unknown>[] {
  const { minute, ticker } = book
  if (minute === null) return []
  book.minute = null
  const { notional, v, ...prices } = minute
  const volume = Math.round(1e6 * v) / 1e6
  const [s, e] = [(lastSecond - 59_000_000) / 1000, (lastSecond + 1_000_000) / 1000]
  return [
    { ev: 'AM', sym: ticker, v: volume, ...prices, vw: Math.round((1e4 * notional) / Math.max(v, 1e-9)) / 1e4, s, e },
  ]
}

function cents(whole: number): number {
  return whole / 100
}
