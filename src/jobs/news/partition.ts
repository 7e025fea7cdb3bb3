import type { MarketEvent, Micros, News } from '../../core/events/event.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import type { Json } from '../../core/indicators/indicator.ts'
import { joinNews } from '../../core/indicators/sentiment/news_join.ts'
import {
  encodeSentiment,
  finalSentiment,
  provisionalSentiment,
  type SentimentRecord,
} from '../../core/indicators/sentiment/sentiment_record.ts'
import { UnusualMinutes } from '../../core/indicators/sentiment/unusual_minutes.ts'
import { unitsOfText } from '../../core/indicators/windows/decimal_units.ts'
import { deadLetterOf } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import type { PartitionWork, WorkState } from '../partitions/partition_work.ts'

export interface NewsTopics {
  raw: string
  news: string
  sentiment: string
}

export interface NewsSettings {
  /** Microseconds by which the watermark of a product stays behind its newest event. */
  lag: Micros
  /** Microseconds that an article may come out ahead of its receipt. */
  aheadLimit: Micros
}

/** What came of the records of this life; of the last two by product over all lives. */
export interface NewsCounts {
  articles: number
  final: number
  correlated: number
  /** The article of a product that was there already. */
  repeated: number
  /** Found six hours or more after it came out: what was traded then is not known any more. */
  too_late: number
  no_headline: number
  /** Came out after it was received. */
  ahead: number
  /** Trades of a minute that is over. */
  late_trades: number
  /** Records that are no event. */
  dead: number
}

export function newNewsCounts(): NewsCounts {
  const articles = { articles: 0, final: 0, correlated: 0, repeated: 0, too_late: 0, no_headline: 0, ahead: 0 }
  return { ...articles, late_trades: 0, dead: 0 }
}

interface Product {
  minutes: UnusualMinutes
  /** Articles that are not judged yet, in the order in which they came. */
  waiting: SentimentRecord[]
  /** Of the last articles. */
  ids: Set<string>
  /** By the number of a minute that is not over: the first raw record of it. */
  openFrom: Map<number, number>
}

interface Memory {
  /** JSON has no infinity. */
  newest: Micros | null
  products: Record<string, { minutes: Json; waiting: SentimentRecord[]; ids: string[] }>
}

const minute: Micros = 60e6
const window: Micros = 60e6
/** So many articles of a product are known again. */
const rememberedIds = 200
/** A product whose market says nothing for so long, while others go on, is taken on to there: its minutes are over. */
const longestSilence: Micros = 3600e6

/**
 * Joins the articles of one partition with the volume of their products in event time: each becomes a provisional record at once, and a
 * final one when the product's market is 60 s past it. What is said does not depend on which of both came first.
 */
export class NewsPartition implements PartitionWork {
  readonly counts = newNewsCounts()
  readonly due: Outgoing[] = []
  private readonly settings: NewsSettings
  private readonly topics: NewsTopics
  private readonly mostProducts: number
  private readonly products = new Map<string, Product>()
  private newest = Number.NEGATIVE_INFINITY

  /** @param mostProducts records of more of them become dead letters. */
  constructor(settings: NewsSettings, topics: NewsTopics, mostProducts = 1000) {
    this.settings = settings
    this.topics = topics
    this.mostProducts = mostProducts
  }

  take(record: Incoming, again: boolean): void {
    const event = decodeEvent(record.value.toString())
    if (typeof event === 'string') this.refuse(record, again, 'dead', 'not_an_event', event)
    else if (record.topic === this.topics.news) this.takeNews(event, record, again)
    else if (event.type !== 'gap' && event.type !== 'news') this.takeMarket(event, record, again)
  }

  state(): WorkState {
    const products: Memory['products'] = {}
    let from = Number.POSITIVE_INFINITY
    for (const [name, { minutes, waiting, ids, openFrom }] of this.products) {
      products[name] = { minutes: minutes.state(), waiting, ids: [...ids] }
      const open = minutes.openFrom()
      for (const [number, offset] of openFrom)
        if (open === null || number * minute < open) openFrom.delete(number)
        else from = Math.min(from, offset)
    }
    const memory: Memory = { newest: this.newest, products }
    return { memory, from: Number.isFinite(from) ? { [this.topics.raw]: from } : {} }
  }

  restore(memory: object): void {
    const { newest, products } = memory as Memory
    this.newest = newest ?? Number.NEGATIVE_INFINITY
    for (const [name, { minutes, waiting, ids }] of Object.entries(products)) {
      const product = this.open(name)
      product.minutes.restore(minutes)
      product.waiting = waiting
      product.ids = new Set(ids)
    }
  }

  /** Articles that wait for their market. */
  waiting(): number {
    return [...this.products.values()].reduce((sum, { waiting }) => sum + waiting.length, 0)
  }

  /** By product, the share of random seconds beside unusual volume, up to now; null before there was any. */
  baseRates(): Map<string, number | null> {
    return new Map([...this.products].map(([name, { minutes }]) => [name, minutes.baseRate(Number.POSITIVE_INFINITY)]))
  }

  private takeMarket(event: MarketEvent, record: Incoming, again: boolean): void {
    const product = this.productOf(event.product, record, again)
    if (product === null) return
    const { minutes } = product
    const size = event.type === 'trade' ? unitsOfText(event.size) : null
    if (event.type === 'trade' && size !== null && size >= 0) {
      const taken = minutes.trade(event.time, event.id, size)
      if (taken === 'late' && !again) this.counts.late_trades++
      const number = Math.floor(event.time / minute)
      if (taken === 'taken' && !product.openFrom.has(number)) product.openFrom.set(number, record.offset)
    } else minutes.clock(event.time)
    this.judge(product)
    this.passTime(event.time)
  }

  private passTime(time: Micros): void {
    const passed = Math.floor(time / minute) > Math.floor(this.newest / minute)
    this.newest = Math.max(this.newest, time)
    if (!passed) return
    for (const product of this.products.values()) {
      product.minutes.clock(this.newest - longestSilence)
      this.judge(product)
    }
  }

  private takeNews(event: MarketEvent, record: Incoming, again: boolean): void {
    if (event.type !== 'news' || again) return
    const product = this.productOf(event.product, record, again)
    if (product === null) return
    const { received_at, time } = event
    if (event.headline.trim() === '') this.refuse(record, again, 'no_headline', 'no_headline')
    else if (received_at !== null && time - received_at > this.settings.aheadLimit)
      this.refuse(record, again, 'ahead', 'published_ahead')
    else if (product.ids.has(event.id)) this.counts.repeated++
    else this.begin(product, event)
  }

  private begin(product: Product, article: News): void {
    product.ids.add(article.id)
    if (product.ids.size > rememberedIds) product.ids.delete(product.ids.values().next().value!)
    this.counts.articles++
    const record = provisionalSentiment(article)
    this.give(record)
    product.waiting.push(record)
    this.judge(product)
  }

  /** Gives the final record of every article that the market is past. */
  private judge(product: Product): void {
    if (product.waiting.length === 0) return
    const { minutes } = product
    const isOver = ({ time }: SentimentRecord): boolean => minutes.watermark >= time + window
    for (const record of product.waiting) if (isOver(record)) this.give(this.verdictOf(record, minutes))
    product.waiting = product.waiting.filter(record => !isOver(record))
  }

  private verdictOf(record: SentimentRecord, minutes: UnusualMinutes): SentimentRecord {
    const { time, sentiment_score } = record
    this.counts.final++
    if (!minutes.knows(time - window)) {
      this.counts.too_late++
      return finalSentiment(record, null, null)
    }
    const { page } = joinNews(minutes.scores(), time, sentiment_score)
    if (page.correlated) this.counts.correlated++
    return finalSentiment(record, page, minutes.baseRate(time + window))
  }

  private give(record: SentimentRecord): void {
    this.due.push({ topic: this.topics.sentiment, key: record.product, value: encodeSentiment(record) })
  }

  private productOf(name: string, record: Incoming, again: boolean): Product | null {
    const known = this.products.get(name)
    if (known !== undefined) return known
    if (this.products.size < this.mostProducts) return this.open(name)
    this.refuse(record, again, 'dead', 'too_many_products')
    return null
  }

  private open(name: string): Product {
    const minutes = new UnusualMinutes(this.settings.lag)
    const product = { minutes, waiting: [], ids: new Set<string>(), openFrom: new Map<number, number>() }
    this.products.set(name, product)
    return product
  }

  private refuse(record: Incoming, again: boolean, count: keyof NewsCounts, reason: string, detail?: string): void {
    if (again) return
    this.counts[count]++
    this.due.push(deadLetterOf({ ...record, detail }, reason))
  }
}
