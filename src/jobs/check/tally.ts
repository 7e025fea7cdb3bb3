import type { Incoming } from '../../streams/port.ts'
import { RecentSet } from './recent_set.ts'
import type { RecordCheck } from './records.ts'

export interface ProductTally {
  count: number
  /** Event times, microseconds; null where the records have none. */
  first: number | null
  last: number | null
  /** Gap events, and how many frames they miss where that is known. */
  gaps: number
  missing: number
  /** Identities that came again. */
  repeats: number
}

export interface InvalidRecord {
  partition: number
  offset: number
  reason: string
}

/** What was found on a topic. */
export interface Tally {
  count: number
  products: Record<string, ProductTally>
  invalid: number
  /** The first ten of them. */
  invalid_records: InvalidRecord[]
}

/** Counts records as they come. Repeats are found among the last million or so identities. */
export function createTally(check: RecordCheck): { tally: Tally; add(record: Incoming): void } {
  const tally: Tally = { count: 0, products: {}, invalid: 0, invalid_records: [] }
  const seen = new RecentSet(500_000)
  return {
    tally,
    add(record) {
      tally.count++
      const checked = check(record)
      if (typeof checked === 'string') {
        const { partition, offset } = record
        tally.invalid++
        if (tally.invalid_records.length < 10) tally.invalid_records.push({ partition, offset, reason: checked })
        return
      }
      const { product, time, identity, gap } = checked
      tally.products[product] ??= { count: 0, first: null, last: null, gaps: 0, missing: 0, repeats: 0 }
      const one = tally.products[product]
      one.count++
      if (time !== null) {
        one.first = Math.min(one.first ?? time, time)
        one.last = Math.max(one.last ?? time, time)
      }
      if (gap !== null) {
        one.gaps++
        one.missing += gap.missing ?? 0
      }
      if (identity !== null && !seen.add(`${product} ${identity}`)) one.repeats++
    },
  }
}

/** Records a second of event time over all products; null without times. */
export function eventTimeRate({ count, products }: Tally): number | null {
  const timed = Object.values(products).filter(({ first }) => first !== null)
  if (timed.length === 0) return null
  const first = Math.min(...timed.map(one => one.first!))
  const last = Math.max(...timed.map(one => one.last!))
  return last > first ? count / ((last - first) / 1e6) : null
}
