/** Time in integer microseconds since the epoch, UTC. */
export type Micros = number

/** What every market event carries. */
interface EventBase {
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
  /** The frame's number on its connection; for a gap the first missing one. */
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

export interface Trade extends EventBase {
  type: 'trade'
  id: string
  price: string
  size: string
  /** Side of the taker. */
  side: 'buy' | 'sell' | null
  /** Asked for over REST after a gap: it goes to the late output, whatever its second. Else absent. */
  backfilled?: true
}

/** Time only: a heartbeat, given to every product of its connection. */
export interface Clock extends EventBase {
  type: 'clock'
}

/** What was lost, from the last event before to the first one after. `time` is `to`. */
export interface Gap extends EventBase {
  type: 'gap'
  reason: 'sequence' | 'disconnect' | 'stale'
  from: Micros
  to: Micros
  /** How many frames are missing, null where unknown. */
  missing: number | null
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
export type MarketEvent = Quote | Trade | Clock | Gap

/**
 * Total order of events, whatever their arrival: by time; at one time quotes, clocks and gaps by (connection, sequence,
 * index), then trades by id, and one id is one trade on whatever connection it comes. Trades stand apart because an order that compares them by id and everything else by
 * connection would not be transitive.
 */
export function compareEvents(a: MarketEvent, b: MarketEvent): number {
  if (a.time !== b.time) return a.time - b.time
  if (a.type === 'trade' || b.type === 'trade') {
    if (a.type !== b.type) return a.type === 'trade' ? 1 : -1
    return compareIds((a as Trade).id, (b as Trade).id)
  }
  if (a.connection !== b.connection) return a.connection < b.connection ? -1 : 1
  if (a.sequence !== b.sequence) return a.sequence - b.sequence
  return a.index - b.index
}

/** What makes two records the same event; a repeated identity counts once. */
export function identityOf(event: MarketEvent): string {
  if (event.type === 'trade') return `t${event.id}`
  if (event.type === 'gap') return `g${event.connection} ${event.sequence}`
  return `${event.type === 'quote' ? 'q' : 'c'}${event.connection} ${event.sequence} ${event.index}`
}

/** Order of trade ids: the shorter first, then as text; so numbers are in their order. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}
