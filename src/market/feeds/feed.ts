import type { Clock, Micros, Quote, Trade } from '../../core/events/event.ts'

/** What only the connection knows; the decoder adds it. */
type Bare<Event> = Omit<Event, 'feed' | 'received_at' | 'connection' | 'sequence'>
export type FeedEvent = Bare<Quote> | Bare<Trade> | Bare<Clock>

/** One parsed frame, read by itself: a feed keeps no state. */
export interface Reading {
  /** The exchange's time of the frame; null where it has none or none that can be read. */
  time: Micros | null
  /** The frame's number; null where it has none. */
  sequence: number | null
  /** Quotes and trades; a clock only where the frame names its product. */
  events: FeedEvent[]
  /** A heartbeat of the whole connection: a clock for each of its products. */
  heartbeat: boolean
  /** Products that the exchange says it serves here. */
  acknowledged: string[]
  /** What is malformed: `item` is the faulty part, absent when the whole frame is. */
  faults: { reason: string; item?: unknown }[]
}

/** One market-data feed: how to ask for it and how to read it. One file a feed. */
export interface Feed {
  name: string
  url: string
  /** `connection`: one contiguous numbering, a hole is a loss; `product`: only rising, a hole says nothing. */
  numbering: 'connection' | 'product'
  /** Messages to send after the socket opens. Channels by the names of config.feed.channels. */
  subscribe(products: string[], channels: string[]): string[]
  /** Whether an object has the shape of this feed's frames. */
  recognises(frame: object): boolean
  read(frame: object): Reading
  /** How to ask for the trades of a stretch of time afterwards; absent where the exchange has no such question. */
  rest?: {
    url: string
    /** What follows the address: the newest trades of the stretch, bounds included. */
    question(product: string, from: Micros, to: Micros): string
    read(answer: object): Reading
  }
}
