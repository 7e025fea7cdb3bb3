import { parseDecimal } from '../../core/events/decimal.ts'
import type { Candle } from '../../core/events/event.ts'
import { type IdRanges, TradeIds } from './trade_ids.ts'

interface Series {
  /** Numbers of the candles that were given out: how many of their length fit before each. */
  given: IdRanges
  /** The last of them by number, and what they said. */
  last: [number: number, content: string][]
}

/** By product and interval. Plain JSON. */
export type CandlesState = Record<string, Series>

/** Of so many a product and interval what they said is kept: a second version that differs comes within minutes. */
const remembered = 16

/** Which candles were given out: each (product, interval, start) once, the first closed version of it. */
export class CandleMemory {
  private readonly series = new Map<string, { given: TradeIds; last: Map<number, string> }>()

  constructor(state: CandlesState = {}) {
    for (const [key, { given, last }] of Object.entries(state))
      this.series.set(key, { given: new TradeIds(given), last: new Map(last) })
  }

  get empty(): boolean {
    return this.series.size === 0
  }

  snapshot(): CandlesState {
    return Object.fromEntries(
      [...this.series].map(([key, { given, last }]) => [key, { given: given.snapshot(), last: [...last] }]),
    )
  }

  /** @returns `new` for a candle that was not here, else whether it says what it said then; long ago counts as the same. */
  take(candle: Candle): 'new' | 'same' | 'other' {
    const { given, last } = this.seriesOf(candle)
    const number = numberOf(candle)
    const content = contentOf(candle)
    if (!given.add(String(number))) return (last.get(number) ?? content) === content ? 'same' : 'other'
    last.set(number, content)
    if (last.size > remembered) last.delete(last.keys().next().value!)
    return 'new'
  }

  private seriesOf({ product, interval }: Candle) {
    const key = `${product} ${interval}`
    const series = this.series.get(key) ?? { given: new TradeIds(), last: new Map<number, string>() }
    this.series.set(key, series)
    return series
  }
}

/** Candles of one interval follow each other in it without holes; months, which are unequal, are told apart by their minute. */
function numberOf({ interval, start, time }: Candle): number {
  return Math.floor(start / (interval.endsWith('M') ? 60e6 : time - start))
}

function contentOf({ open, high, low, close, volume, trades }: Candle): string {
  return [...[open, high, low, close, volume].map(parseDecimal), trades].join(' ')
}
