import type { Bar } from './bar.ts'
import { log } from './numeric.ts'

/** Seconds that stay in reach: the longest look-back (1200), one more for a return, the carry, and some room. */
export const historySeconds = 1280
const capacity = 4 * historySeconds

const columnNames = [
  'mid', 'age', 'spread', 'imbalance', 'weighted', 'r', 'volatility60',
  'mids', 'quotes', 'trades', 'gaps',
  'quoteCount', 'firstMid', 'lastMid', 'high', 'low', 'firstQuote', 'lastQuote', 'changes', 'cross', 'lastChange', 'spacingM2',
  'tradePrice', 'bought', 'sold', 'notional', 'gapEnd',
] as const // biome-ignore format: one group a line

type Column = (typeof columnNames)[number]

/**
 * The last seconds of one session as contiguous columns, newest at index `at`, oldest that counts at index `start`.
 * `mids`, `quotes`, `trades`, `gaps` are whole numbers counted up from the session's start (exact, so differences are
 * window counts); the others are values of their second, NaN where there is none.
 */
export class History {
  readonly column: Record<Column, Float64Array>
  at = -1
  start = 0
  /** Second at which the bar at `at` ends: T. */
  time = 0
  private readonly carry: number
  private lastQuoteAt = -1

  constructor(carrySeconds: number) {
    this.carry = carrySeconds
    this.column = Object.fromEntries(columnNames.map(name => [name, new Float64Array(capacity)])) as Record<
      Column,
      Float64Array
    >
  }

  /** Forgets everything: a new session begins with the next bar. */
  reset(): void {
    this.start = this.at + 1
    this.lastQuoteAt = -1
  }

  /** Takes in the next second; seconds come without holes inside a session. */
  push(bar: Bar): void {
    if (this.at + 1 === capacity) this.compact()
    this.at++
    this.time = bar.second + 1
    this.record(bar)
    this.quoteSide(bar)
    this.count(bar)
    if (bar.quotes > 0) this.lastQuoteAt = this.at
  }

  /** Difference of a counted column over the last `seconds` seconds. */
  counted(name: 'mids' | 'quotes' | 'trades' | 'gaps', seconds: number): number {
    const column = this.column[name]
    const before = this.at - seconds
    return column[this.at] - (before >= this.start ? column[before] : 0)
  }

  /** First index of a window of the last `seconds` seconds inside the session. */
  from(seconds: number): number {
    return Math.max(this.start, this.at - seconds + 1)
  }

  /** Value of `name` at `seconds` before T, NaN outside the session. */
  before(name: Column, seconds: number): number {
    const index = this.at - seconds
    return index >= this.start ? this.column[name][index] : Number.NaN
  }

  private record(bar: Bar): void {
    const { column, at } = this
    column.quoteCount[at] = bar.quotes
    column.firstMid[at] = bar.first_mid
    column.lastMid[at] = (bar.bid + bar.ask) / 2
    column.high[at] = bar.high
    column.low[at] = bar.low
    column.firstQuote[at] = bar.first_quote
    column.lastQuote[at] = bar.last_quote
    column.changes[at] = bar.changes
    column.lastChange[at] = bar.last_change
    column.spacingM2[at] = bar.spacing_m2
    column.tradePrice[at] = bar.trade_price
    column.bought[at] = bar.bought
    column.sold[at] = bar.sold
    column.notional[at] = bar.notional
    column.gapEnd[at] = bar.gap_end
    const reachable = bar.quotes > 0 && this.lastQuoteAt >= this.start && at - this.lastQuoteAt <= 900
    column.cross[at] = reachable && bar.first_mid !== column.lastMid[this.lastQuoteAt] ? 1 : 0
  }

  private quoteSide(bar: Bar): void {
    const { column, at } = this
    if (bar.quotes > 0) {
      const mid = (bar.bid + bar.ask) / 2
      const size = bar.bid_size + bar.ask_size
      column.mid[at] = mid
      column.age[at] = 0
      column.spread[at] = (1e4 * (bar.ask - bar.bid)) / mid
      column.imbalance[at] = size > 0 ? (bar.bid_size - bar.ask_size) / size : Number.NaN
      const weighted = (bar.bid * bar.ask_size + bar.ask * bar.bid_size) / size
      column.weighted[at] = size > 0 ? (1e4 * (weighted - mid)) / mid : Number.NaN
    } else {
      const carried = at > this.start && column.age[at - 1] < this.carry && !Number.isNaN(column.mid[at - 1])
      for (const name of ['mid', 'spread', 'imbalance', 'weighted'] as const)
        column[name][at] = carried ? column[name][at - 1] : Number.NaN
      column.age[at] = carried ? column.age[at - 1] + 1 : Number.NaN
    }
    column.r[at] = at > this.start ? log(column.mid[at] / column.mid[at - 1]) : Number.NaN
  }

  private count(bar: Bar): void {
    const { column, at } = this
    const fresh = at === this.start
    column.mids[at] = (fresh ? 0 : column.mids[at - 1]) + (Number.isNaN(column.mid[at]) ? 0 : 1)
    column.quotes[at] = (fresh ? 0 : column.quotes[at - 1]) + bar.quotes
    column.trades[at] = (fresh ? 0 : column.trades[at - 1]) + bar.trades
    column.gaps[at] = (fresh ? 0 : column.gaps[at - 1]) + bar.gaps
  }

  private compact(): void {
    const from = this.at + 1 - historySeconds
    for (const name of columnNames) this.column[name].copyWithin(0, from, this.at + 1)
    this.at -= from
    this.start = Math.max(0, this.start - from)
    this.lastQuoteAt = Math.max(-1, this.lastQuoteAt - from)
  }
}
