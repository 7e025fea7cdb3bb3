/** What a decoder saw since it was made. */
export interface DecoderCounters {
  frames: number
  events: { quote: number; trade: number; clock: number; gap: number }
  /** Dead letters by reason. */
  dead: Record<string, number>
  /** Events of products that are not configured, by product. */
  skipped: Record<string, number>
  /** Gaps by reason. */
  gaps: { sequence: number; disconnect: number; stale: number }
  /** Events and frames whose time cannot be. */
  rejected: number
}

/** Names that are counted apart; a hostile feed must not fill the memory. */
const nameLimit = 1000

export function emptyCounters(): DecoderCounters {
  return {
    frames: 0,
    events: { quote: 0, trade: 0, clock: 0, gap: 0 },
    dead: {},
    skipped: {},
    gaps: { sequence: 0, disconnect: 0, stale: 0 },
    rejected: 0,
  }
}

/** Adds one to a name's count; names beyond the thousandth count as `others`. */
export function countName(counts: Record<string, number>, name: string): void {
  const apart = Object.hasOwn(counts, name) || Object.keys(counts).length < nameLimit
  const key = apart && name !== '__proto__' ? name : 'others'
  counts[key] = (Object.hasOwn(counts, key) ? counts[key] : 0) + 1
}
