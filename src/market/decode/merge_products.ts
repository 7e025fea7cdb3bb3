import type { MarketEvent, Micros } from '../../core/events/event.ts'
import type { DecodedLine, DecoderStep } from './decoded_line.ts'
import type { GapFinder } from './find_gaps.ts'
import { type OpenGap, OpenGaps } from './open_gaps.ts'
import { ProductTradeIds } from './product_trade_ids.ts'
import { Redundancy, type RedundancySnapshot } from './redundancy.ts'
import type { IdRanges } from './trade_ids.ts'

export interface ProductsState {
  /** By feed, where it has two connections. */
  redundancy?: Record<string, RedundancySnapshot>
  /** Ids of the trades given out, by product. */
  trades?: Record<string, IdRanges>
  /** Of these, those that a back-fill brought. */
  filled?: Record<string, IdRanges>
  /** Gaps that are not filled in. */
  gaps?: OpenGap[]
}

/**
 * The third step: what of all this is news of its product. Two connections become one stream, a trade that a back-fill brought
 * is not given out again, and gaps are kept until they are filled in.
 */
export class ProductMerger implements DecoderStep<ProductsState> {
  private readonly before: GapFinder['single']
  private readonly outOfOrderness: Micros
  private readonly redundancies = new Map<string, Redundancy>()
  private readonly seen: ProductTradeIds
  private readonly filled: ProductTradeIds
  private readonly open: OpenGaps

  /**
   * @param before knows what was given out so far.
   * @param outOfOrderness as the windows have it: what is so far behind can change no row.
   */
  constructor(before: GapFinder['single'], outOfOrderness: Micros, state: ProductsState = {}) {
    this.before = before
    this.outOfOrderness = outOfOrderness
    this.seen = new ProductTradeIds(state.trades)
    this.filled = new ProductTradeIds(state.filled)
    this.open = new OpenGaps(state.gaps)
    for (const [feed, saved] of Object.entries(state.redundancy ?? {})) this.redundancyOf(feed, saved)
  }

  snapshot(): ProductsState {
    const { redundancies, seen, filled, open } = this
    const state: ProductsState = {}
    if (redundancies.size > 0)
      state.redundancy = Object.fromEntries([...redundancies].map(([feed, one]) => [feed, one.snapshot()]))
    if (!seen.empty) state.trades = seen.snapshot()
    if (!filled.empty) state.filled = filled.snapshot()
    if (open.list.length > 0) state.gaps = [...open.list]
    return state
  }

  /** The youngest gaps that bronze does not mark as filled in, oldest first. */
  get openGaps(): readonly OpenGap[] {
    return this.open.list
  }

  take(line: DecodedLine): void {
    const { record, span } = line
    if (span === null) this.merge(line)
    else if (record.control) this.open.fill(record.feed, span)
    else line.events = line.events.filter(event => this.isNewlyFilled(event))
    for (const event of line.events) {
      if (event.type === 'gap') this.open.add(event)
      else if (event.type === 'trade') this.seen.add(event.product, event.id)
    }
  }

  private merge(line: DecodedLine): void {
    const { record, time } = line
    const { role, control } = record
    if (!this.filled.empty) line.events = line.events.filter(event => !this.isFilled(event))
    if (role === undefined) return
    const redundancy = this.redundancyOf(record.feed)
    line.events = control
      ? redundancy.control(role, control, record.received_at)
      : redundancy.take(role, record, line.events, time)
    for (const event of line.events) this.before.pass(event)
  }

  private isNewlyFilled(event: MarketEvent): boolean {
    if (event.type !== 'trade' || !this.seen.add(event.product, event.id)) return false
    this.filled.add(event.product, event.id)
    return true
  }

  /** A new connection shows the last trades again. One that was filled in, and is too late for a row, is late already. */
  private isFilled(event: MarketEvent): boolean {
    if (event.type !== 'trade' || !this.filled.has(event.product, event.id)) return false
    const closes = (Math.floor(event.time / 1e6) + 1) * 1e6 + this.outOfOrderness
    return this.before.lastOf(event.product) >= closes
  }

  private redundancyOf(feed: string, saved?: RedundancySnapshot): Redundancy {
    let redundancy = this.redundancies.get(feed)
    if (redundancy === undefined) {
      redundancy = new Redundancy(
        (product, id) => this.seen.add(product, id),
        product => this.before.lastOf(product),
        saved,
      )
      this.redundancies.set(feed, redundancy)
    }
    return redundancy
  }
}
