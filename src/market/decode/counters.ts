import type { Gap, MarketEvent } from '../../core/events/event.ts'
import { countedAs, type LeftOut } from './left_out.ts'

/** What a decoder saw since it was made. */
export interface DecoderCounters {
  frames: number
  events: Record<MarketEvent['type'], number>
  /** Dead letters by reason. */
  dead: Record<string, number>
  /** Events of products that are not configured, by product. */
  skipped: Record<string, number>
  /** Gaps by reason. */
  gaps: Record<Gap['reason'], number>
  /** Of these, those that were taken back: their frames came after all, out of order. */
  withdrawn: number
  /** Events and frames whose time cannot be. */
  rejected: number
  /** All that came to no event, dead letters among it. */
  left_out: LeftOut
}

export function emptyCounters(): DecoderCounters {
  return {
    frames: 0,
    events: noEvents(),
    dead: {},
    skipped: {},
    gaps: { sequence: 0, trade_ids: 0, candles: 0, disconnect: 0, stale: 0 },
    withdrawn: 0,
    rejected: 0,
    left_out: {},
  }
}

export function noEvents(): Record<MarketEvent['type'], number> {
  return { quote: 0, trade: 0, clock: 0, gap: 0, candle: 0, news: 0 }
}

/** Adds to a name's count; names beyond the thousandth count as `others`. */
export function countName(counts: Record<string, number>, name: string, by = 1): void {
  const key = countedAs(counts, name)
  counts[key] = (Object.hasOwn(counts, key) ? counts[key] : 0) + by
}
