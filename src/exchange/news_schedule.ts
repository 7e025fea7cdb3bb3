import type { Micros } from '../core/events/event.ts'
import { createRandom, type Random } from './random.ts'

/** A made-up article of a pretended news service. */
export interface SimulatedArticle {
  id: number
  ticker: string
  /** Whole seconds. */
  published: Micros
  headline: string
  summary: string
  source: string
  category: string
  /** Log-return that the price takes within the minute after it; 0 for most. */
  move: number
}

const day: Micros = 86_400_000_000
/** A ticker and day; a few come while the market is open. */
const articlesADay = 96
const movingShare = 0.3

const openings = {
  good: ['beats expectations', 'raises its outlook', 'wins a great contract', 'delights investors'],
  bad: ['misses expectations', 'warns of weak sales', 'faces a terrible lawsuit', 'disappoints investors'],
  plain: ['names a new director', 'to speak at a conference', 'opens an office', 'files its report'],
}

/**
 * The articles of a ticker on a UTC day, oldest first, by seed alone: the news service shows them, and the exchange lets some
 * of them move the price. Tone and move agree.
 */
export function articlesOf(seed: number, ticker: string, time: Micros): SimulatedArticle[] {
  const number = Math.floor(time / day)
  const random = createRandom(seed, `news ${ticker} ${number}`)
  const seconds = Array.from({ length: articlesADay }, () => random.whole(86_400)).sort((a, b) => a - b)
  const base = 1_000_000 * (number % 100_000) + 1000 * random.whole(1000)
  return seconds.map((second, n) => article(random, ticker, base + n, number * day + second * 1_000_000))
}

function article(random: Random, ticker: string, id: number, published: Micros): SimulatedArticle {
  const move =
    random.uniform() < movingShare ? (random.uniform() < 0.5 ? -1 : 1) * (0.001 + random.exponential(0.002)) : 0
  const said = openings[move > 0 ? 'good' : move < 0 ? 'bad' : 'plain']
  const headline = `${ticker} ${said[random.whole(said.length)]}`
  return { id, ticker, published, headline, summary: `${headline}. A simulated article.`, ...from, move }
}

const from = { source: 'Simulated Wire', category: 'company' }
