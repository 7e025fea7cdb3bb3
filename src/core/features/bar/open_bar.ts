import type { Gap, MarketEvent, Quote, Trade } from '../../events/event.ts'
import { type Bar, emptyBar } from './bar.ts'
import { OpenQuotes } from './open_quotes.ts'
import { OpenTrades } from './open_trades.ts'

/** What a closed second is asked: whether this very event was counted in it. */
export interface ClosedBar {
  readonly second: number
  has(event: MarketEvent): boolean
}

/** The events of a second that is not closed yet, kept in total order whatever their arrival; used again once it is closed. */
export class OpenBar {
  second: number
  private readonly quotes = new OpenQuotes()
  private readonly trades = new OpenTrades()
  private gaps: Gap[] = []

  constructor(second: number) {
    this.second = second
  }

  /** Begins another second with nothing in it. */
  reuse(second: number): this {
    this.second = second
    this.quotes.clear()
    this.trades.clear()
    this.gaps = []
    return this
  }

  /** @returns false when an event of the same identity is here already. */
  addQuote(event: Quote, bid: number, ask: number): boolean {
    return this.quotes.add(event, bid, ask)
  }

  addTrade(event: Trade, price: number, size: number): boolean {
    return this.trades.add(event, price, size)
  }

  addGap(event: Gap): boolean {
    if (isAmong(this.gaps, event)) return false
    this.gaps.push(event)
    return true
  }

  /** How many events it holds; they only become more. */
  get events(): number {
    return this.quotes.length + this.trades.length + this.gaps.length
  }

  /** What is kept of it once it is closed, for as long as repeats are told: a few bytes an event. */
  pack(): ClosedBar {
    const { second, gaps } = this
    const quotes = this.quotes.pack()
    const trades = this.trades.pack()
    return {
      second,
      has(event) {
        if (event.type === 'quote') return quotes.has(event)
        if (event.type === 'trade') return trades.has(event)
        return event.type === 'gap' && isAmong(gaps, event)
      },
    }
  }

  /** Folds the events, in total order, into the bar. */
  close(): Bar {
    const bar = emptyBar(this.second)
    this.quotes.fold(bar)
    this.trades.fold(bar)
    if (this.gaps.length === 0) return bar
    const withdrawn = new Set(this.gaps.filter(gap => gap.withdrawn).map(placeOf))
    for (const gap of this.gaps) {
      if (gap.withdrawn || withdrawn.has(placeOf(gap))) continue
      bar.gaps++
      if (!(bar.gap_end >= gap.to)) bar.gap_end = gap.to
    }
    return bar
  }
}

function isAmong(gaps: Gap[], { connection, sequence, withdrawn }: Gap): boolean {
  return gaps.some(gap => gap.sequence === sequence && gap.connection === connection && gap.withdrawn === withdrawn)
}

function placeOf({ connection, sequence }: Gap): string {
  return `${connection} ${sequence}`
}
