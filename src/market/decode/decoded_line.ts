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
  /** What of it is neither, by reason; `ignore` adds to it. */
  ignored: ReadonlyMap<string, number>
}

/** One step of the decoder. Its state is plain JSON, and a pure function of the records so far. */
export interface DecoderStep<State> {
  take(line: DecodedLine): void
  /** Goes into the decoder's snapshot. */
  snapshot(): State
}

/** Of most lines: a map each would cost more than all else that a line is made of. */
const nothing: ReadonlyMap<string, number> = new Map()

export function ignore(line: DecodedLine, reason: string): void {
  if (line.ignored === nothing) line.ignored = new Map()
  const ignored = line.ignored as Map<string, number>
  ignored.set(reason, (ignored.get(reason) ?? 0) + 1)
}

export function newLine(record: RawRecord): DecodedLine {
  return {
    record,
    span: null,
    read: null,
    time: null,
    products: [],
    bare: [],
    events: [],
    dead: [],
    ignored: nothing,
  }
}
