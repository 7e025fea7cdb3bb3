import { type Bar, emptyBar } from './bar.ts'
import { parseDecimal } from './decimal.ts'
import { compareEvents, type Gap, type MarketEvent, type Quote, type Trade } from './event.ts'
import { PackedQuotes, PackedTrades } from './packed_events.ts'

/** What a closed second is asked: whether this very event was counted in it. */
export interface ClosedBar {
  readonly second: number
  has(event: MarketEvent): boolean
}

/** A second with more events is packed when it is closed; one with fewer is small as it is. */
const packedFrom = 32

/** The events of a second that is not closed yet, kept in total order whatever their arrival, and their numbers beside them. */
export class OpenBar implements ClosedBar {
  readonly second: number
  private readonly quotes: Quote[] = []
  private readonly bids: number[] = []
  private readonly asks: number[] = []
  private readonly trades: Trade[] = []
  private readonly prices: number[] = []
  private readonly sizes: number[] = []
  private readonly gaps: Gap[] = []

  constructor(second: number) {
    this.second = second
  }

  /** @returns false when an event of the same identity is here already. */
  addQuote(event: Quote, bid: number, ask: number): boolean {
    const place = placeFor(this.quotes, event)
    if (place < 0) return false
    insert(this.quotes, place, event)
    insert(this.bids, place, bid)
    insert(this.asks, place, ask)
    return true
  }

  addTrade(event: Trade, price: number, size: number): boolean {
    const place = placeFor(this.trades, event)
    if (place < 0) return false
    insert(this.trades, place, event)
    insert(this.prices, place, price)
    insert(this.sizes, place, size)
    return true
  }

  addGap(event: Gap): boolean {
    if (this.has(event)) return false
    this.gaps.push(event)
    return true
  }

  /** Whether this very event was counted in this bar. */
  has(event: MarketEvent): boolean {
    if (event.type === 'quote') return placeFor(this.quotes, event) < 0
    if (event.type === 'trade') return placeFor(this.trades, event) < 0
    return hasGap(this.gaps, event)
  }

  /** What is kept of it once it is closed, for as long as repeats are told: of many events a few bytes each. */
  pack(): ClosedBar {
    if (this.quotes.length + this.trades.length < packedFrom) return this
    const { second, gaps } = this
    const quotes = new PackedQuotes(this.quotes)
    const trades = new PackedTrades(this.trades)
    return {
      second,
      has(event) {
        if (event.type === 'quote') return quotes.has(event)
        return event.type === 'trade' ? trades.has(event) : hasGap(gaps, event)
      },
    }
  }

  /** Folds the events, in total order, into the bar. */
  close(): Bar {
    const bar = emptyBar(this.second)
    if (this.quotes.length > 0) this.foldQuotes(bar)
    if (this.trades.length > 0) this.foldTrades(bar)
    for (const gap of this.gaps) {
      bar.gaps++
      if (!(bar.gap_end >= gap.to)) bar.gap_end = gap.to
    }
    return bar
  }

  private foldQuotes(bar: Bar): void {
    const { quotes, bids, asks } = this
    const last = quotes.length - 1
    bar.quotes = quotes.length
    bar.bid = bids[last]
    bar.ask = asks[last]
    bar.bid_size = toSize(quotes[last].bid_size)
    bar.ask_size = toSize(quotes[last].ask_size)
    let before = (bids[0] + asks[0]) / 2
    let high = before
    let low = before
    let squares = 0
    bar.first_mid = before
    for (let i = 1; i < quotes.length; i++) {
      const mid = (bids[i] + asks[i]) / 2
      if (mid > high) high = mid
      if (mid < low) low = mid
      if (mid !== before) {
        bar.changes++
        bar.last_change = quotes[i].time
      }
      before = mid
      const spacing = quotes[i].time - quotes[i - 1].time
      squares += spacing * spacing
    }
    bar.high = high
    bar.low = low
    bar.spacing_squares = squares
    bar.first_quote = bar.first_active = quotes[0].time
    bar.last_quote = bar.last_active = quotes[last].time
  }

  private foldTrades(bar: Bar): void {
    const { trades, prices, sizes } = this
    bar.trades = trades.length
    for (let i = 0; i < trades.length; i++) {
      bar.notional += prices[i] * sizes[i]
      if (trades[i].side === 'buy') bar.bought += sizes[i]
      else if (trades[i].side === 'sell') bar.sold += sizes[i]
    }
    const first = trades[0].time
    const last = trades[trades.length - 1].time
    bar.trade_price = prices[trades.length - 1]
    if (!(bar.first_active <= first)) bar.first_active = first
    if (!(bar.last_active >= last)) bar.last_active = last
  }
}

/** Where an event belongs in an ordered list, -1 when it is there already. */
function placeFor(list: MarketEvent[], event: MarketEvent): number {
  let low = 0
  let high = list.length
  if (high === 0 || compareEvents(list[high - 1], event) < 0) return high
  while (low < high) {
    const middle = (low + high) >> 1
    const order = compareEvents(list[middle], event)
    if (order === 0) return -1
    if (order < 0) low = middle + 1
    else high = middle
  }
  return low
}

function insert<Item>(list: Item[], place: number, item: Item): void {
  if (place === list.length) list.push(item)
  else list.splice(place, 0, item)
}

function hasGap(gaps: Gap[], { connection, sequence }: MarketEvent): boolean {
  return gaps.some(gap => gap.connection === connection && gap.sequence === sequence)
}

/** A size that the feed gave as a number from 0 to 1e30, else NaN. */
function toSize(text: string | null): number {
  const size = parseDecimal(text)
  return size >= 0 && size <= 1e30 ? size : Number.NaN
}
