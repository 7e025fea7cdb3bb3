import type { MarketEvent, Micros } from '../core/events/event.ts'
import type { RawRecord } from './bronze/record.ts'
import { countName, noEvents } from './decode/counters.ts'
import { addDecoded, type Decoded } from './decode/decoder.ts'
import { addLeftOut, type LeftOut } from './decode/left_out.ts'

/** What was published. */
export interface Published {
  /** Bronze lines. */
  records: number
  frames: number
  events: Record<MarketEvent['type'], number>
  /** Market time of the first and the last quote, without which there is no row; null before any. */
  span: { from: Micros; to: Micros } | null
  /** Gaps taken back, since their frames came after all; they are no events of `events`. */
  withdrawn: number
  /** Dead letters by reason; one that stands for more faults of its frame counts as many. */
  dead: Record<string, number>
  /** All that came to no event, dead letters among it. */
  left_out: LeftOut
}

export function emptyPublished(): Published {
  return {
    records: 0,
    frames: 0,
    events: noEvents(),
    span: null,
    withdrawn: 0,
    dead: {},
    left_out: {},
  }
}

/** Adds one record and what came of it. */
export function countDecoded(counts: Published, record: RawRecord, decoded: Decoded): void {
  const { events, dead } = decoded
  addDecoded(counts.left_out, record, decoded)
  counts.records++
  if (record.frame !== undefined) counts.frames++
  for (const event of events) {
    if (event.type === 'gap' && event.withdrawn) counts.withdrawn++
    else counts.events[event.type]++
    if (event.type === 'quote') counts.span = joinSpans(counts.span, { from: event.time, to: event.time })
  }
  for (const { reason, count } of dead) countName(counts.dead, reason, count)
}

/** Adds `more` to `total`. */
export function addPublished(total: Published, more: Published): void {
  total.records += more.records
  total.frames += more.frames
  for (const type of Object.keys(more.events) as MarketEvent['type'][]) total.events[type] += more.events[type]
  total.span = joinSpans(total.span, more.span)
  total.withdrawn += more.withdrawn
  addLeftOut(total.left_out, more.left_out)
  for (const [reason, count] of Object.entries(more.dead)) total.dead[reason] = (total.dead[reason] ?? 0) + count
}

function joinSpans(one: Published['span'], other: Published['span']): Published['span'] {
  if (one === null || other === null) return one ?? other
  return { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) }
}
