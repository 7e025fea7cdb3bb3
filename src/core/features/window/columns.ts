import { log } from '../../math/numeric.ts'
import type { Bar } from '../bar/bar.ts'
import type { Window } from './panes.ts'

/** Values of their second, NaN where there is none. */
export const valueNames = [
  'mid',
  'age',
  'spread',
  'imbalance',
  'weighted',
  'r',
  'rAbsolute',
  'rSquared',
  'rKnown',
  'volatility60',
  'logVolatility60',
  'quoteCount',
  'lastMid',
  'high',
  'lowNegated',
  'firstQuote',
  'cross',
  'spacingSquares',
  'spacing',
  'tradePrice',
  'bought',
  'sold',
  'notional',
  'changeTime',
  'gapTime',
] as const
/** Whole numbers counted up from the session's start: exact, so their differences are window counts. */
export const countNames = ['mids', 'quotes', 'trades', 'gaps', 'changes'] as const

export type ValueColumn = (typeof valueNames)[number]
export type CountColumn = (typeof countNames)[number]

/** The seconds of a session, as far as the newest one depends on them. */
interface Seconds extends Window {
  readonly column: Record<ValueColumn | CountColumn, Float64Array>
  /** Seconds for which a mid serves on. */
  readonly carry: number
  /** The session's last quote before the newest second: index of its second, -1 where there is none, and its time in µs. */
  readonly lastQuoteAt: number
  readonly lastQuoteTime: number
}

/** A mid change or a gap further back than this is out of sight. */
export const reachSeconds = 900
/** Times between quotes, in µs, are looked at within a minute: the squares of longer ones would not be exact, nor used. */
const spacingReach = 60e6

/** Fills the columns of the newest second, all but the two of volatility, from its bar and from the second before. */
export function recordSecond(seconds: Seconds, bar: Bar): void {
  recordBar(seconds, bar)
  recordMid(seconds, bar)
  recordChanges(seconds, bar)
  recordCounts(seconds, bar)
}

function recordBar(seconds: Seconds, bar: Bar): void {
  const { column, at } = seconds
  column.quoteCount[at] = bar.quotes
  column.lastMid[at] = (bar.bid + bar.ask) / 2
  column.high[at] = bar.high
  column.lowNegated[at] = -bar.low
  column.firstQuote[at] = bar.first_quote
  column.spacingSquares[at] = bar.spacing_squares
  const between = bar.quotes > 0 ? bar.first_quote - seconds.lastQuoteTime : 0
  column.spacing[at] = bar.spacing_squares + (between < spacingReach ? between * between : 0)
  column.tradePrice[at] = bar.trade_price
  column.bought[at] = bar.bought
  column.sold[at] = bar.sold
  column.notional[at] = bar.notional
}

function recordMid(seconds: Seconds, bar: Bar): void {
  const { column, at, start } = seconds
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
    const carried = at > start && column.age[at - 1] < seconds.carry
    column.mid[at] = carried ? column.mid[at - 1] : Number.NaN
    column.spread[at] = carried ? column.spread[at - 1] : Number.NaN
    column.imbalance[at] = carried ? column.imbalance[at - 1] : Number.NaN
    column.weighted[at] = carried ? column.weighted[at - 1] : Number.NaN
    column.age[at] = carried ? column.age[at - 1] + 1 : Number.NaN
  }
  const r = at > start ? log(column.mid[at] / column.mid[at - 1]) : Number.NaN
  const missing = Number.isNaN(r)
  column.r[at] = r
  column.rAbsolute[at] = Math.abs(r)
  column.rSquared[at] = missing ? 0 : r * r
  column.rKnown[at] = missing ? 0 : 1
}

function recordChanges(seconds: Seconds, bar: Bar): void {
  const { column, at, start } = seconds
  const reachable = bar.quotes > 0 && seconds.lastQuoteAt >= start && at - seconds.lastQuoteAt <= reachSeconds
  const cross = reachable && bar.first_mid !== column.lastMid[seconds.lastQuoteAt]
  column.cross[at] = cross ? 1 : 0
  const earlier = at > start
  const change = bar.changes > 0 ? bar.last_change : cross ? bar.first_quote : Number.NaN
  column.changeTime[at] = Number.isNaN(change) && earlier ? column.changeTime[at - 1] : change
  column.gapTime[at] = Number.isNaN(bar.gap_end) && earlier ? column.gapTime[at - 1] : bar.gap_end
}

function recordCounts(seconds: Seconds, bar: Bar): void {
  const { column, at, start } = seconds
  const earlier = at > start
  column.mids[at] = (earlier ? column.mids[at - 1] : 0) + (Number.isNaN(column.mid[at]) ? 0 : 1)
  column.quotes[at] = (earlier ? column.quotes[at - 1] : 0) + bar.quotes
  column.trades[at] = (earlier ? column.trades[at - 1] : 0) + bar.trades
  column.gaps[at] = (earlier ? column.gaps[at - 1] : 0) + bar.gaps
  column.changes[at] = (earlier ? column.changes[at - 1] : 0) + bar.changes + column.cross[at]
}
