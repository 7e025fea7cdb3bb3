import type { Gap, MarketEvent, Trade } from '../core/events/event.ts'
import { decodeRecord } from '../core/events/json_record.ts'
import { type AlertRow, decodeAlert } from '../core/indicators/alerts/alert_row.ts'
import { type AnomalyRecord, decodeAnomaly, decodeMinute, type MinuteRecord } from '../core/indicators/scored_trade.ts'
import { decodeSentiment, type SentimentRecord } from '../core/indicators/sentiment/sentiment_record.ts'
import type { CandleRow } from '../core/indicators/windows/candle_row.ts'
import type { WindowRow } from '../core/indicators/windows/window_row.ts'
import { decodePrediction, type LivePrediction } from '../core/models/artifact/prediction_json.ts'
import { decodeSettled, type SettledPrediction } from '../core/models/artifact/settled_json.ts'
import { ewma, persistence, type Rule } from '../core/models/recipes/rules.ts'
import { decodeEntry, type LedgerEntry } from '../core/trading/ledger.ts'
import { decodeSignal, type SignalRecord } from '../core/trading/signal_json.ts'
import { PrecisionInterval } from './precision_interval.ts'
import { Recent } from './recent.ts'
import type { Kind } from './topics_served.ts'

/** So much of each product is held: a day of candles, an hour of predictions a model. */
const most = {
  candles: 1500,
  windows: 400,
  predictions: 3600,
  settled: 3600,
  signals: 1500,
  ledger: 500,
  gaps: 50,
  alerts: 200,
  anomalies: 500,
  articles: 200,
}
/** Products beyond these are counted, not held. */
const mostProducts = 1000
/** Models of a product. */
const mostModels = 50

/** What one model has said of one product, and how it turned out. */
export interface ModelView {
  predictions: Recent<LivePrediction>
  settled: Recent<SettledPrediction>
  precision: PrecisionInterval
}

/** The newest of all topics, of one product. */
export class ProductView {
  readonly product: string
  /** Of which feed; null before its first event. */
  feed: string | null = null
  /** Microseconds of market time; null before its first event. */
  lastEvent: number | null = null
  trade: Trade | null = null
  row: FeatureRecord | null = null
  readonly candles = new Recent<CandleRow>(most.candles)
  /** By length in seconds. */
  readonly windows = new Map<number, Recent<WindowRow>>()
  readonly models = new Map<string, ModelView>()
  readonly signals = new Recent<SignalRecord>(most.signals)
  readonly ledger: LedgerEntry[] = []
  /** Of the trader that buys nothing while a spike is likely. */
  readonly aside = { signals: new Recent<SignalRecord>(most.signals), ledger: [] as LedgerEntry[] }
  readonly gaps = new Recent<Gap>(most.gaps)
  /** By time in microseconds. */
  readonly volatilities = new Recent<Volatilities & { time: number }>(most.predictions)
  minute: MinuteRecord | null = null
  /** In the order in which they came. */
  readonly anomalies: AnomalyRecord[] = []
  /** By the publisher's id, at their highest revision, in the order in which they came. */
  readonly articles = new Map<string, SentimentRecord>()

  constructor(product: string) {
    this.product = product
  }

  model(name: string): ModelView | null {
    const known = this.models.get(name)
    if (known !== undefined || this.models.size >= mostModels) return known ?? null
    const fresh = {
      predictions: new Recent<LivePrediction>(most.predictions),
      settled: new Recent<SettledPrediction>(most.settled),
      precision: new PrecisionInterval(),
    }
    this.models.set(name, fresh)
    return fresh
  }
}

/** What the rules that are fitted on nothing go by, at one second: a volatility, 0 where none is known. */
export interface Volatilities {
  persistence: number
  ewma: number
}

/** A row of features as it stands on its topic. */
export type FeatureRecord = Record<string, unknown> & { product: string; time: number }

/** What the topics say now, in memory and bounded: the newest records of each product. Pure but for what it holds. */
export class View {
  readonly products = new Map<string, ProductView>()
  readonly counts: Record<Kind, number> = {
    ...{ raw: 0, candle: 0, window: 0, feature: 0, prediction: 0, settled: 0, signal: 0, ledger: 0, alert: 0 },
    ...{ asidesignal: 0, asideledger: 0, minute: 0, anomaly: 0, article: 0, late: 0, dead: 0 },
  }
  /** Of all products, in the order in which they were given. */
  readonly alerts: AlertRow[] = []
  /** Microseconds until which a model had seen the market when it was made: what it says of that is no forecast. */
  trainedUntil: (model: string) => number = () => 0
  /** Why nothing of a kind can come; null where it can. */
  absent: (kind: Kind) => string | null = () => null
  /** Records that are not what their topic should hold, and those of products beyond the thousandth. */
  readonly leftOut = { unreadable: 0, too_many_products: 0 }

  /** @param product by its name, in any case. */
  find(product: string): ProductView | null {
    const wanted = product.toUpperCase()
    const exact = this.products.get(product)
    if (exact) return exact
    for (const view of this.products.values()) if (view.product.toUpperCase() === wanted) return view
    return null
  }

  /** Whether what is shown comes from a simulated exchange; null before anything has come. */
  simulated(): boolean | null {
    const feeds = [...this.products.values()].flatMap(({ feed }) => feed ?? [])
    return feeds.length === 0 ? null : feeds.some(feed => feed.startsWith('simulated'))
  }

  /** @returns whether the record is what its topic should hold. */
  take(kind: Kind, text: string): boolean {
    const taken = kind === 'alert' ? this.takeAlert(text) : takers[kind](text, product => this.open(product))
    if (taken) this.counts[kind]++
    else this.leftOut.unreadable++
    return taken
  }

  /** What it is about may be no product: a partition of dead letters. */
  private takeAlert(text: string): boolean {
    const alert = decodeAlert(text)
    if (alert === null) return false
    keepNewest(this.alerts, alert, most.alerts)
    return true
  }

  private open(product: string): ProductView {
    const known = this.products.get(product)
    if (known) return known
    const fresh = new ProductView(product)
    if (this.products.size < mostProducts) this.products.set(product, fresh)
    else this.leftOut.too_many_products++
    return fresh
  }
}

type Open = (product: string) => ProductView

const takers: Record<Exclude<Kind, 'alert'>, (text: string, open: Open) => boolean> = {
  raw(text, open) {
    const event = decodeRecord<MarketEvent>(text, isDated)
    if (event === null) return false
    const view = open(event.product)
    view.feed = event.feed
    if (event.type !== 'news') view.lastEvent = Math.max(view.lastEvent ?? 0, event.time)
    if (event.type === 'trade' && event.time >= (view.trade?.time ?? 0)) view.trade = event
    if (event.type === 'gap') view.gaps.put(event.time, event)
    return true
  },
  candle(text, open) {
    const row = decodeRecord<CandleRow>(text, isSpan)
    if (row === null) return false
    open(row.product).candles.put(row.start, row, former => isNewer(row, former))
    return true
  },
  window(text, open) {
    const row = decodeRecord<WindowRow>(text, isSpan)
    if (row === null) return false
    const { windows } = open(row.product)
    const length = row.end - row.start
    if (!windows.has(length)) windows.set(length, new Recent(most.windows))
    windows.get(length)!.put(row.start, row, former => row.revision > former.revision)
    return true
  },
  feature(text, open) {
    const row = decodeRecord<FeatureRecord>(text, isDated)
    if (row === null) return false
    const view = open(row.product)
    if (row.time >= (view.row?.time ?? 0)) view.row = row
    view.volatilities.put(row.time, {
      time: row.time,
      persistence: firstKnown(persistence, row),
      ewma: firstKnown(ewma, row),
    })
    return true
  },
  prediction(text, open) {
    const said = decodePrediction(text)
    if (said === null) return false
    open(said.product).model(said.model)?.predictions.put(said.time, said)
    return true
  },
  settled(text, open) {
    const settled = decodeSettled(text)
    if (settled === null || typeof settled.product !== 'string') return false
    open(settled.product).model(settled.model)?.settled.put(settled.time, settled)
    return true
  },
  signal(text, open) {
    const signal = decodeSignal(text)
    if (signal === null) return false
    open(signal.product).signals.put(signal.start, signal)
    return true
  },
  asidesignal(text, open) {
    const signal = decodeSignal(text)
    if (signal === null) return false
    open(signal.product).aside.signals.put(signal.start, signal)
    return true
  },
  asideledger(text, open) {
    const entry = decodeEntry(text)
    if (entry === null) return false
    keepNewest(open(entry.product).aside.ledger, entry, most.ledger)
    return true
  },
  minute(text, open) {
    const minute = decodeMinute(text)
    if (minute === null) return false
    const view = open(minute.product)
    if (minute.start >= (view.minute?.start ?? 0)) view.minute = minute
    return true
  },
  anomaly(text, open) {
    const anomaly = decodeAnomaly(text)
    if (anomaly === null) return false
    keepNewest(open(anomaly.product).anomalies, anomaly, most.anomalies)
    return true
  },
  article(text, open) {
    const article = decodeSentiment(text)
    if (article === null) return false
    const { articles } = open(article.product)
    if (article.revision < (articles.get(article.id)?.revision ?? 0)) return true
    articles.set(article.id, article)
    if (articles.size > most.articles) articles.delete(articles.keys().next().value!)
    return true
  },
  // These two are only counted.
  late: text => decodeRecord<MarketEvent>(text, isDated) !== null,
  dead: text => decodeRecord<{ reason: string }>(text, ({ reason }) => typeof reason === 'string') !== null,
  ledger(text, open) {
    const entry = decodeEntry(text)
    if (entry === null) return false
    keepNewest(open(entry.product).ledger, entry, most.ledger)
    return true
  },
}

function keepNewest<Value>(values: Value[], value: Value, most: number): void {
  values.push(value)
  if (values.length > most) values.shift()
}

/** A rule's volatility: of its inputs the first that is a number. */
function firstKnown({ inputs }: Rule, row: FeatureRecord): number {
  return inputs.map(name => row[name]).find(value => typeof value === 'number') ?? 0
}

/** The exchange's own candle goes before one of trades; of one source the higher revision. */
function isNewer(row: CandleRow, former: CandleRow): boolean {
  if (row.source !== former.source) return row.source === 'exchange'
  return row.revision >= former.revision
}

function isDated({ product, time }: { product?: string; time?: number }): boolean {
  return typeof product === 'string' && Number.isSafeInteger(time)
}

function isSpan({ product, start, end, revision }: Partial<WindowRow | CandleRow>): boolean {
  return typeof product === 'string' && [start, end, revision].every(Number.isFinite)
}
