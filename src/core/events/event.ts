/** Time in integer microseconds since the epoch, UTC. */
export type Micros = number

/** What every market event carries. */
export interface EventBase {
  /** The feed that brought it: the venue. A product is brought by one feed at a time. */
  feed: string
  /** The instrument, by the name that the config gives it. */
  product: string
  /** Event time by the exchange's clock. */
  time: Micros
  /** When the frame was received; null where a saved file does not say. */
  received_at: Micros | null
  /** Names one socket connection, or one stretch of a bare file. */
  connection: string
  /** The frame's number on its connection; for a gap the first missing one, a trade's id or a candle's start where those are missing. */
  sequence: number
  /** The event's place in its frame. */
  index: number
}

/** Top of the book. Prices and sizes are the wire's decimal strings; null where the feed does not give them. */
export interface Quote extends EventBase {
  type: 'quote'
  bid: string | null
  ask: string | null
  bid_size: string | null
  ask_size: string | null
  /** Last traded price. */
  last: string | null
}

/** A trade that is a correction of another one, or that the tape keeps out of the last price or out of the volume. */
export type TradeFlag = 'correction' | 'not_last' | 'not_volume'

/** A trade. Price and size are the decimal strings of the wire. */
export interface Trade extends EventBase {
  type: 'trade'
  id: string
  /** Where it stands for several trades of one taker at one price: the id of the first of them, `id` being the last. */
  first_id?: string
  price: string
  size: string
  /** Side of the taker. */
  side: 'buy' | 'sell' | null
  /** What sets it apart, by the exchange's own conditions; absent where nothing does. */
  flags?: TradeFlag[]
  /** Asked for over REST after a gap: it goes to the late output, whatever its second. Else absent. */
  backfilled?: true
}

/** Time only: a heartbeat, given to every product of its connection. */
export interface Clock extends EventBase {
  type: 'clock'
}

/**
 * An exchange's own bar, once it is over: of an unfinished one no event is made. `time` is its end, when it could first be
 * known, so it moves a watermark as a clock does and never beyond it. No bar of ours takes anything from it.
 */
export interface Candle extends EventBase {
  type: 'candle'
  /** Its length, such as `1m`. */
  interval: string
  /** When it began; its end is `time`. */
  start: Micros
  open: string
  high: string
  low: string
  close: string
  /** In the product's own unit. */
  volume: string
  /** How many trades are in it; null where the exchange does not say. */
  trades: number | null
  closed: true
  /** Asked for over REST. Else absent. */
  backfilled?: true
}

/** An article about a product, at the time of its publication, which moves no watermark: it is not the market's clock. */
export interface News extends EventBase {
  type: 'news'
  /** The publisher's, one article the same under each product. */
  id: string
  headline: string
  /** These are empty where there is none. */
  summary: string
  source: string
  url: string
  category: string
}

/** What was lost, from the last event before to the first one after. `time` is `to`. */
export interface Gap extends EventBase {
  type: 'gap'
  /** Missing frames, trades by their ids, or candles; or a connection that ended. */
  reason: 'sequence' | 'trade_ids' | 'candles' | 'disconnect' | 'stale'
  from: Micros
  to: Micros
  /** How many frames, trades or candles are missing, null where unknown. */
  missing: number | null
  /** All of them came after all, out of order: the gap of this connection and number is none. Else absent. */
  withdrawn?: true
}

/**
 * What stands on `ticks.raw`, one record an event, key product.
 * @example
 * const quote: Quote = {
 *   type: 'quote', feed: 'coinbase', product: 'BTC-USD', time: 1_775_337_223_291_084, received_at: 1_775_337_223_300_000,
 *   connection: 'coinbase-20260404T211343000Z-000001', sequence: 7, index: 0,
 *   bid: '66853.90', ask: '66853.91', bid_size: '0.25', ask_size: '1.5', last: '66853.91',
 * }
 */
export type MarketEvent = Quote | Trade | Clock | Gap | Candle | News

/** Kinds whose repeats come on other connections stand apart, each with an order of its own. */
const ranks = { quote: 0, clock: 0, gap: 0, trade: 1, candle: 2, news: 3 }

/**
 * Total order of events, whatever their arrival: by time; at one time quotes, clocks and gaps by (connection, sequence,
 * index), then trades by id, candles by interval, news by id: one id is one trade on whatever connection it comes. These
 * stand apart because an order that compares some by id and others by connection would not be transitive.
 */
export function compareEvents(a: MarketEvent, b: MarketEvent): number {
  if (a.time !== b.time) return a.time - b.time
  if (a.type === 'trade' && b.type === 'trade') return compareIds(a.id, b.id)
  if (a.type === 'candle' && b.type === 'candle') return compareIds(a.interval, b.interval)
  if (a.type === 'news' && b.type === 'news') return compareIds(a.id, b.id)
  const rank = ranks[a.type] - ranks[b.type]
  if (rank !== 0) return rank
  if (a.connection !== b.connection) return a.connection < b.connection ? -1 : 1
  if (a.sequence !== b.sequence) return a.sequence - b.sequence
  return a.index - b.index
}

/** What makes two records the same event of their product; a repeated identity counts once. */
export function identityOf(event: MarketEvent): string {
  switch (event.type) {
    case 'trade':
      return `t${event.id}`
    case 'candle':
      return `k${event.interval} ${event.start}`
    case 'news':
      return `n${event.id}`
    case 'gap':
      return `${event.withdrawn ? 'w' : 'g'}${event.connection} ${event.sequence}`
    default:
      return `${event.type === 'quote' ? 'q' : 'c'}${event.connection} ${event.sequence} ${event.index}`
  }
}

/** Order of trade ids: the shorter first, then as text; so numbers are in their order. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}
