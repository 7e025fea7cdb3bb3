import type { Clock, Micros, Quote, Trade } from '../../core/events/event.ts'

/** What only the connection knows; the decoder adds it. */
type Bare<Event> = Omit<Event, 'feed' | 'received_at' | 'connection' | 'sequence'>
/** An event as its frame tells it; `product` is the exchange's own symbol. */
export type TimedEvent = Bare<Quote> | Bare<Trade> | Bare<Clock>
/** A quote without a time of its own has its frame's. */
type FeedEvent = Exclude<TimedEvent, Bare<Quote>> | (Omit<Bare<Quote>, 'time'> & { time: Micros | null })

/** One parsed frame, read by itself: a feed keeps no state. */
export interface Reading {
  /** The exchange's time of the frame; null where it has none or none that can be read: its receipt stands in where the clock is `receipt`. */
  time: Micros | null
  /** The frame's number; null where it has none. */
  sequence: number | null
  /** Quotes and trades; a clock only where the frame names its product. */
  events: FeedEvent[]
  /** The frame shows that its connection is alive: a clock for each product there, at the frame's time. */
  heartbeat: boolean
  /** Symbols that the exchange says it serves here. */
  acknowledged: string[]
  /** What is malformed: `item` is the faulty part, absent when the whole frame is. */
  faults: { reason: string; item?: unknown }[]
}

/** What an exchange says to a request. */
export type Answer = { served: string[] } | { error: string }

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
  /** All that it can be asked for, by names of our own; the config may choose among them. */
  channels: readonly string[]
  /**
   * `connection`: one contiguous numbering of a connection's frames, a hole is a loss; `product`: only rising, a hole says
   * nothing; `none`: frames have no numbers, they are counted as they come.
   */
  numbering: 'connection' | 'product' | 'none'
  /** Whose clock closes windows in a silent market: the exchange's `heartbeat`, or our time of `receipt`. */
  clock: 'heartbeat' | 'receipt'
  /** Messages to send before all others, where the exchange wants a login. The secret stands nowhere else. */
  logIn?(secret: string): string[]
  /** Messages to send after the socket opens; the exchange acknowledges each once. */
  subscribe(symbols: string[], channels: readonly string[]): string[]
  /** What a message says to them; null for all others, cheaply. */
  answer(message: string): Answer | null
  /** Whether an object or a list has the shape of this feed's frames. */
  recognises(frame: object): boolean
  /** Never throws: what is malformed is a fault of the reading. */
  read(frame: unknown): Reading
  /** How to ask for the trades of a stretch of time afterwards; absent where the exchange has no such question. */
  rest?: {
    url: string
    /** What follows the address: the newest trades of the stretch, bounds included. */
    question(symbol: string, from: Micros, to: Micros): string
    read(answer: unknown): Reading
  }
}
