import type { MarketEvent, Micros } from '../../core/events/event.ts'
import type { BackfillSpan, DeadLetter, RawRecord, Role } from '../bronze/record.ts'
import type { Feed, FeedEvent, Reading } from '../feeds/feed.ts'
import { feedByName } from '../feeds/feeds.ts'
import { asObject } from '../feeds/reading.ts'
import { readBackfill } from './backfill_answer.ts'
import { Continuity, type ContinuitySnapshot } from './continuity.ts'
import { countName, type DecoderCounters, emptyCounters } from './counters.ts'
import { bytesOf, complete } from './frame_event.ts'
import { type OpenGap, OpenGaps } from './open_gaps.ts'
import { ProductTradeIds } from './product_trade_ids.ts'
import { Redundancy, type RedundancySnapshot } from './redundancy.ts'
import type { IdRanges } from './trade_ids.ts'

export interface Decoded {
  events: MarketEvent[]
  dead: DeadLetter[]
}

export interface DecoderSnapshot extends ContinuitySnapshot {
  /** Where a feed has two connections. */
  redundancy?: RedundancySnapshot
  /** Ids of the trades given out, by product. */
  trades?: Record<string, IdRanges>
  /** Of these, those that a back-fill brought. */
  filled?: Record<string, IdRanges>
  /** Gaps that are not filled in. */
  gaps?: OpenGap[]
}

export interface DecoderOptions {
  /** Products whose events are wanted. */
  products: string[]
  /** An event so far ahead of its receipt, in microseconds, is rejected. */
  aheadLimit: Micros
  /** As the windows have it, in microseconds: what is so far behind can change no row. */
  outOfOrderness: Micros
  /** Goes on where the decoder that gave this stood. */
  snapshot?: DecoderSnapshot
}

export interface Decoder {
  /** The events of one record, gaps first, in the frame's order. Never throws: what is malformed becomes a dead letter. */
  decode(record: RawRecord): Decoded
  /** Its state as plain JSON. */
  snapshot(): DecoderSnapshot
  /** Gaps that bronze does not mark as filled in, oldest first; the young ones. */
  openGaps(): readonly OpenGap[]
  readonly counters: DecoderCounters
}

/** Turns raw records into market events: a pure function of the records so far. */
export function createDecoder(options: DecoderOptions): Decoder {
  const { aheadLimit, outOfOrderness } = options
  const products = new Set(options.products)
  const single = new Continuity(options.snapshot)
  const seen = new ProductTradeIds(options.snapshot?.trades)
  const filled = new ProductTradeIds(options.snapshot?.filled)
  const { redundancy: saved } = options.snapshot ?? {}
  let redundancy = saved && new Redundancy(isNewTrade, single, saved)
  let continuity = single
  const open = new OpenGaps(options.snapshot?.gaps)
  const counters = emptyCounters()

  function snapshot(): DecoderSnapshot {
    const state: DecoderSnapshot = single.snapshot()
    if (redundancy) state.redundancy = redundancy.snapshot()
    if (!seen.empty) state.trades = seen.snapshot()
    if (!filled.empty) state.filled = filled.snapshot()
    if (open.list.length > 0) state.gaps = [...open.list]
    return state
  }

  function decode(record: RawRecord): Decoded {
    const out: Decoded = { events: [], dead: [] }
    if (record.role) decodeOneOfTwo(out, record, record.role)
    else if (record.backfill && record.control === 'filled') open.fill(record.feed, record.backfill)
    else if (record.backfill) decodeBackfill(out, record, record.backfill)
    else {
      continuity = single
      decodeLine(out, record)
    }
    for (const event of out.events) {
      counters.events[event.type]++
      if (event.type === 'gap') {
        counters.gaps[event.reason]++
        open.add(event)
      } else if (event.type === 'trade') isNewTrade(event.product, event.id)
    }
    return out
  }

  function decodeOneOfTwo(out: Decoded, record: RawRecord, role: Role): void {
    redundancy ??= new Redundancy(isNewTrade, single)
    continuity = redundancy.continuity(role)
    const time = decodeLine(out, record)
    out.events = record.control
      ? redundancy.control(role, record.control, record.received_at)
      : redundancy.take(role, record, out.events, time)
    for (const event of out.events) single.pass(event)
  }

  function decodeBackfill(out: Decoded, record: RawRecord, span: BackfillSpan): void {
    const { trades, faults } = readBackfill(record, span)
    for (const { reason, item } of faults) refuse(out, record, reason, item)
    for (const trade of trades) {
      if (!products.has(trade.product) || !isNewTrade(trade.product, trade.id)) continue
      filled.add(trade.product, trade.id)
      out.events.push(trade)
    }
  }

  function isNewTrade(product: string, id: string): boolean {
    return seen.add(product, id)
  }

  /** A new connection shows the last trades again. One that was filled in, and is too late for a row, is late already. */
  function isFilled(event: MarketEvent): boolean {
    if (event.type !== 'trade' || !filled.has(event.product, event.id)) return false
    const closes = (Math.floor(event.time / 1e6) + 1) * 1e6 + outOfOrderness
    return single.lastOf(event.product) >= closes
  }

  /** @returns the time of its frame; null where it has none that can be. */
  function decodeLine(out: Decoded, record: RawRecord): Micros | null {
    if (record.control) continuity.control(record.connection, record.control)
    else if (record.dead !== undefined) refuse(out, record, record.dead)
    else return decodeFrame(out, record)
    return null
  }

  function decodeFrame(out: Decoded, record: RawRecord): Micros | null {
    counters.frames++
    const frame = asObject(record.frame)
    const feed = feedByName(record.feed)
    if (feed === undefined || frame === null) {
      refuse(out, record, feed ? 'not_object' : 'unknown_feed')
      return null
    }
    const reading = feed.read(frame)
    for (const { reason, item } of reading.faults) refuse(out, record, reason, item)
    const possible = record.rejected === undefined && !ahead(reading.time, record.received_at)
    const time = possible ? reading.time : null
    follow(out, record, feed, reading, time)
    if (record.rejected) {
      counters.rejected++
      refuse(out, record, record.rejected)
    } else keepEvents(out, record, reading, time)
    return time
  }

  /** Holes in the numbering, and the products that the connection turns out to serve. */
  function follow(out: Decoded, record: RawRecord, feed: Feed, reading: Reading, time: Micros | null): void {
    const { sequence } = reading
    if (feed.numbering === 'connection' && sequence !== null) {
      for (const gap of continuity.advance(record, sequence, time)) out.events.push(gap)
    }
    for (const product of reading.acknowledged) learn(record, product, sequence)
    for (const { product } of reading.events) learn(record, product, sequence)
  }

  function learn(record: RawRecord, product: string, sequence: number | null): void {
    if (products.has(product)) continuity.learn(record.connection, product, sequence ?? -1)
  }

  function keepEvents(out: Decoded, record: RawRecord, reading: Reading, frameTime: Micros | null): void {
    const reference = record.received_at ?? reading.time
    let rejected = reading.heartbeat && ahead(reading.time, reference) ? 1 : 0
    const kept: MarketEvent[] = []
    for (const event of eventsOf(record, reading)) {
      if (!products.has(event.product)) countName(counters.skipped, event.product)
      else if (ahead(event.time, reference)) rejected += reading.heartbeat ? 0 : 1
      else kept.push(complete(event, record, reading.sequence ?? 0))
    }
    for (const event of kept) {
      const gap = continuity.carry(record, event.product, event.time, frameTime ?? event.time)
      if (gap) out.events.push(gap)
    }
    const fresh = filled.empty ? kept : kept.filter(event => !isFilled(event))
    if (out.events.length === 0) out.events = fresh
    else out.events.push(...fresh)
    counters.rejected += rejected
    if (rejected > 0) refuse(out, record, 'time_ahead')
  }

  function eventsOf(record: RawRecord, reading: Reading): FeedEvent[] {
    const { heartbeat, time, sequence } = reading
    if (!heartbeat || time === null || sequence === null) return reading.events
    const served = continuity.served(record.connection, sequence)
    return served.map(product => ({ type: 'clock', product, time, index: 0 }))
  }

  function ahead(time: Micros | null, reference: Micros | null): boolean {
    return time !== null && reference !== null && time > reference + aheadLimit
  }

  function refuse(out: Decoded, record: RawRecord, reason: string, item?: unknown): void {
    countName(counters.dead, reason)
    const { feed, connection, received_at, file, line } = record
    out.dead.push({ reason, feed, connection, received_at, where: `${file}:${line}`, bytes: bytesOf(record, item) })
  }

  return { decode, snapshot, openGaps: () => open.list, counters }
}
