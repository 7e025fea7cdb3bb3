import type { MarketEvent, Micros } from '../../core/events/event.ts'
import type { DeadLetter, RawRecord } from '../bronze/record.ts'
import type { ConfiguredFeed } from '../feeds/configured_feeds.ts'
import { type DecoderCounters, emptyCounters } from './counters.ts'
import { newLine } from './decoded_line.ts'
import { GapFinder, type GapsState } from './find_gaps.ts'
import { ProductMerger, type ProductsState } from './merge_products.ts'
import type { OpenGap } from './open_gaps.ts'
import { ProductOwners } from './product_owners.ts'
import { LineReader, type LinesState } from './read_lines.ts'

export interface Decoded {
  events: MarketEvent[]
  dead: DeadLetter[]
}

/** Plain JSON. */
export type DecoderSnapshot = LinesState & Partial<GapsState> & ProductsState

export interface DecoderOptions {
  /** Whose events are wanted, and of which products. */
  feeds: readonly Pick<ConfiguredFeed, 'feed' | 'products'>[]
  /** An event so far ahead of its receipt is rejected. */
  aheadLimit: Micros
  /** As the windows have it: what is so far behind can change no row. */
  outOfOrderness: Micros
  /** As the sessions have it: after so long without a quote or trade of it another feed may bring a product. */
  sessionReset: Micros
  /** Goes on where the decoder that gave this stood. */
  snapshot?: DecoderSnapshot
}

export interface Decoder {
  /** The events of one record, gaps first, in the frame's order. Never throws: what is malformed becomes a dead letter. */
  decode(record: RawRecord): Decoded
  /** Its state. */
  snapshot(): DecoderSnapshot
  /** Gaps that bronze does not mark as filled in, oldest first; the young ones. */
  openGaps(): readonly OpenGap[]
  readonly counters: DecoderCounters
}

/**
 * Turns raw records into market events: a pure function of the records so far, in three steps. Lines: what each says and what
 * of it counts. Gaps: what was lost between them. Products: one stream of each, whatever connections it came on.
 * @example
 * const decoder = createDecoder(decoderOptions(readConfig()))
 * for await (const record of readRaw(['data/raw/a.ndjson'])) {
 *   const { events, dead } = decoder.decode(record)
 * }
 * decoder.counters.dead // { time_ahead: 2, product_of_another_feed: 17 }
 */
export function createDecoder({ feeds, aheadLimit, outOfOrderness, sessionReset, snapshot }: DecoderOptions): Decoder {
  const counters = emptyCounters()
  const owners = new ProductOwners(feeds, sessionReset, snapshot?.holders)
  const known = feeds.map(({ feed }) => feed)
  const lines = new LineReader(known, owners, aheadLimit, counters)
  const gaps = new GapFinder(owners, snapshot)
  const products = new ProductMerger(gaps.single, outOfOrderness, snapshot)
  const steps = [lines, gaps, products]
  return {
    decode(record) {
      const line = newLine(record)
      for (const step of steps) step.take(line)
      const { events, dead } = line
      for (const event of events) {
        counters.events[event.type]++
        if (event.type === 'gap') counters.gaps[event.reason]++
      }
      return { events, dead }
    },
    snapshot: () => ({ ...lines.snapshot(), ...gaps.snapshot(), ...products.snapshot() }),
    openGaps: () => products.openGaps,
    counters,
  }
}
