import { type Bar, emptyBar } from './bar.ts'
import type { Gap, MarketEvent, Quote, Trade } from './event.ts'
import { OpenQuotes } from './open_quotes.ts'
import { OpenTrades } from './open_trades.ts'

/** What a closed second is asked: whether this very event was counted in it. */
export interface ClosedBar {
  readonly second: number
  has(event: MarketEvent): boolean
}

/** A second with more events is packed when it is closed; one with fewer is small as it is. */
const packedFrom = 32

/** The events of a second that is not closed yet, kept in total order whatever their arrival. */
export class OpenBar implements ClosedBar {
  readonly second: number
  private readonly quotes = new OpenQuotes()
  private readonly trades = new OpenTrades()
  private readonly gaps: Gap[] = []

  constructor(second: number) {
    this.second = second
  }

  /** @returns false when an event of the same identity is here already. */
  addQuote(event: Quote, bid: number, ask: number): boolean {
    return this.quotes.add(event, bid, ask)
  }

  addTrade(event: Trade, price: number, size: number): boolean {
    return this.trades.add(event, price, size)
  }

  addGap(event: Gap): boolean {
    if (this.has(event)) return false
    this.gaps.push(event)
    return true
  }

  /** Whether this very event was counted in this bar. */
  has(event: MarketEvent): boolean {
    return isAmong(event, this.quotes, this.trades, this.gaps)
  }

  /** What is kept of it once it is closed, for as long as repeats are told: of many events a few bytes each. */
  pack(): ClosedBar {
    if (this.quotes.length + this.trades.length < packedFrom) return this
    const { second, gaps } = this
    const quotes = this.quotes.pack()
    const trades = this.trades.pack()
    return { second, has: event => isAmong(event, quotes, trades, gaps) }
  }

  /** Folds the events, in total order, into the bar. */
  close(): Bar {
    const bar = emptyBar(this.second)
    this.quotes.fold(bar)
    this.trades.fold(bar)
    for (const gap of this.gaps) {
      bar.gaps++
      if (!(bar.gap_end >= gap.to)) bar.gap_end = gap.to
    }
    return bar
  }
}

function isAmong(
  event: MarketEvent,
  quotes: { has(quote: Quote): boolean },
  trades: { has(trade: Trade): boolean },
  gaps: Gap[],
): boolean {
  if (event.type === 'quote') return quotes.has(event)
  if (event.type === 'trade') return trades.has(event)
  return gaps.some(({ connection, sequence }) => connection === event.connection && sequence === event.sequence)
}
