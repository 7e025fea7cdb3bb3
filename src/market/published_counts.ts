import type { MarketEvent } from '../core/events/event.ts'
import type { RawRecord } from './bronze/record.ts'
import { countName } from './decode/counters.ts'
import type { Decoded } from './decode/decoder.ts'

/** What was published. */
export interface Published {
  /** Bronze lines. */
  records: number
  frames: number
  events: Record<MarketEvent['type'], number>
  /** Dead letters by reason. */
  dead: Record<string, number>
}

export function emptyPublished(): Published {
  return { records: 0, frames: 0, events: { quote: 0, trade: 0, clock: 0, gap: 0 }, dead: {} }
}

/** Adds one record and what came of it. */
export function countDecoded(counts: Published, record: RawRecord, { events, dead }: Decoded): void {
  counts.records++
  if (record.frame !== undefined) counts.frames++
  for (const { type } of events) counts.events[type]++
  for (const { reason } of dead) countName(counts.dead, reason)
}

/** Adds `more` to `total`. */
export function addPublished(total: Published, more: Published): void {
  total.records += more.records
  total.frames += more.frames
  for (const type of ['quote', 'trade', 'clock', 'gap'] as const) total.events[type] += more.events[type]
  for (const [reason, count] of Object.entries(more.dead)) total.dead[reason] = (total.dead[reason] ?? 0) + count
}
