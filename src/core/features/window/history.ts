import { exp, log } from '../../math/numeric.ts'
import type { Bar } from '../bar/bar.ts'
import { type Fold, foldAgain, Maximum, Moments, WeightedSum } from './panes.ts'

/** Seconds that stay in reach: the longest look-back (1200), one more for a return, the carry, and some room. */
export const historySeconds = 1280
const capacity = 1.5 * historySeconds
/** A mid change or a gap further back than this is out of sight. */
export const reachSeconds = 900
/** Times between quotes, in µs, are looked at within a minute: the squares of longer ones would not be exact, nor used. */
const spacingReach = 60e6

/** Windows of the realised volatilities, in seconds, each group folded from panes of its own. */
const volatilityPanes = [
  { pane: 5, windows: [5, 10] },
  { pane: 30, windows: [30, 60, 120] },
  { pane: 300, windows: [300, 900] },
]
export const volatilityWindows = volatilityPanes.flatMap(({ windows }) => windows)

const valueNames = [
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
  'low',
  'lowNegated',
  'firstQuote',
  'cross',
  'spacingSquares',
  'spacing',
  'tradePrice',
  'sinceTrade',
  'bought',
  'sold',
  'notional',
  'changeTime',
  'gapTime',
] as const
const countNames = ['mids', 'quotes', 'trades', 'gaps', 'changes'] as const

type ValueColumn = (typeof valueNames)[number]
type CountColumn = (typeof countNames)[number]

/**
 * The last seconds of one session as contiguous columns, newest at index `at`, oldest that counts at index `start`.
 * Counted columns are whole numbers counted up from the session's start: exact, so their differences are window counts.
 * The others are values of their second, NaN where there is none.
 */
export class History {
  readonly column: Record<ValueColumn | CountColumn, Float64Array>
  readonly returns: Moments[]
  readonly absoluteReturns: Moments
  readonly volatilities: Moments
  readonly mids: Moments
  readonly spreads: Moments
  readonly widest: Maximum
  readonly highest: Maximum
  readonly lowest: Maximum
  readonly ewma: { squares: WeightedSum; known: WeightedSum }[]
  readonly intensity: WeightedSum[]
  readonly spacing: WeightedSum
  at = -1
  start = 0
  /** Second at which the bar at `at` ends: T. */
  time = 0
  private readonly carry: number
  private readonly moments: Moments[]
  private readonly maxima: Maximum[]
  private readonly sums: WeightedSum[]
  private readonly folds: Fold[]
  private readonly all: Float64Array[]
  private lastQuoteAt = -1
  /** Time of the session's last quote in µs. */
  lastQuoteTime = Number.NaN
  /** The same before the newest second. */
  private quoteBefore = { at: -1, time: Number.NaN }

  constructor(carrySeconds: number) {
    this.carry = carrySeconds
    const column = Object.fromEntries(
      [...valueNames, ...countNames].map(name => [name, new Float64Array(capacity)]),
    ) as Record<ValueColumn | CountColumn, Float64Array>
    this.column = column
    this.returns = volatilityPanes.map(({ pane, windows }) => new Moments(column.r, pane, windows))
    this.absoluteReturns = new Moments(column.rAbsolute, 300, [300])
    this.volatilities = new Moments(column.volatility60, 300, [300, 900])
    this.mids = new Moments(column.mid, 1200, [1200])
    this.spreads = new Moments(column.spread, 60, [60, 300])
    this.widest = new Maximum(column.spread, 60, [60, 300])
    this.highest = new Maximum(column.high, 60, [60, 300])
    this.lowest = new Maximum(column.lowNegated, 60, [60, 300])
    this.spacing = new WeightedSum(column.spacing, new Float64Array(60).fill(1))
    this.ewma = [60, 120].map(halfLife => {
      const weights = Float64Array.from({ length: 8 * halfLife }, (_, age) => exp((-age * Math.LN2) / halfLife))
      return { squares: new WeightedSum(column.rSquared, weights), known: new WeightedSum(column.rKnown, weights) }
    })
    this.intensity = [5, 30].map(
      decay =>
        new WeightedSum(
          column.quoteCount,
          Float64Array.from({ length: 8 * decay }, (_, age) => exp(-age / decay)),
        ),
    )
    this.moments = [...this.returns, this.absoluteReturns, this.mids, this.spreads]
    this.maxima = [this.widest, this.highest, this.lowest]
    this.sums = [...this.ewma.flatMap(({ squares, known }) => [squares, known]), ...this.intensity, this.spacing]
    const folds = [...this.moments, this.volatilities, ...this.maxima, ...this.sums]
    this.folds = folds
    this.all = [...Object.values(column), ...folds.flatMap(fold => fold.columns)]
  }

  /** Forgets everything: a new session begins with the next bar. */
  reset(): void {
    this.start = this.at + 1
    this.lastQuoteAt = -1
    this.lastQuoteTime = Number.NaN
  }

  /** Takes in the next second; seconds come without holes inside a session. */
  push(bar: Bar): void {
    if (this.at + 1 === capacity) this.compact()
    this.quoteBefore.at = this.lastQuoteAt
    this.quoteBefore.time = this.lastQuoteTime
    this.at++
    this.time = bar.second + 1
    this.recordBar(bar)
    this.recordMid(bar)
    this.recordChanges(bar)
    this.recordCounts(bar)
    for (const fold of this.moments) fold.extend(this)
    for (const fold of this.maxima) fold.extend(this)
    for (const fold of this.sums) fold.extend(this)
    if (bar.quotes === 0) return
    this.lastQuoteAt = this.at
    this.lastQuoteTime = bar.last_quote
  }

  /** Takes out the second that `push` took in last, as if it had not been there: another bar of it can come. */
  takeBack(): void {
    this.at--
    this.time--
    this.lastQuoteAt = this.quoteBefore.at
    this.lastQuoteTime = this.quoteBefore.time
    for (const fold of this.folds) foldAgain(fold, this)
  }

  /** Index of the newest second with trades, from `index` back; NaN where the session has none. */
  tradedBy(index: number): number {
    return index - this.column.sinceTrade[index]
  }

  /** Fills what is known of the newest second only when its volatilities are. */
  recordVolatility(volatility60: number, logVolatility60: number): void {
    this.column.volatility60[this.at] = volatility60
    this.column.logVolatility60[this.at] = logVolatility60
    this.volatilities.extend(this)
  }

  /** Difference of a counted column over the last `seconds` seconds. */
  counted(name: CountColumn, seconds: number): number {
    const column = this.column[name]
    const before = this.at - seconds
    return column[this.at] - (before >= this.start ? column[before] : 0)
  }

  /** First index of a window of the last `seconds` seconds inside the session. */
  from(seconds: number): number {
    return Math.max(this.start, this.at - seconds + 1)
  }

  /** Value of `name` at `seconds` before T, NaN outside the session. */
  before(name: ValueColumn, seconds: number): number {
    const index = this.at - seconds
    return index >= this.start ? this.column[name][index] : Number.NaN
  }

  private recordBar(bar: Bar): void {
    const { column, at } = this
    column.quoteCount[at] = bar.quotes
    column.lastMid[at] = (bar.bid + bar.ask) / 2
    column.high[at] = bar.high
    column.low[at] = bar.low
    column.lowNegated[at] = -bar.low
    column.firstQuote[at] = bar.first_quote
    column.spacingSquares[at] = bar.spacing_squares
    const between = bar.quotes > 0 ? bar.first_quote - this.lastQuoteTime : 0
    column.spacing[at] = bar.spacing_squares + (between < spacingReach ? between * between : 0)
    column.tradePrice[at] = bar.trade_price
    column.sinceTrade[at] = bar.trades > 0 ? 0 : at > this.start ? column.sinceTrade[at - 1] + 1 : Number.NaN
    column.bought[at] = bar.bought
    column.sold[at] = bar.sold
    column.notional[at] = bar.notional
  }

  private recordMid(bar: Bar): void {
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
      const carried = at > this.start && column.age[at - 1] < this.carry
      column.mid[at] = carried ? column.mid[at - 1] : Number.NaN
      column.spread[at] = carried ? column.spread[at - 1] : Number.NaN
      column.imbalance[at] = carried ? column.imbalance[at - 1] : Number.NaN
      column.weighted[at] = carried ? column.weighted[at - 1] : Number.NaN
      column.age[at] = carried ? column.age[at - 1] + 1 : Number.NaN
    }
    const r = at > this.start ? log(column.mid[at] / column.mid[at - 1]) : Number.NaN
    const missing = Number.isNaN(r)
    column.r[at] = r
    column.rAbsolute[at] = Math.abs(r)
    column.rSquared[at] = missing ? 0 : r * r
    column.rKnown[at] = missing ? 0 : 1
  }

  private recordChanges(bar: Bar): void {
    const { column, at } = this
    const reachable = bar.quotes > 0 && this.lastQuoteAt >= this.start && at - this.lastQuoteAt <= reachSeconds
    const cross = reachable && bar.first_mid !== column.lastMid[this.lastQuoteAt]
    column.cross[at] = cross ? 1 : 0
    const earlier = at > this.start
    const change = bar.changes > 0 ? bar.last_change : cross ? bar.first_quote : Number.NaN
    column.changeTime[at] = Number.isNaN(change) && earlier ? column.changeTime[at - 1] : change
    column.gapTime[at] = Number.isNaN(bar.gap_end) && earlier ? column.gapTime[at - 1] : bar.gap_end
  }

  private recordCounts(bar: Bar): void {
    const { column, at } = this
    const earlier = at > this.start
    column.mids[at] = (earlier ? column.mids[at - 1] : 0) + (Number.isNaN(column.mid[at]) ? 0 : 1)
    column.quotes[at] = (earlier ? column.quotes[at - 1] : 0) + bar.quotes
    column.trades[at] = (earlier ? column.trades[at - 1] : 0) + bar.trades
    column.gaps[at] = (earlier ? column.gaps[at - 1] : 0) + bar.gaps
    column.changes[at] = (earlier ? column.changes[at - 1] : 0) + bar.changes + column.cross[at]
  }

  private compact(): void {
    const from = this.at + 1 - historySeconds
    for (const column of this.all) column.copyWithin(0, from, this.at + 1)
    this.at -= from
    this.start = Math.max(0, this.start - from)
    this.lastQuoteAt = Math.max(-1, this.lastQuoteAt - from)
  }
}
