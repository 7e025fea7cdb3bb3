import type { Candle, MarketEvent, Micros, News, Trade } from '../../core/events/event.ts'
import { CandleMemory, type CandlesState } from './candle_memory.ts'
import { countName, type DecoderCounters } from './counters.ts'
import { type DecodedLine, type DecoderStep, ignore } from './decoded_line.ts'
import type { GapFinder } from './find_gaps.ts'
import { letterOf } from './frame_event.ts'
import { NewsMemory, type NewsState } from './news_memory.ts'
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
  candles?: CandlesState
  news?: NewsState
  /** Gaps that are not filled in. */
  gaps?: OpenGap[]
}

/**
 * The third step: what of all this is news of its product. Two connections become one stream, a trade that a back-fill brought
 * is not given out again, nor is a candle, and gaps are kept until they are filled in.
 */
export class ProductMerger implements DecoderStep<ProductsState> {
  private readonly before: GapFinder['single']
  private readonly outOfOrderness: Micros
  private readonly redundancies = new Map<string, Redundancy>()
  private readonly seen: ProductTradeIds
  private readonly filled: ProductTradeIds
  private readonly candles: CandleMemory
  private readonly news: NewsMemory
  private readonly open: OpenGaps
  private readonly counters: DecoderCounters

  /**
   * @param before knows what was given out so far.
   * @param outOfOrderness as the windows have it: what is so far behind can change no row.
   */
  constructor(
    before: GapFinder['single'],
    outOfOrderness: Micros,
    counters: DecoderCounters,
    state: ProductsState = {},
  ) {
    this.before = before
    this.outOfOrderness = outOfOrderness
    this.counters = counters
    this.seen = new ProductTradeIds(state.trades)
    this.filled = new ProductTradeIds(state.filled)
    this.candles = new CandleMemory(state.candles)
    this.news = new NewsMemory(state.news)
    this.open = new OpenGaps(state.gaps)
    for (const [feed, saved] of Object.entries(state.redundancy ?? {})) this.redundancyOf(feed, saved)
  }

  snapshot(): ProductsState {
    const { redundancies, seen, filled, candles, news, open } = this
    const state: ProductsState = {}
    if (redundancies.size > 0)
      state.redundancy = Object.fromEntries([...redundancies].map(([feed, one]) => [feed, one.snapshot()]))
    if (!seen.empty) state.trades = seen.snapshot()
    if (!filled.empty) state.filled = filled.snapshot()
    if (!candles.empty) state.candles = candles.snapshot()
    if (!news.empty) state.news = news.snapshot()
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
    else line.events = line.events.filter(event => event.type === 'candle' || this.isNewlyFilled(event, line))
    if (line.events.length > 0 && line.events.some(isCandle))
      line.events = line.events.filter(event => event.type !== 'candle' || this.isNewCandle(event, line))
    if (line.events.some(({ type }) => type === 'news'))
      line.events = line.events.filter(event => event.type !== 'news' || this.isNews(event, line))
    for (const event of line.events) {
      if (event.type === 'gap' && event.withdrawn) this.open.fill(event.feed, event)
      else if (event.type === 'gap') this.open.add(event)
      else if (event.type === 'trade') this.see(event)
    }
  }

  private see(trade: Trade): void {
    if (trade.first_id === undefined) this.seen.add(trade.product, trade.id)
    else for (const id of idsOf(trade)) this.seen.add(trade.product, id)
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

  /** An aggregate of trades of which some came already cannot be taken apart. */
  private isNewlyFilled(event: MarketEvent, line: DecodedLine): boolean {
    if (event.type !== 'trade') return false
    const { product } = event
    const ids = idsOf(event)
    const fresh = ids.filter(id => this.seen.add(product, id))
    for (const id of fresh) this.filled.add(product, id)
    if (fresh.length > 0 && fresh.length < ids.length) this.refuse(line, 'partly_known', event)
    return fresh.length === ids.length
  }

  private refuse({ record, dead }: DecodedLine, reason: string, item: MarketEvent): void {
    countName(this.counters.dead, reason)
    dead.push(letterOf(record, { reason, item }))
  }

  /** The exchange said otherwise before: what was given out stands, and this is for a person to judge. */
  private isNewCandle(candle: Candle, line: DecodedLine): boolean {
    const known = this.candles.take(candle)
    if (known === 'other') this.refuse(line, 'candle_changed', candle)
    return known === 'new'
  }

  /** Each article once; one without a headline says nothing. */
  private isNews(article: News, line: DecodedLine): boolean {
    const { record, dead } = line
    if (!this.news.add(article.product, article.id)) {
      ignore(line, 'news told before')
      return false
    }
    if (article.headline !== '') return true
    countName(this.counters.dead, 'missing_headline')
    dead.push(letterOf(record, { reason: 'missing_headline', item: article }))
    return false
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

const isCandle = ({ type }: MarketEvent): boolean => type === 'candle'

/** No aggregate of one taker has more; ids that say so are not believed. */
const mostTrades = 10_000

/** Ids of the trades that one stands for. */
function idsOf({ first_id, id }: Trade): string[] {
  const [first, last] = [Number(first_id ?? id), Number(id)]
  if (!(last > first && last - first < mostTrades)) return [id]
  return Array.from({ length: last - first + 1 }, (_, n) => String(first + n))
}
