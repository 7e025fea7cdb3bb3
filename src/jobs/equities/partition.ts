import { compareEvents, type EventBase, type MarketEvent, type Micros, type Trade } from '../../core/events/event.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import { anomalyFeatureNames, anomalyFeatures } from '../../core/indicators/anomaly_features.ts'
import type { Json } from '../../core/indicators/indicator.ts'
import {
  decodeScoredTrade,
  encodeAnomaly,
  encodeMinute,
  encodeScoredTrade,
  type ScoredTrade,
} from '../../core/indicators/scored_trade.ts'
import { type ActivitySettings, TickerActivity } from '../../core/indicators/ticker_activity.ts'
import { type BadTrade, badTradeReasons, tradeValuesOf } from '../../core/indicators/ticker_trade.ts'
import type { TradeValues } from '../../core/indicators/trade_values.ts'
import { deadLetterOf } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import type { PartitionWork, WorkState } from '../partitions/partition_work.ts'
import { OwnMarks } from './own_marks.ts'
import { RecentIds } from './recent_ids.ts'

export interface EquitiesTopics {
  scored: string
  minutes: string
  anomalies: string
}

export interface EquitiesSettings extends ActivitySettings {
  /** Microseconds that a clock must lie behind the end of a minute to close it. */
  lag: Micros
  /** Microseconds that a trade may lie ahead of its receipt. */
  aheadLimit: Micros
}

/** What came of the records of this life. */
export interface EquitiesCounts {
  trades: number
  minutes: number
  /** The trade that was there already. */
  repeated: number
  /** Before an earlier one of its product, or in a minute that was given: sums run in the order of time. */
  late: number
  /** Trades of size 0. */
  zero: number
  /** Times that a product was not traded for five minutes or longer. */
  halts: number
  /** Events that are no trades. */
  others: number
  /** Records that are no event, and trades that none may be, by reason. */
  refused: Record<string, number>
}

export function newEquitiesCounts(): EquitiesCounts {
  const refused = Object.fromEntries(['not_an_event', 'too_many_products', ...badTradeReasons].map(one => [one, 0]))
  return { trades: 0, minutes: 0, repeated: 0, late: 0, zero: 0, halts: 0, others: 0, refused }
}

/** How many trades of a product were scored, over all lives, and how many were flagged. */
export interface Flagged {
  scored: number
  flagged: number
}

/** A trade that waits for the rest of its frame, and the record that it is of. */
interface Held {
  trade: Trade
  record: Incoming
}

interface Ticker extends Flagged {
  activity: TickerActivity
  /** The trades of one frame. */
  held: Held[]
  ids: RecentIds
  /** No trade before it may come: the minutes up to there were given. */
  closed: Micros
  /** The first trade whose place on the output is not known yet. */
  unplaced: { event: number; time: Micros } | null
}

/** A record as JSON holds it. */
type HeldText = Omit<Incoming, 'value'> & { text: string }
type Memory = Record<string, Flagged & { activity: Json; closed: Micros; held: HeldText[] }>

const halt: Micros = 300e6

/** Frames of shares bring trades in their order, and are as short as can be; other exchanges tell the newest trade of a frame first. */
const isInOrder = ({ feed }: EventBase): boolean => feed.endsWith('polygon')

/**
 * Makes of the trades of one partition of market events what is said of each, minutes of aggregates, and the trades that stand apart.
 * Its own trades are its state: it sees those again that its windows and models are made of.
 */
export class EquitiesPartition implements PartitionWork {
  readonly counts = newEquitiesCounts()
  readonly due: Outgoing[] = []
  private readonly settings: EquitiesSettings
  private readonly topics: EquitiesTopics
  private readonly mostProducts: number
  private readonly tickers = new Map<string, Ticker>()
  private readonly marks = new OwnMarks()
  private recalled = new Map<string, { trade: ScoredTrade; offset: number }[]>()

  /** @param mostProducts trades of more of them become dead letters. */
  constructor(settings: EquitiesSettings, topics: EquitiesTopics, mostProducts = 1000) {
    this.settings = settings
    this.topics = topics
    this.mostProducts = mostProducts
  }

  take(record: Incoming, again: boolean): void {
    if (again) return
    const event = decodeEvent(record.value.toString())
    if (typeof event === 'string') this.refuse(record, 'not_an_event', event)
    else {
      const held = this.tickers.get(event.product)?.held ?? []
      if (held.length > 0 && isOfLaterFrame(event, held[0].trade)) this.release(event.product)
      if (event.type === 'trade') this.takeTrade(event, record)
      else this.takeOther(event)
    }
  }

  /** Grows a tree of a model that the next trade of a product needs. */
  anticipate(): boolean {
    for (const { activity } of this.tickers.values()) if (activity.anticipate()) return true
    return false
  }

  state(ends: ReadonlyMap<string, number>): WorkState {
    const end = ends.get(this.topics.scored)!
    const memory: Memory = {}
    let from = end
    for (const [product, ticker] of this.tickers) {
      const { activity, closed, scored, flagged, unplaced, held } = ticker
      if (unplaced !== null) this.marks.note(product, { ...unplaced, offset: end })
      ticker.unplaced = null
      const texts = held.map(({ record: { value, ...place } }) => ({ ...place, text: value.toString() }))
      memory[product] = { scored, flagged, activity: activity.state(), closed, held: texts }
      from = Math.min(from, this.marks.from(product, activity.needsFrom(), end))
    }
    return { memory, recall: { [this.topics.scored]: from } }
  }

  recall({ value, offset }: Incoming): boolean {
    const trade = decodeScoredTrade(value.toString())
    if (trade === null) return false
    const own = this.recalled.get(trade.product) ?? []
    this.recalled.set(trade.product, own)
    own.push({ trade, offset })
    return true
  }

  restore(memory: object): void {
    for (const [product, { activity, closed, scored, flagged, held }] of Object.entries(memory as Memory)) {
      const ticker = this.open(product, { scored, flagged })
      ticker.held = held.map(({ text, ...place }) => {
        return { trade: JSON.parse(text), record: { ...place, value: Buffer.from(text) } }
      })
      const own = this.recalled.get(product) ?? []
      ticker.closed = closed
      ticker.activity.restore(
        activity,
        own.map(({ trade }) => trade),
      )
      for (const [i, { trade, offset }] of own.entries()) {
        ticker.ids.add(trade.id, trade.time)
        const event = ticker.activity.events - own.length + i
        if (event >= 0) this.marks.note(product, { event, time: trade.time, offset })
      }
    }
    this.recalled = new Map()
  }

  /** By product. */
  flagged(): Map<string, Flagged> {
    return new Map([...this.tickers].map(([product, { scored, flagged }]) => [product, { scored, flagged }]))
  }

  private takeTrade(trade: Trade, record: Incoming): void {
    const values = tradeValuesOf(trade, this.settings.aheadLimit)
    if (typeof values === 'string') return void this.refuse(record, values)
    const ticker = this.tickers.get(trade.product) ?? this.roomFor(trade.product)
    if (ticker === null) this.refuse(record, 'too_many_products')
    else if (isInOrder(trade)) this.sum(ticker, { trade, record }, values)
    else ticker.held.push({ trade, record })
  }

  /** Takes the trades of a frame that is over, in their order. */
  private release(product: string): void {
    const ticker = this.tickers.get(product)!
    const held = ticker.held.sort((a, b) => compareEvents(a.trade, b.trade))
    ticker.held = []
    for (const one of held) this.sum(ticker, one, tradeValuesOf(one.trade, this.settings.aheadLimit) as TradeValues)
  }

  private sum(ticker: Ticker, { trade, record }: Held, values: TradeValues): void {
    if (ticker.ids.has(trade.id)) this.counts.repeated++
    else if (trade.time < Math.max(ticker.closed, ticker.activity.last ?? 0)) this.refuseLate(record)
    else this.score(ticker, trade, values)
  }

  private score(ticker: Ticker, { product, id, flags }: Trade, values: TradeValues): void {
    const { time } = values
    const { last, events } = ticker.activity
    if (last !== null && time - last >= halt) this.counts.halts++
    if (values.size === 0) this.counts.zero++
    this.counts.trades++
    ticker.ids.add(id, time)
    const said: ScoredTrade = { product, id, ...values, ...(flags && { flags }), ...ticker.activity.push(values) }
    const event = ticker.activity.events - 1
    // The product may have begun anew with this trade.
    if (event < events) ticker.unplaced = null
    ticker.unplaced ??= { event, time }
    this.due.push({ topic: this.topics.scored, key: product, value: encodeScoredTrade(said) })
    this.judge(ticker, said, values)
  }

  private judge(ticker: Ticker, said: ScoredTrade, values: TradeValues): void {
    if (said.anomaly === null) return
    ticker.scored++
    if (!said.anomaly) return
    ticker.flagged++
    const { features, forest } = this.settings
    const vector = anomalyFeatures[features](values, said)
    const { scored, flagged } = ticker
    const value = encodeAnomaly({
      ...{ product: said.product, id: said.id, ...values },
      ...{ anomaly_score: said.anomaly_score!, model_version: said.model_version! },
      feature_vector: Object.fromEntries(anomalyFeatureNames[features].map((name, i) => [name, vector[i]])),
      ...{ scored, flagged, contamination: forest.offset === 'fixed' ? null : forest.offset.contamination },
    })
    this.due.push({ topic: this.topics.anomalies, key: said.product, value })
  }

  /** Whatever a product's market says tells that time goes by, but for a gap, which may be told late, and news, which is not its clock. */
  private takeOther({ type, product, time }: MarketEvent): void {
    this.counts.others++
    if (type === 'gap' || type === 'news') return
    const ticker = this.tickers.get(product)
    const closed = ticker?.activity.clock(time - this.settings.lag)
    if (ticker && closed) ticker.closed = closed
  }

  private roomFor(product: string): Ticker | null {
    return this.tickers.size < this.mostProducts ? this.open(product, { scored: 0, flagged: 0 }) : null
  }

  private open(product: string, counted: Flagged): Ticker {
    const activity = new TickerActivity(this.settings, minute => {
      this.counts.minutes++
      this.due.push({ topic: this.topics.minutes, key: product, value: encodeMinute(product, minute) })
    })
    const ticker: Ticker = { activity, held: [], ids: new RecentIds(), closed: 0, unplaced: null, ...counted }
    this.tickers.set(product, ticker)
    return ticker
  }

  private refuse(record: Incoming, reason: BadTrade | 'not_an_event' | 'too_many_products', detail?: string): void {
    this.counts.refused[reason]++
    this.due.push(deadLetterOf({ ...record, detail }, reason))
  }

  private refuseLate(record: Incoming): void {
    this.counts.late++
    this.due.push(deadLetterOf(record, 'late_trade'))
  }
}

/** What comes again of a former frame ends none. */
function isOfLaterFrame(event: EventBase, other: EventBase): boolean {
  return event.connection !== other.connection || event.sequence > other.sequence
}
