import type { MarketEvent } from '../../core/events/event.ts'
import { rejectionOf } from '../../core/features/rejection.ts'

/** The highest time of the events of one product that an engine would accept: where its watermark stands, less the lateness. */
export class HighWater {
  /** Microseconds; null before the first. */
  high: number | null
  readonly #aheadLimitSeconds: number

  constructor(aheadLimitSeconds: number, high: number | null = null) {
    this.#aheadLimitSeconds = aheadLimitSeconds
    this.high = high
  }

  push(event: MarketEvent): void {
    if (this.high !== null && event.time <= this.high) return
    if (event.type === 'news' || (event.type === 'trade' && event.backfilled)) return
    if (rejectionOf(event, this.#aheadLimitSeconds) === null) this.high = event.time
  }
}
