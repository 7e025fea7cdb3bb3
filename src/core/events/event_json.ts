import type { MarketEvent } from './event.ts'

/** A market event as it stands on `ticks.raw`. */
export function encodeEvent(event: MarketEvent): string {
  return JSON.stringify(event)
}

/** @returns the event that a record of `ticks.raw` holds, or the reason why it is none. */
export function decodeEvent(text: string): MarketEvent | string {
  let event: MarketEvent
  try {
    event = JSON.parse(text)
  } catch {
    return 'not JSON'
  }
  if (typeof event !== 'object' || event === null) return 'not a JSON object'
  return eventFault(event) ?? event
}

/** Why an object from anywhere is no market event; null where it is one. */
export function eventFault(event: MarketEvent): string | null {
  if (typeof event.product !== 'string' || event.product === '') return 'product is not a text'
  if (typeof event.feed !== 'string') return 'feed is not a text'
  if (!Number.isSafeInteger(event.time)) return 'time is not a whole number of microseconds'
  if (event.received_at !== null && !Number.isSafeInteger(event.received_at))
    return 'received_at is neither null nor whole'
  if (typeof event.connection !== 'string') return 'connection is not a text'
  if (!Number.isSafeInteger(event.sequence) || !Number.isSafeInteger(event.index))
    return 'sequence or index is not whole'
  switch (event.type) {
    case 'quote':
      return isText(event.bid) && isText(event.ask) && isText(event.bid_size) && isText(event.ask_size)
        ? null
        : 'a price or size of the quote is neither a text nor null'
    case 'trade':
      return typeof event.id === 'string' && typeof event.price === 'string' && typeof event.size === 'string'
        ? null
        : 'id, price or size of the trade is not a text'
    case 'gap':
      return Number.isSafeInteger(event.from) && Number.isSafeInteger(event.to)
        ? null
        : 'from or to of the gap is not whole'
    case 'candle':
      return typeof event.interval === 'string' &&
        Number.isSafeInteger(event.start) &&
        event.closed === true &&
        [event.open, event.high, event.low, event.close, event.volume].every(text => typeof text === 'string')
        ? null
        : 'interval, start, closed or a number of the candle is not as it should be'
    case 'news':
      return typeof event.id === 'string' && typeof event.headline === 'string'
        ? null
        : 'id or headline of the news is not a text'
    case 'clock':
      return null
    default:
      return 'type is none of quote, trade, clock, gap, candle, news'
  }
}

function isText(value: string | null): boolean {
  return typeof value === 'string' || value === null
}
