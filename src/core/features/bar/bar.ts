import { decodeRecord } from '../../events/json_record.ts'

/**
 * One second of one product, all that features ever need of it. Bars are the state: a restart that reads the last bars
 * gives the same rows. NaN where there is nothing. Times in microseconds, sizes in units of the base currency.
 */
export interface Bar {
  /** Start of the bar in seconds since the epoch; its events lie in [second, second+1). */
  second: number
  quotes: number
  /** Last quote of the bar. */
  bid: number
  ask: number
  bid_size: number
  ask_size: number
  /** Mid of the first quote, highest and lowest mid of any. */
  first_mid: number
  high: number
  low: number
  first_quote: number
  last_quote: number
  /** Quotes whose mid differs from the quote before in the same bar, and the time of the last of them. */
  changes: number
  last_change: number
  /** Sum of the squared times between quotes, in µs²: a whole number, so sums of it are exact. */
  spacing_squares: number
  trades: number
  trade_price: number
  bought: number
  sold: number
  notional: number
  gaps: number
  /** End of the last gap. */
  gap_end: number
  /** First and last quote or trade. */
  first_active: number
  last_active: number
}

/** A bar in which nothing happened. */
export function emptyBar(second: number): Bar {
  const none = Number.NaN
  return {
    second,
    quotes: 0,
    bid: none,
    ask: none,
    bid_size: none,
    ask_size: none,
    first_mid: none,
    high: none,
    low: none,
    first_quote: none,
    last_quote: none,
    changes: 0,
    last_change: none,
    spacing_squares: 0,
    trades: 0,
    trade_price: none,
    bought: 0,
    sold: 0,
    notional: 0,
    gaps: 0,
    gap_end: none,
    first_active: none,
    last_active: none,
  }
}

/** A bar as JSON for `ticks.bars`: NaN as null. */
export function encodeBar(product: string, bar: Bar): string {
  return JSON.stringify({ product, ...bar })
}

/** The inverse of `encodeBar`. @returns null when the text is not a bar. */
export function decodeBar(text: string): { product: string; bar: Bar } | null {
  const found = decodeRecord<Bar & { product: string }>(
    text,
    ({ product, second }) => typeof product === 'string' && Number.isSafeInteger(second),
  )
  if (found === null) return null
  const bar = emptyBar(found.second)
  for (const key of Object.keys(bar) as (keyof Bar)[]) {
    const isAbsent = found[key] === null && Number.isNaN(bar[key])
    if (!isAbsent && !Number.isFinite(found[key])) return null
    bar[key] = found[key] ?? Number.NaN
  }
  return { product: found.product, bar }
}
