import type { Bar } from '../bar/bar.ts'
import { type CountColumn, countNames, reachSeconds, recordSecond, type ValueColumn, valueNames } from './columns.ts'
import { type Fold, foldAgain } from './panes.ts'

/** Seconds that stay in reach: the longest look-back (1200), one more for a return, the carry, and some room. */
export const historySeconds = 1280
const capacity = 1.5 * historySeconds

/**
 * The last seconds of one session as contiguous columns, newest at index `at`, oldest that counts at index `start`, and the
 * folds over them.
 */
export class History {
  readonly column: Record<ValueColumn | CountColumn, Float64Array>
  at = -1
  start = 0
  /** Second at which the bar at `at` ends: T. */
  time = 0
  readonly carry: number
  private readonly extended: Fold[] = []
  private readonly folds: Fold[] = []
  private readonly all: Float64Array[]
  /** The session's last quote: index of its second, and its time in µs. */
  lastQuoteAt = -1
  lastQuoteTime = Number.NaN
  /** The same before the newest second. */
  private quoteBefore = { at: -1, time: Number.NaN }

  constructor(carrySeconds: number) {
    this.carry = carrySeconds
    const column = Object.fromEntries(
      [...valueNames, ...countNames].map(name => [name, new Float64Array(capacity)]),
    ) as Record<ValueColumn | CountColumn, Float64Array>
    this.column = column
    this.all = Object.values(column)
  }

  /**
   * Takes in a fold, before the first second.
   * @param extendedBy whoever fills the fold's column: the history, or the fold's owner, who then calls `extend` each second.
   */
  addFold<F extends Fold>(fold: F, extendedBy: 'history' | 'owner' = 'history'): F {
    if (extendedBy === 'history') this.extended.push(fold)
    this.folds.push(fold)
    for (const column of fold.columns) this.all.push(column)
    return fold
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
    recordSecond(this, bar)
    for (const fold of this.extended) fold.extend(this)
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

  /** Seconds from a moment, in µs, to T; NaN when its bar is out of reach. */
  secondsSince(moment: number): number {
    return Math.floor(moment / 1e6) >= this.time - reachSeconds ? this.time - moment / 1e6 : Number.NaN
  }

  private compact(): void {
    const from = this.at + 1 - historySeconds
    for (const column of this.all) column.copyWithin(0, from, this.at + 1)
    this.at -= from
    this.start = Math.max(0, this.start - from)
    this.lastQuoteAt = Math.max(-1, this.lastQuoteAt - from)
  }
}
