import type { Gap, Micros } from '../../core/events/event.ts'
import type { BackfillSpan } from '../bronze/record.ts'

/** A gap whose trades bronze does not hold as filled in. */
export type OpenGap = Pick<Gap, 'feed' | 'product' | 'from' | 'to'> & { received_at: Micros }

/** Older ones, by the time of receipt, are let go: a day that nobody filled in must not be asked for years later. */
export const openGapAge: Micros = 86_400_000_000
/** Kept at once, the oldest is let go first. */
const openLimit = 100

/** The gaps that are still to be filled in: those seen so far, less those that bronze marks as filled. Plain data inside. */
export class OpenGaps {
  private gaps: OpenGap[]

  constructor(gaps: OpenGap[] = []) {
    this.gaps = [...gaps]
  }

  get list(): readonly OpenGap[] {
    return this.gaps
  }

  add({ feed, product, from, to, received_at }: Gap): void {
    if (received_at === null) return
    if (this.gaps.some(gap => isSpan(gap, feed, { product, from, to }))) return
    const young = this.gaps.filter(gap => received_at - gap.received_at <= openGapAge)
    this.gaps = [...young, { feed, product, from, to, received_at }].slice(-openLimit)
  }

  fill(feed: string, span: BackfillSpan): void {
    this.gaps = this.gaps.filter(gap => !isSpan(gap, feed, span))
  }
}

function isSpan(gap: OpenGap, feed: string, { product, from, to }: BackfillSpan): boolean {
  return gap.feed === feed && gap.product === product && gap.from === from && gap.to === to
}
