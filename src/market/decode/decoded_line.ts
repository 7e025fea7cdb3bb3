import type { MarketEvent, Micros } from '../../core/events/event.ts'
import type { BackfillSpan, DeadLetter, RawRecord } from '../bronze/record.ts'
import type { Feed, Reading, TimedEvent } from '../feeds/feed.ts'

/** One record on its way through the decoder: each step adds to it. */
export interface DecodedLine {
  readonly record: RawRecord
  /** What was asked for over REST, the product by our name; null for all that came by itself. */
  span: BackfillSpan | null
  /** What its frame says, and the feed that read it; null where there is no frame. */
  read: { feed: Feed; reading: Reading } | null
  /** When the frame was sent; null where it has no time that can be. */
  time: Micros | null
  /** Products that it names, as far as its feed may bring them. */
  products: string[]
  /** Quotes, trades and clocks that count, not numbered yet. */
  bare: TimedEvent[]
  events: MarketEvent[]
  dead: DeadLetter[]
}

/** One step of the decoder. Its state is plain JSON, and a pure function of the records so far. */
export interface DecoderStep<State> {
  take(line: DecodedLine): void
  /** Goes into the decoder's snapshot. */
  snapshot(): State
}

export function newLine(record: RawRecord): DecodedLine {
  return { record, span: null, read: null, time: null, products: [], bare: [], events: [], dead: [] }
}
