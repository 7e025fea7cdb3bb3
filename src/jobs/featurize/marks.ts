import { historySeconds } from '../../core/features/window/history.ts'

/**
 * Remembers at which record of the bars topic each stretch of a product's bars begins, one mark a minute, so that a
 * restart reads no more bars than the look-backs need.
 */
export class BarMarks {
  private readonly marks = new Map<string, { second: number; offset: number }[]>()

  /** A bar of `product` that starts at `second` stands at `offset` or later. */
  note(product: string, second: number, offset: number): void {
    const marks = this.marks.get(product) ?? []
    this.marks.set(product, marks)
    const last = marks.at(-1)
    if (last === undefined || second >= last.second + 60) marks.push({ second, offset })
    while (marks.length > 1 && marks[1].second <= second - 2 * historySeconds) marks.shift()
  }

  /** The offset from which the bars that any product's rows may still need are found; `end` when there are none. */
  from(openFrom: Map<string, number>, end: number): number {
    let least = end
    for (const [product, marks] of this.marks) {
      const needed = (openFrom.get(product) ?? 0) - historySeconds
      const mark = marks.findLast(m => m.second <= needed) ?? marks[0]
      if (mark.offset < least) least = mark.offset
    }
    return least
  }
}

/**
 * Remembers at which raw record the first event of each open second of a product came, so that a restart fills open
 * seconds again.
 */
export class OpenMarks {
  private readonly marks = new Map<string, Map<number, number>>()

  note(product: string, second: number, offset: number): void {
    let seconds = this.marks.get(product)
    if (seconds === undefined) {
      seconds = new Map()
      this.marks.set(product, seconds)
    }
    if (!seconds.has(second)) seconds.set(second, offset)
  }

  /** The least offset of any second that is still open; null when none is. Closed seconds are forgotten. */
  from(openFrom: Map<string, number>): number | null {
    let least = Number.POSITIVE_INFINITY
    for (const [product, seconds] of this.marks) {
      const open = openFrom.get(product) ?? Number.NEGATIVE_INFINITY
      for (const [second, offset] of seconds) {
        if (second < open) seconds.delete(second)
        else if (offset < least) least = offset
      }
    }
    return Number.isFinite(least) ? least : null
  }
}
