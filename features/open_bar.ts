import type { Bar } from './bar.ts'
import { emptyBar } from './bar.ts'
import { compareEvents, type Gap, type MarketEvent } from './event.ts'

/** A quote with its numbers, in the place that the total order of events gives it. */
interface Priced {
  event: MarketEvent
  /** Mid of a quote, price of a trade. */
  price: number
  /** Bid and ask, or size of a trade. */
  bid: number
  ask: number
  size: number
}

/** The events of a second that is not closed yet, kept in total order whatever their arrival. */
export class OpenBar {
  readonly second: number
  private readonly quotes: Priced[] = []
  private readonly trades: Priced[] = []
  private readonly gaps: Gap[] = []

  constructor(second: number) {
    this.second = second
  }

  /** @returns false when an event of the same identity is here already. */
  addQuote(event: MarketEvent, bid: number, ask: number): boolean {
    return insert(this.quotes, { event, price: (bid + ask) / 2, bid, ask, size: 0 })
  }

  addTrade(event: MarketEvent, price: number, size: number): boolean {
    return insert(this.trades, { event, price, bid: 0, ask: 0, size })
  }

  addGap(event: Gap): boolean {
    if (this.has(event)) return false
    this.gaps.push(event)
    return true
  }

  /** Whether this very event was counted in this bar. */
  has(event: MarketEvent): boolean {
    if (event.type === 'quote') return find(this.quotes, event) >= 0
    if (event.type === 'trade') return find(this.trades, event) >= 0
    return this.gaps.some(gap => gap.connection === event.connection && gap.sequence === event.sequence)
  }

  /** Folds the events, in total order, into the bar. */
  close(): Bar {
    const bar = emptyBar(this.second)
    if (this.quotes.length > 0) foldQuotes(bar, this.quotes)
    if (this.trades.length > 0) foldTrades(bar, this.trades)
    for (const gap of this.gaps) {
      bar.gaps++
      if (!(bar.gap_end >= gap.to)) bar.gap_end = gap.to
    }
    return bar
  }
}

/** Appends, or inserts in order; false when the place is taken by the same event. */
function insert(list: Priced[], item: Priced): boolean {
  const last = list.length - 1
  if (last < 0 || compareEvents(list[last].event, item.event) < 0) {
    list.push(item)
    return true
  }
  const place = find(list, item.event)
  if (place >= 0) return false
  list.splice(-place - 1, 0, item)
  return true
}

/** Index of the event in an ordered list, or -(place where it belongs) - 1. */
function find(list: Priced[], event: MarketEvent): number {
  let low = 0
  let high = list.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const order = compareEvents(list[middle].event, event)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return -low - 1
}

function foldQuotes(bar: Bar, quotes: Priced[]): void {
  const first = quotes[0]
  const last = quotes[quotes.length - 1]
  bar.quotes = quotes.length
  bar.bid = last.bid
  bar.ask = last.ask
  if (last.event.type === 'quote') {
    bar.bid_size = toSize(last.event.bid_size)
    bar.ask_size = toSize(last.event.ask_size)
  }
  bar.first_mid = bar.high = bar.low = first.price
  bar.first_quote = bar.first_active = first.event.time
  bar.last_quote = bar.last_active = last.event.time
  for (let i = 1; i < quotes.length; i++) {
    const { price, event } = quotes[i]
    if (price > bar.high) bar.high = price
    if (price < bar.low) bar.low = price
    if (price !== quotes[i - 1].price) {
      bar.changes++
      bar.last_change = event.time
    }
    const spacing = event.time - quotes[i - 1].event.time
    bar.spacing_squares += spacing * spacing
  }
}

function foldTrades(bar: Bar, trades: Priced[]): void {
  bar.trades = trades.length
  for (const { event, price, size } of trades) {
    bar.notional += price * size
    const side = event.type === 'trade' ? event.side : null
    if (side === 'buy') bar.bought += size
    else if (side === 'sell') bar.sold += size
  }
  const first = trades[0].event.time
  const last = trades[trades.length - 1]
  bar.trade_price = last.price
  if (!(bar.first_active <= first)) bar.first_active = first
  if (!(bar.last_active >= last.event.time)) bar.last_active = last.event.time
}

/** A size that the feed gave as a number of at least 0, else NaN. */
function toSize(text: string | null): number {
  if (text === null || text === '') return Number.NaN
  const size = Number(text)
  return size >= 0 ? size : Number.NaN
}
