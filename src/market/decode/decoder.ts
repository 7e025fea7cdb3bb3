import type { MarketEvent, Micros } from '../../core/events/event.ts'
import type { DeadLetter, RawRecord } from '../bronze/record.ts'
import type { ConfiguredFeed } from '../feeds/configured_feeds.ts'
import { countName, type DecoderCounters, emptyCounters } from './counters.ts'
import { type DecodedLine, ignore, newLine } from './decoded_line.ts'
import { GapFinder, type GapsState } from './find_gaps.ts'
import { letterOf } from './frame_event.ts'
import { type LeftOut, leaveOut } from './left_out.ts'
import { ProductMerger, type ProductsState } from './merge_products.ts'
import type { OpenGap } from './open_gaps.ts'
import { ProductOwners } from './product_owners.ts'
import { LineReader, type LinesState } from './read_lines.ts'

/** What came of one record. */
export interface Decoded {
  events: MarketEvent[]
  dead: DeadLetter[]
  /** What of it came to nothing and is no dead letter, by reason. Events, dead letters and this are never all empty. */
  ignored: ReadonlyMap<string, number>
}

/** Plain JSON. */
export type DecoderSnapshot = LinesState & Partial<GapsState> & ProductsState

/** What a decoder is made for; times in microseconds. */
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

/** See `createDecoder`. */
export interface Decoder {
  /**
   * The events of one record, gaps first, in the frame's order. Never throws: what is malformed becomes a dead letter, and so
   * does a whole record on which this program fails, lest it fail again on it after each start.
   */
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
  const products = new ProductMerger(gaps.single, outOfOrderness, counters, snapshot)
  const steps = [lines, gaps, products]
  return {
    decode(record) {
      const line = newLine(record)
      try {
        for (const step of steps) step.take(line)
      } catch (error) {
        refuseWhole(line, error as Error, counters)
      }
      const { events, dead } = line
      for (const event of events) {
        if (event.type === 'gap' && event.withdrawn) counters.withdrawn++
        else counters.events[event.type]++
        if (event.type === 'gap' && !event.withdrawn) counters.gaps[event.reason]++
      }
      if (events.length + dead.length + line.ignored.size === 0) ignore(line, whyNothing(line))
      const { ignored } = line
      addDecoded(counters.left_out, record, { events, dead, ignored })
      return { events, dead, ignored }
    },
    snapshot: () => ({ ...lines.snapshot(), ...gaps.snapshot(), ...products.snapshot() }),
    openGaps: () => products.openGaps,
    counters,
  }
}

function refuseWhole(line: DecodedLine, { message }: Error, counters: DecoderCounters): void {
  line.events = []
  line.dead.push(letterOf(line.record, { reason: 'decoder_failed', detail: message }))
  countName(counters.dead, 'decoder_failed')
}

function whyNothing({ record, read }: DecodedLine): string {
  if (record.control) return 'control'
  if (record.backfill) return 'backfill'
  const { heartbeat, events } = read!.reading
  if (record.role !== undefined) return 'other connection'
  return heartbeat ? 'heartbeat' : events.length > 0 ? 'repeated' : 'empty'
}

/** Adds what came to nothing of a record. */
export function addDecoded(all: LeftOut, record: RawRecord, { dead, ignored }: Decoded): void {
  for (const { reason, where, count } of dead) leaveOut(all, reason, where, count)
  for (const [reason, count] of ignored) leaveOut(all, reason, `${record.file}:${record.line}`, count)
}
