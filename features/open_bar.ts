import { type Bar, emptyBar } from './bar.ts'
import { parseDecimal } from './decimal.ts'
import type { Gap, MarketEvent, Quote, Trade } from './event.ts'
import { insert, type PackedQuotes, type PackedTrades, QuoteList, TradeList } from './event_lists.ts'

/** The events of a second that is not closed yet, in total order whatever their arrival, and their numbers beside them. */
export class OpenBar {
  readonly second: number
  private readonly quotes = new QuoteList()
  private readonly bids: number[] = []
  private readonly asks: number[] = []
  private lastBidSize: string | null = null
  private lastAskSize: string | null = null
  private readonly trades = new TradeList()
  private readonly prices: number[] = []
  private readonly sizes: number[] = []
  private readonly sides: Trade['side'][] = []
  private readonly gaps: Gap[] = []

  constructor(second: number) {
    this.second = second
  }

  /** @returns false when an event of the same identity is here already. */
  addQuote(event: Quote, bid: number, ask: number): boolean {
    const place = this.quotes.add(event)
    if (place < 0) return false
    if (place === this.bids.length) {
      this.lastBidSize = event.bid_size
      this.lastAskSize = event.ask_size
    }
    insert(this.bids, place, bid)
    insert(this.asks, place, ask)
    return true
  }

  addTrade(event: Trade, price: number, size: number): boolean {
    const place = this.trades.add(event)
    if (place < 0) return false
    insert(this.prices, place, price)
    insert(this.sizes, place, size)
    insert(this.sides, place, event.side)
    return true
  }

  addGap(event: Gap): boolean {
    if (hasGap(this.gaps, event)) return false
    this.gaps.push(event)
    return true
  }

  /** What of it must be remembered once it is closed. */
  pack(): ClosedBar {
    return new ClosedBar(this.second, this.quotes.pack(), this.trades.pack(), this.gaps)
  }

  /** Folds the events, in total order, into the bar. */
  close(): Bar {
    const bar = emptyBar(this.second)
    if (this.bids.length > 0) this.foldQuotes(bar)
    if (this.prices.length > 0) this.foldTrades(bar)
    for (const gap of this.gaps) {
      bar.gaps++
      if (!(bar.gap_end >= gap.to)) bar.gap_end = gap.to
    }
    return bar
  }

  private foldQuotes(bar: Bar): void {
    const { bids, asks } = this
    const { times } = this.quotes
    const last = times.length - 1
    bar.quotes = times.length
    bar.bid = bids[last]
    bar.ask = asks[last]
    bar.bid_size = toSize(this.lastBidSize)
    bar.ask_size = toSize(this.lastAskSize)
    let before = (bids[0] + asks[0]) / 2
    let high = before
    let low = before
    let squares = 0
    bar.first_mid = before
    for (let i = 1; i < times.length; i++) {
      const mid = (bids[i] + asks[i]) / 2
      if (mid > high) high = mid
      if (mid < low) low = mid
      if (mid !== before) {
        bar.changes++
        bar.last_change = times[i]
      }
      before = mid
      const spacing = times[i] - times[i - 1]
      squares += spacing * spacing
    }
    bar.high = high
    bar.low = low
    bar.spacing_squares = squares
    bar.first_quote = bar.first_active = times[0]
    bar.last_quote = bar.last_active = times[last]
  }

  private foldTrades(bar: Bar): void {
    const { prices, sizes, sides } = this
    const { times } = this.trades
    bar.trades = times.length
    for (let i = 0; i < times.length; i++) {
      bar.notional += prices[i] * sizes[i]
      if (sides[i] === 'buy') bar.bought += sizes[i]
      else if (sides[i] === 'sell') bar.sold += sizes[i]
    }
    const first = times[0]
    const last = times[times.length - 1]
    bar.trade_price = prices[times.length - 1]
    if (!(bar.first_active <= first)) bar.first_active = first
    if (!(bar.last_active >= last)) bar.last_active = last
  }
}

/** A second that is closed: it knows which events were in it. */
export class ClosedBar {
  readonly second: number
  private readonly quotes: PackedQuotes
  private readonly trades: PackedTrades
  private readonly gaps: Gap[]

  constructor(second: number, quotes: PackedQuotes, trades: PackedTrades, gaps: Gap[]) {
    this.second = second
    this.quotes = quotes
    this.trades = trades
    this.gaps = gaps
  }

  /** Whether this very event was counted in it. */
  has(event: MarketEvent): boolean {
    if (event.type === 'quote') return this.quotes.has(event)
    if (event.type === 'trade') return this.trades.has(event)
    return event.type === 'gap' && hasGap(this.gaps, event)
  }
}

function hasGap(gaps: Gap[], { connection, sequence }: Gap): boolean {
  return gaps.some(gap => gap.connection === connection && gap.sequence === sequence)
}

/** A size that the feed gave as a number from 0 to 1e30, else NaN. */
function toSize(text: string | null): number {
  const size = parseDecimal(text)
  return size >= 0 && size <= 1e30 ? size : Number.NaN
}
