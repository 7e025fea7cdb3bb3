import type { Micros } from '../../core/events/event.ts'
import { decodeRecord } from '../../core/events/json_record.ts'
import { historySeconds } from '../../core/features/window/history.ts'

/** Where a featurizer stands in one partition of its input; written in the transaction of the rows it belongs to. */
export interface PartitionState {
  format: 'spike60-featurizer'
  version: 1
  spec_version: string
  config_hash: string
  partition: number
  /** Next raw record to be taken in. */
  offset: number
  /** Raw record from which open seconds are filled again; at most `offset`. */
  resume: number
  /** Record of the bars topic from which the bars of all look-backs are read again. */
  bars_from: number
  products: Record<string, { open_from: number; watermark: Micros }>
}

/** @returns null when the text is no state of this version. */
export function decodeState(text: string): PartitionState | null {
  return decodeRecord(
    text,
    ({ format, version, partition, offset, resume, bars_from, products }) =>
      format === 'spike60-featurizer' &&
      version === 1 &&
      [partition, offset, resume, bars_from].every(Number.isSafeInteger) &&
      typeof products === 'object' &&
      products !== null,
  )
}

/** Key of the state record of a partition. */
export function stateKey(topicIn: string, partition: number): string {
  return `featurizer ${topicIn} ${partition}`
}

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

  /** The least offset of any second that is still open; `next` when none is. Closed seconds are forgotten. */
  resume(openFrom: Map<string, number>, next: number): number {
    let least = next
    for (const [product, seconds] of this.marks) {
      const open = openFrom.get(product) ?? Number.NEGATIVE_INFINITY
      for (const [second, offset] of seconds) {
        if (second < open) seconds.delete(second)
        else if (offset < least) least = offset
      }
    }
    return least
  }
}
