/** Why an event cannot be. */
export type Rejection = 'invalid_quote' | 'invalid_trade' | 'invalid_time' | 'time_ahead'

/** What happened to the events of a product. */
export interface EngineCounts {
  quotes: number
  trades: number
  clocks: number
  /** Of these no row takes anything. */
  candles: number
  news: number
  gaps: number
  /** Gaps taken back, since their frames came after all. */
  withdrawn: number
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
    candles: 0,
    news: 0,
    gaps: 0,
    withdrawn: 0,
    rows: 0,
    duplicates: 0,
    late: 0,
    backfilled: 0,
    crossed: 0,
    sessions: 0,
    rejected: { invalid_quote: 0, invalid_trade: 0, invalid_time: 0, time_ahead: 0 },
  }
}

/** Sums the counts of several products. */
export function totalCounts(counts: EngineCounts[]): EngineCounts {
  const total = noCounts()
  for (const one of counts) {
    for (const key of Object.keys(total) as (keyof EngineCounts)[]) if (key !== 'rejected') total[key] += one[key]
    for (const key of Object.keys(total.rejected) as (keyof EngineCounts['rejected'])[])
      total.rejected[key] += one.rejected[key]
  }
  return total
}
