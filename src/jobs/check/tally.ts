import { maximum, minimum } from '../../core/math/extremes.ts'
import { type LeftOut, leaveOut } from '../../market/decode/left_out.ts'
import type { Incoming } from '../../streams/port.ts'
import { LostFrames } from './lost_frames.ts'
import { RecentSet } from './recent_set.ts'
import type { RecordCheck } from './records.ts'

export interface ProductTally {
  count: number
  /** Event times, microseconds; null where the records have none. */
  first: number | null
  last: number | null
  /** Less those that were taken back. */
  gaps: number
  /** Identities that came again. */
  repeats: number
  /** That brought its events, the first ten; none where the records are no events. */
  feeds: string[]
}

const mostFeeds = 10

export interface InvalidRecord {
  partition: number
  offset: number
  reason: string
}

/** What was found on a topic. */
export interface Tally {
  count: number
  products: Record<string, ProductTally>
  /** Frames of the connections that are known never to have come, each once. */
  missing: number
  invalid: number
  /** Why they are, each with its count and the first place. */
  invalid_reasons: LeftOut
  /** The first ten of them. */
  invalid_records: InvalidRecord[]
}

/** Counts records as they come. Repeats are found among the last million or so identities. */
export function createTally(check: RecordCheck): { tally: Tally; add(record: Incoming): void } {
  // Without a prototype any text is a product's name, `__proto__` too.
  const tally: Tally = {
    count: 0,
    products: Object.create(null),
    missing: 0,
    invalid: 0,
    invalid_reasons: {},
    invalid_records: [],
  }
  const lost = new LostFrames()
  const seen = new RecentSet(500_000)
  return {
    tally,
    add(record) {
      tally.count++
      const checked = check(record)
      if (typeof checked === 'string') {
        const { partition, offset } = record
        tally.invalid++
        leaveOut(tally.invalid_reasons, checked, `partition ${partition}, offset ${offset}`)
        if (tally.invalid_records.length < 10) tally.invalid_records.push({ partition, offset, reason: checked })
        return
      }
      const { product, time, identity, event } = checked
      tally.products[product] ??= { count: 0, first: null, last: null, gaps: 0, repeats: 0, feeds: [] }
      const one = tally.products[product]
      one.count++
      if (time !== null) {
        one.first = Math.min(one.first ?? time, time)
        one.last = Math.max(one.last ?? time, time)
      }
      if (event !== null) {
        if (event.type === 'gap') one.gaps += event.withdrawn ? -1 : 1
        if (!one.feeds.includes(event.feed) && one.feeds.length < mostFeeds) one.feeds.push(event.feed)
        lost.take(event)
        tally.missing = lost.missing
      }
      if (identity !== null && !seen.add(`${product} ${identity}`)) one.repeats++
    },
  }
}

/** Records a second of event time over all products; null without times. */
export function eventTimeRate({ count, products }: Tally): number | null {
  const timed = Object.values(products).filter(({ first }) => first !== null)
  if (timed.length === 0) return null
  const first = minimum(timed.map(one => one.first!))
  const last = maximum(timed.map(one => one.last!))
  return last > first ? count / ((last - first) / 1e6) : null
}
