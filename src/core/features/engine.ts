import { parseDecimal } from '../events/decimal.ts'
import type { MarketEvent, Micros } from '../events/event.ts'
import { type Bar, emptyBar } from './bar/bar.ts'
import { ClosedBars } from './bar/closed_bars.ts'
import type { ClosedBar, OpenBar } from './bar/open_bar.ts'
import { OpenBars } from './bar/open_bars.ts'
import { RowComputer } from './compute/row.ts'
import { type EngineCounts, noCounts, type Rejection } from './engine_counts.ts'
import { horizonSeconds, volatilityOf } from './label.ts'
import { isPossible, timeRejection } from './rejection.ts'
import { featureNames } from './spec.ts'
import { History } from './window/history.ts'

/** The settings that decide what rows are (config `time` and `features`), in seconds. */
export interface EngineSettings {
  out_of_orderness_s: number
  carry_s: number
  session_reset_s: number
  ahead_limit_s: number
  min_coverage: number
}

/** What comes out of an engine. `values` is one array used again for every row: copy what you keep. */
export interface EngineOutput {
  row(product: string, time: Micros, values: Float64Array): void
  /** A closed second in which something happened. */
  bar?(product: string, bar: Bar): void
  /** Volatility of the 60 s after `time`, once they are over; NaN when a return is missing. Only for times that had a row. */
  settled?(product: string, time: Micros, sigmaFuture: number): void
  /** An event that came after its second was closed, or was asked for afterwards: never silently away, never into a row. */
  late?(event: MarketEvent): void
  /** An event that cannot be: with a price, a size or a time that no market has. */
  rejected?(event: MarketEvent, reason: Rejection): void
}

/** The first open second as it will be closed, if no event is added to it. */
interface Anticipated {
  bar: Bar
  closed: ClosedBar
  /** Events in it when it was computed. */
  events: number
  hasRow: boolean
  give: () => void
}

/**
 * The feature engine of one product: events in, in any order within the out-of-orderness, and rows out, the same rows
 * whatever the order, the repetitions or the cuts. Never throws on an event. After a restart `restore` and `goOn` bring it back.
 * @example
 * const engine = new ProductEngine('BTC-USD', settings, { row: (product, time, values) => rows.add(product, time, values) })
 * engine.push(quote) // true: it counts; a second later, when the watermark has passed its end, `row` is called
 * engine.push(quote) // false: a repeat
 */
export class ProductEngine {
  readonly product: string
  readonly counts: EngineCounts = noCounts()
  /** Highest accepted event time less the out-of-orderness, in microseconds. */
  watermark = Number.NEGATIVE_INFINITY
  /** Second from which bars are open; NaN before the first event. */
  openFrom = Number.NaN
  private readonly settings: EngineSettings
  private readonly output: EngineOutput
  private readonly bars = new OpenBars()
  private readonly closed = new ClosedBars()
  private readonly history: History
  private readonly computer: RowComputer
  private readonly values = new Float64Array(featureNames.length)
  private lastActive = Number.NEGATIVE_INFINITY
  private inSession = false
  private anticipated: Anticipated | null = null

  constructor(product: string, settings: EngineSettings, output: EngineOutput) {
    this.product = product
    this.settings = settings
    this.output = output
    this.history = new History(settings.carry_s)
    this.computer = new RowComputer(this.history, settings.min_coverage)
  }

  /**
   * Takes one event in and closes every bar whose end the watermark has reached.
   * @returns whether it counted: false for what is late, rejected or a repeat, and for news.
   */
  push(event: MarketEvent): boolean {
    if (!this.accept(event)) return false
    const watermark = event.time - this.settings.out_of_orderness_s * 1e6
    if (watermark > this.watermark) {
      this.watermark = watermark
      this.closeBars()
    }
    return true
  }

  /**
   * Computes ahead of its close what the first open second will give, once the watermark has come within half of the
   * out-of-orderness of its end: few stragglers are older than that. At most once a second, and not where a session begins.
   * Changes nothing that comes out: when an event is added after all, the second is taken back and closed as any other.
   * @param output takes now what closing will give out.
   * @param give called when the second is closed as computed, in place of the engine's own output.
   * @returns whether there was anything to compute.
   */
  anticipate(output: EngineOutput, give: () => void): boolean {
    const open = this.bars.get(this.openFrom)
    const untilClose = (this.openFrom + 1) * 1e6 - this.watermark
    if (open === undefined || this.anticipated !== null || untilClose > this.settings.out_of_orderness_s * 5e5)
      return false
    const bar = open.close()
    if (!this.inSession || this.beginsSession(bar)) return false
    output.bar?.(this.product, bar)
    const hasRow = this.advance(bar, output)
    this.anticipated = { bar, closed: open.pack(), events: open.events, hasRow, give }
    return true
  }

  /**
   * Takes in a bar that is closed already, oldest first, without giving its row again: those of the last `historySeconds`
   * seconds, and `goOn` after them, are enough to go on as if nothing had happened.
   */
  restore(bar: Bar): void {
    this.takeBack()
    while (this.inSession && this.openFrom < bar.second) this.passSilence(null)
    this.passBar(bar, null)
  }

  /** Takes up where another engine stood, after its bars. */
  goOn(openFrom: number, watermark: Micros): void {
    this.takeBack()
    while (this.inSession && this.openFrom < openFrom) this.passSilence(null)
    this.openFrom = openFrom
    this.watermark = watermark
    this.counts.sessions = 0
  }

  /** First second that is not closed and holds an event, else `openFrom`. */
  get firstOpen(): number {
    const { first } = this.bars
    return Number.isFinite(first) ? first : this.openFrom
  }

  private accept(event: MarketEvent): boolean {
    if (event.type === 'trade' && event.backfilled) {
      this.counts.backfilled++
      this.output.late?.(event)
      return false
    }
    const rejection = timeRejection(event, this.settings.ahead_limit_s)
    if (rejection !== null) return this.reject(event, rejection)
    switch (event.type) {
      case 'quote': {
        const bid = parseDecimal(event.bid)
        const ask = parseDecimal(event.ask)
        if (!isPossible(bid) || !isPossible(ask)) return this.reject(event, 'invalid_quote')
        const bar = this.barOf(event)
        if (bar === null || !this.once(bar.addQuote(event, bid, ask))) return false
        this.counts.quotes++
        if (bid > ask) this.counts.crossed++
        return true
      }
      case 'trade': {
        const price = parseDecimal(event.price)
        const size = parseDecimal(event.size)
        if (!isPossible(price) || !isPossible(size)) return this.reject(event, 'invalid_trade')
        const bar = this.barOf(event)
        if (bar === null || !this.once(bar.addTrade(event, price, size))) return false
        this.counts.trades++
        return true
      }
      case 'gap': {
        const bar = this.barOf(event)
        if (bar === null || !this.once(bar.addGap(event))) return false
        if (event.withdrawn) this.counts.withdrawn++
        else this.counts.gaps++
        return true
      }
      case 'clock':
        this.counts.clocks++
        return true
      case 'candle':
        this.counts.candles++
        return true
      case 'news':
        this.counts.news++
        return false
    }
  }

  /** The open bar that an event belongs to, or null when that second is closed: then it is a repeat or late. */
  private barOf(event: MarketEvent): OpenBar | null {
    const second = Math.floor(event.time / 1e6)
    if (second < this.openFrom) {
      if (this.closed.recall(second)?.has(event)) this.counts.duplicates++
      else {
        this.counts.late++
        this.output.late?.(event)
      }
      return null
    }
    return this.bars.open(second)
  }

  private once(added: boolean): boolean {
    if (!added) this.counts.duplicates++
    return added
  }

  private reject(event: MarketEvent, reason: Rejection): false {
    this.counts.rejected[reason]++
    this.output.rejected?.(event, reason)
    return false
  }

  private closeBars(): void {
    const end = Math.floor(this.watermark / 1e6)
    if (Number.isNaN(this.openFrom)) this.openFrom = end
    while (this.openFrom < end) {
      if (!this.inSession) {
        this.openFrom = Math.min(this.bars.first, end)
        if (this.openFrom === end) break
      }
      const bar = this.bars.get(this.openFrom)
      if (bar === undefined) this.passSilence(this.output)
      else {
        this.bars.take(bar)
        if (this.anticipated?.events === bar.events) this.passAnticipated(this.anticipated)
        else {
          this.takeBack()
          this.closed.remember(bar.pack())
          this.passBar(bar.close(), this.output)
        }
      }
    }
  }

  private passAnticipated({ bar, closed, hasRow, give }: Anticipated): void {
    this.anticipated = null
    this.closed.remember(closed)
    if (!Number.isNaN(bar.last_active)) this.lastActive = bar.last_active
    if (hasRow) this.counts.rows++
    give()
    this.openFrom = bar.second + 1
  }

  private takeBack(): void {
    if (this.anticipated !== null) this.history.takeBack()
    this.anticipated = null
  }

  /** A second without events: the session ends where even its first moment is too far from the last quote or trade. */
  private passSilence(output: EngineOutput | null): void {
    const second = this.openFrom++
    if (second * 1e6 - this.lastActive >= this.settings.session_reset_s * 1e6) this.inSession = false
    else if (this.advance(emptyBar(second), output)) this.counts.rows++
  }

  private passBar(bar: Bar, output: EngineOutput | null): void {
    if (this.beginsSession(bar)) {
      this.history.reset()
      this.inSession = true
      this.counts.sessions++
    }
    if (!Number.isNaN(bar.last_active)) this.lastActive = bar.last_active
    output?.bar?.(this.product, bar)
    if (this.inSession && this.advance(bar, output)) this.counts.rows++
    this.openFrom = bar.second + 1
  }

  private beginsSession(bar: Bar): boolean {
    return bar.first_active - this.lastActive >= this.settings.session_reset_s * 1e6
  }

  /** @returns whether `output` was given a row. */
  private advance(bar: Bar, output: EngineOutput | null): boolean {
    this.history.push(bar)
    const hasRow = this.computer.compute(this.values)
    if (output === null) return false
    this.settle(output)
    if (hasRow) output.row(this.product, this.history.time * 1e6, this.values)
    return hasRow
  }

  /** When the second T closes, the volatility of the 60 s after T-60 is known. */
  private settle(output: EngineOutput): void {
    const { history } = this
    if (output.settled === undefined || Number.isNaN(history.before('mid', horizonSeconds))) return
    const sigma = volatilityOf(history.column.r, history.at - horizonSeconds + 1, history.at)
    output.settled(this.product, (history.time - horizonSeconds) * 1e6, sigma)
  }
}
