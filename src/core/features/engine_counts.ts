/** Why an event cannot be. */
export type Rejection = 'invalid_quote' | 'invalid_trade' | 'invalid_time' | 'time_ahead'

/** What happened to the events of a product. */
export interface EngineCounts {
  quotes: number
  trades: number
  clocks: number
  gaps: number
  rows: number
  duplicates: number
  late: number
  /** Trades asked for after a gap; they are among the late events, but not counted as such. */
  backfilled: number
  crossed: number
  sessions: number
  rejected: Record<Rejection, number>
}

export function noCounts(): EngineCounts {
  return {
    quotes: 0,
    trades: 0,
    clocks: 0,
    gaps: 0,
    rows: 0,
    duplicates: 0,
    late: 0,
    backfilled: 0,
    crossed: 0,
    sessions: 0,
    rejected: { invalid_quote: 0, invalid_trade: 0, invalid_time: 0, time_ahead: 0 },
  }
}
