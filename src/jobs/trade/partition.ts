import { type CandleValues, candleValues, isSameCandle } from '../../core/events/candle_values.ts'
import type { Candle } from '../../core/events/event.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import type { Json } from '../../core/indicators/indicator.ts'
import { type CandleRow, decodeCandleRow } from '../../core/indicators/windows/candle_row.ts'
import { decodePrediction } from '../../core/models/artifact/prediction_json.ts'
import { startingBudget } from '../../core/trading/broker.ts'
import { encodeEntry, fillEntry, type LedgerEntry, openingEntry } from '../../core/trading/ledger.ts'
import { encodeSignal } from '../../core/trading/signal_json.ts'
import { rules } from '../../core/trading/signals/rules.ts'
import { standingAside } from '../../core/trading/signals/stand_aside.ts'
import { SpikeRanks } from '../../core/trading/spike_ranks.ts'
import { Trader, type TraderSettings } from '../../core/trading/trader.ts'
import { minute } from '../../market/klines/kline.ts'
import { deadLetterOf } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import type { PartitionWork, WorkState } from '../partitions/partition_work.ts'

export interface TradeTopics {
  signals: string
  ledger: string
  /** Nothing is bought while these say that a spike is likely; the rule as it is when absent. */
  predictions?: string
}

/** What came of the records of a partition. */
export interface TradeCounts {
  candles: number
  trades: number
  /** The candle that was there already, with the same content. */
  repeated: number
  /** Older than one that was taken: what came of that stands. */
  late: number
  /** A second one of its time with other content. */
  conflicting: number
  /** Numbers that no candle has. */
  bad: number
  /** Candles that are missing between two that came. */
  missing: number
  /** Candles in which nothing was traded; they count as others do. */
  zero_volume: number
  /** Other events, candles of another length, and later words on a minute of the topic of candles. */
  others: number
  /** Records that are no event. */
  dead: number
}

export function newTradeCounts(): TradeCounts {
  const ofCandles = { candles: 0, trades: 0, repeated: 0, late: 0, conflicting: 0, bad: 0, missing: 0, zero_volume: 0 }
  return { ...ofCandles, others: 0, dead: 0 }
}

interface Product {
  trader: Trader
  last: CandleValues | null
  /** Candles that wait for what is said of their end. */
  waiting: CandleValues[]
  ranks: SpikeRanks
}

type Memory = Record<string, { trader: Json; last: CandleValues | null; waiting?: CandleValues[]; ranks?: Json }>

/**
 * Makes signals and paper trades of the one-minute candles of one partition, each candle once. What cannot be a candle, comes
 * after a later one, or says something else of a minute that was told, is a dead letter.
 */
export class TradePartition implements PartitionWork {
  readonly counts = newTradeCounts()
  readonly due: Outgoing[] = []
  private readonly settings: TraderSettings
  private readonly topics: TradeTopics
  private readonly products = new Map<string, Product>()

  constructor(settings: TraderSettings, topics: TradeTopics) {
    this.settings = settings
    this.topics = topics
  }

  take(record: Incoming, again: boolean): void {
    if (again) return
    const text = record.value.toString()
    if (record.topic === this.topics.predictions) this.takePrediction(text, record)
    else this.takeRecord(text, record)
  }

  private takeRecord(text: string, record: Incoming): void {
    const event = decodeEvent(text)
    const row = typeof event === 'string' ? decodeCandleRow(text) : null
    if (row !== null) this.takeRow(row, record)
    else if (typeof event === 'string') this.refuse(record, 'dead', 'not_an_event')
    else if (event.type !== 'candle' || event.interval !== '1m') this.counts.others++
    else this.takeCandle(event, record)
  }

  state(): WorkState {
    const memory: Memory = {}
    for (const [name, { trader, last, waiting, ranks }] of this.products)
      memory[name] = {
        ...{ trader: trader.state(), last },
        ...(this.topics.predictions !== undefined && { waiting, ranks: ranks.state() }),
      }
    return { memory }
  }

  restore(memory: object): void {
    for (const [name, { trader, last, waiting = [], ranks }] of Object.entries(memory as Memory)) {
      const product = { ...this.fresh(), last, waiting }
      product.trader.restore(trader)
      if (ranks !== undefined) product.ranks.restore(ranks)
      this.products.set(name, product)
    }
  }

  private takeCandle(event: Candle, record: Incoming): void {
    const candle = candleValues(event)
    if (candle === null) this.refuse(record, 'bad', 'bad_candle')
    else this.look(event.product, candle, record)
  }

  /** A candle of the topic of candles counts as it was first given: that is what a trader could know. */
  private takeRow({ product, start, revision, volume, ...prices }: CandleRow, record: Incoming): void {
    const at = 1e6 * start
    const texts = { high: `${prices.high}`, low: `${prices.low}`, close: `${prices.close}`, open: `${prices.open}` }
    const candle = candleValues({ ...texts, start: at, volume: volume ?? '0' })
    if (revision > 1 || this.products.get(product)?.last?.start === at) this.counts.others++
    else if (candle === null) this.refuse(record, 'bad', 'bad_candle')
    else this.look(product, candle, record)
  }

  private look(name: string, candle: CandleValues, record: Incoming): void {
    const product = this.products.get(name) ?? this.open(name)
    const { last } = product
    if (last === null) this.post(openingEntry(name, candle.start, startingBudget))
    if (last && isSameCandle(last, candle)) this.counts.repeated++
    else if (last && candle.start === last.start) this.refuse(record, 'conflicting', 'conflicting_candle')
    else if (last && candle.start < last.start) this.refuse(record, 'late', 'late_candle')
    else {
      if (last) this.counts.missing += Math.max(0, Math.round((candle.start - last.start) / minute) - 1)
      this.counts.candles++
      if (candle.volume === 0) this.counts.zero_volume++
      product.last = candle
      if (this.topics.predictions === undefined) this.step(name, product.trader, candle)
      else {
        product.waiting.push(candle)
        this.decide(name, product)
      }
    }
  }

  private takePrediction(text: string, record: Incoming): void {
    const said = decodePrediction(text)
    if (said === null) this.refuse(record, 'dead', 'not_a_prediction')
    else {
      const product = this.products.get(said.product) ?? this.open(said.product)
      product.ranks.push(said.time, said.probability)
      this.decide(said.product, product)
    }
  }

  /** Looks at each candle of whose end all is said that will be: so it makes no difference which came first. */
  private decide(name: string, { trader, waiting, ranks }: Product): void {
    while (waiting.length > 0 && ranks.isPast(waiting[0].start + minute)) {
      const candle = waiting.shift()!
      this.step(name, trader, candle, ranks.rankAt(candle.start + minute))
    }
  }

  private step(product: string, trader: Trader, candle: CandleValues, spike?: number | null): void {
    const step = trader.look(candle, spike)
    this.due.push({ topic: this.topics.signals, key: product, value: encodeSignal(product, candle, step) })
    const entry = step.trade && fillEntry(product, step.trade, this.settings.exit)
    if (entry === null) return
    this.counts.trades++
    this.post(entry)
  }

  private open(name: string): Product {
    const product = this.fresh()
    this.products.set(name, product)
    return product
  }

  private fresh(): Product {
    const plain = rules[this.settings.exit]
    const rule = this.topics.predictions === undefined ? plain : standingAside(plain)
    return { trader: new Trader(this.settings, minute, rule), last: null, waiting: [], ranks: new SpikeRanks() }
  }

  private post(entry: LedgerEntry): void {
    this.due.push({ topic: this.topics.ledger, key: entry.product, value: encodeEntry(entry) })
  }

  private refuse(record: Incoming, count: 'dead' | 'bad' | 'conflicting' | 'late', reason: string): void {
    this.counts[count]++
    this.due.push(deadLetterOf(record, reason))
  }
}
