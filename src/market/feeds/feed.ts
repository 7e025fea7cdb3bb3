import type { Candle, Clock, Micros, News, Quote, Trade } from '../../core/events/event.ts'

/** What only the connection knows; the decoder adds it. */
type Bare<Event> = Omit<Event, 'feed' | 'received_at' | 'connection' | 'sequence'>
/** An event as its frame tells it; `product` is the exchange's own symbol. */
export type TimedEvent = Bare<Quote> | Bare<Trade> | Bare<Clock> | Bare<Candle> | Bare<News>
/** A quote or clock without a time of its own has its frame's. */
type FeedEvent = Exclude<TimedEvent, Bare<Quote> | Bare<Clock>> | Untimed<Bare<Quote>> | Untimed<Bare<Clock>>
type Untimed<Event> = Omit<Event, 'time'> & { time: Micros | null }

/** One parsed frame, read by itself: a feed keeps no state. */
export interface Reading {
  /** The exchange's time of the frame; null where it has none or none that can be read: its receipt stands in where the clock is `receipt`. */
  time: Micros | null
  /** The frame's number; null where it has none. */
  sequence: number | null
  /** Quotes, trades, candles that are over, news; a clock only where the frame names its product. */
  events: FeedEvent[]
  /** What the frame is where it holds no market data, such as `channel level2`; null where it does. */
  other: string | null
  /** The frame shows that its connection is alive: a clock for each product there, at the frame's time. */
  heartbeat: boolean
  /** Symbols that the exchange says it serves here. */
  acknowledged: string[]
  /** What is malformed, as `addFault` keeps it. */
  faults: Fault[]
}

/** `item` is the faulty part of a frame, absent when the whole frame is; `count` faults are meant, one when absent. */
export interface Fault {
  reason: string
  item?: unknown
  count?: number
}

/** What an exchange says to a request. `refused`: the login is not taken, and to try again would not help. */
export type Answer = { served: string[] } | { error: string } | { refused: string }

/**
 * One market-data feed: how to ask for it and how to read it. One file a feed; nothing else knows its wire. Products are
 * `symbols` here, the exchange's own names; the config says how they are called on topics and in rows.
 * @example
 * const polygon: Feed = {
 *   name: 'polygon', venue: 'polygon', url: 'wss://socket.polygon.io/stocks', channels: ['T', 'Q'],
 *   numbering: 'none',
 *   clock: 'receipt',
 *   logIn: secret => [JSON.stringify({ action: 'auth', params: secret })],
 *   subscribe: (symbols, channels) =>
 *     channels.flatMap(channel => symbols.map(symbol => JSON.stringify({ action: 'subscribe', params: `${channel}.${symbol}` }))),
 *   answer: message => …,
 *   recognises: frame => Array.isArray(frame) && asObject(frame[0])?.ev !== undefined,
 *   read: frame => …,
 * }
 */
export interface Feed {
  name: string
  /** The market behind it. Feeds of one venue bring the same products: each may stand in for the other, see `ProductOwners`. */
  venue: string
  url: string
  /** The same for regions that are refused there (status 451). */
  fallbackUrl?: string
  /** All that it can be asked for, by names of our own; the config may choose among them. */
  channels: readonly string[]
  /** Those asked for where the config names none; all of them when absent. */
  usualChannels?: readonly string[]
  /**
   * `connection`: one contiguous numbering of a connection's frames, a hole is a loss; `product`: only rising, a hole says
   * nothing; `none`: frames have no numbers, they are counted as they come.
   */
  numbering: 'connection' | 'product' | 'none'
  /** What of a product follows each other without holes on a connection, so that a hole is a loss: ids of its trades, its candles. */
  contiguous?: readonly ('trade_ids' | 'candles')[]
  /** Whose clock closes windows in a silent market: the exchange's `heartbeat`, or our time of `receipt`. */
  clock: 'heartbeat' | 'receipt'
  /** Nothing need come for hours, its market closed: that it answers our pings shows that a connection lives. */
  quiet?: true
  /** What it brings belongs to no market: its products may be another feed's as well, and its events go to the topic of news. */
  brings?: 'news'
  /** It has no socket and is asked over HTTP, again and again. */
  poll?: PollApi
  /** Messages to send before all others, where the exchange wants a login. The secret stands nowhere else. */
  logIn?(secret: string): string[]
  /** The address of these products, where it names them; `url` when absent. */
  address?(url: string, symbols: string[], channels: readonly string[]): string
  /** Headers of the handshake, or of a question, where the exchange wants its key there: an address is seen by others. */
  headers?(secret: string): Record<string, string>
  /** Messages to send after the socket opens; the exchange acknowledges each once. Where there is none, any frame stands for that. */
  subscribe(symbols: string[], channels: readonly string[]): string[]
  /** What a message says to them; null for all others, cheaply. */
  answer(message: string): Answer | null
  /** Whether an object or a list has the shape of this feed's frames. */
  recognises(frame: object): boolean
  /** Never throws: what is malformed is a fault of the reading. */
  read(frame: unknown): Reading
  /**
   * The frame in a text of exactly the usual shape, without the parts that `read` and `recognises` do not look at: several times
   * faster than to parse all of it. null for every other text, also for what is no JSON; it is parsed then, as is what has faults.
   */
  skim?(text: string): object | null
  /** How to ask for a stretch of time afterwards; absent where the exchange has no such question. */
  rest?: RestApi
}

/** How to ask a feed without a socket. */
export interface PollApi {
  /** Each product is asked for so often … */
  every_s: number
  /** … unless that were more calls than these, over all products. */
  calls_per_minute: number
  /** What follows the address: all that came out on these days, UTC, both included, such as `2026-01-05`. */
  question(symbol: string, from: string, to: string): string
}

/** What an exchange answers over HTTP. */
export interface RestApi {
  url: string
  /** The same for all: asked where `url` refuses the region (status 451). */
  fallbackUrl?: string
  /** Its answers say in `header` how much was asked in this minute; beyond `limit` we wait for the next one. */
  budget?: { header: string; limit: number }
  /** What follows the address, bounds included: the trades of the stretch; it does not matter from which end, nor how many at once. */
  trades(symbol: string, from: Micros, to: Micros): string
  /** The candles that end in the stretch, where their channel is listened to: for a gap, and at the start for so long before. */
  candles?: { channel: string; question(symbol: string, from: Micros, to: Micros): string; history: Micros }
  /** Whether a refusal says that there is no such product. */
  isUnknown?(refusal: string): boolean
  /** Reads any of its answers. What is not over by `received_at` is no candle. */
  read(answer: unknown, asked: { symbol: string; received_at: Micros }): Reading
}
