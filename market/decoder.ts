import type { MarketEvent, Micros } from '../features/event.ts'
import { Continuity, type ContinuitySnapshot } from './continuity.ts'
import { countName, type DecoderCounters, emptyCounters } from './counters.ts'
import { type Feed, type FeedEvent, feedByName, type Reading } from './feed.ts'
import { asObject } from './reading.ts'
import type { DeadLetter, RawRecord } from './record.ts'

export interface Decoded {
  events: MarketEvent[]
  dead: DeadLetter[]
}

export type DecoderSnapshot = ContinuitySnapshot

export interface DecoderOptions {
  /** Products whose events are wanted. */
  products: string[]
  /** An event so far ahead of its receipt, in microseconds, is rejected. */
  aheadLimit: Micros
  /** Goes on where the decoder that gave this stood. */
  snapshot?: DecoderSnapshot
}

export interface Decoder {
  /** The events of one record, gaps first, in the frame's order. Never throws: what is malformed becomes a dead letter. */
  decode(record: RawRecord): Decoded
  /** Its state as plain JSON. */
  snapshot(): DecoderSnapshot
  readonly counters: DecoderCounters
}

/** Turns raw records into market events: a pure function of the records so far. */
export function createDecoder(options: DecoderOptions): Decoder {
  const { aheadLimit } = options
  const products = new Set(options.products)
  const continuity = new Continuity(options.snapshot)
  const counters = emptyCounters()

  function decode(record: RawRecord): Decoded {
    const out: Decoded = { events: [], dead: [] }
    if (record.control) continuity.control(record.connection, record.control)
    else if (record.dead !== undefined) refuse(out, record, record.dead)
    else decodeFrame(out, record)
    for (const event of out.events) {
      counters.events[event.type]++
      if (event.type === 'gap') counters.gaps[event.reason]++
    }
    return out
  }

  function decodeFrame(out: Decoded, record: RawRecord): void {
    counters.frames++
    const frame = asObject(record.frame)
    const feed = feedByName(record.feed)
    if (feed === undefined || frame === null) {
      refuse(out, record, feed ? 'not_object' : 'unknown_feed')
      return
    }
    const reading = feed.read(frame)
    for (const { reason, item } of reading.faults) refuse(out, record, reason, item)
    const possible = record.rejected === undefined && !ahead(reading.time, record.received_at)
    follow(out, record, feed, reading, possible ? reading.time : null)
    if (record.rejected) {
      counters.rejected++
      refuse(out, record, record.rejected)
    } else keepEvents(out, record, reading, possible ? reading.time : null)
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
    if (out.events.length === 0) out.events = kept
    else out.events.push(...kept)
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

  return { decode, snapshot: () => continuity.snapshot(), counters }
}

/** An event with what only its frame and connection know; written out, which is several times faster than a spread. */
function complete(event: FeedEvent, record: RawRecord, sequence: number): MarketEvent {
  const { feed, connection, received_at } = record
  const { type, product, time, index } = event
  switch (type) {
    case 'quote': {
      const { bid, ask, bid_size, ask_size, last } = event
      return { type, product, time, index, bid, ask, bid_size, ask_size, last, feed, connection, received_at, sequence }
    }
    case 'trade': {
      const { id, price, size, side } = event
      return { type, product, time, index, id, price, size, side, feed, connection, received_at, sequence }
    }
    case 'clock':
      return { type, product, time, index, feed, connection, received_at, sequence }
  }
}

/** The faulty item's text, else the frame's; an item nested too deep to be written stands as its frame. */
function bytesOf(record: RawRecord, item: unknown): string {
  try {
    if (item !== undefined) return JSON.stringify(item)
    return record.text ?? JSON.stringify(record.frame) ?? ''
  } catch {
    return record.text ?? ''
  }
}
