import type { CandleRow } from '../../core/indicators/windows/candle_row.ts'

/** By product: starts of the candles that were seen, in seconds. Plain JSON. */
export type OwnCandlesState = Record<string, number[]>

/** Which of an exchange's own candles were seen: one that comes again, on another connection or over REST, counts once. */
export class OwnCandles {
  private readonly seen = new Map<string, Set<number>>()
  private readonly kept: number

  /** @param lateness one that is so much older than the newest, in microseconds, is too late. */
  constructor(lateness: number) {
    this.kept = lateness / 1e6
  }

  isNew({ product, start }: CandleRow): boolean {
    const starts = this.seen.get(product) ?? new Set()
    this.seen.set(product, starts)
    let newest = start
    for (const one of starts) newest = Math.max(newest, one)
    if (starts.has(start) || start < newest - this.kept) return false
    starts.add(start)
    for (const one of starts) if (one < newest - this.kept) starts.delete(one)
    return true
  }

  state(): OwnCandlesState {
    return Object.fromEntries([...this.seen].map(([product, starts]) => [product, [...starts]]))
  }

  restore(state: OwnCandlesState): void {
    for (const [product, starts] of Object.entries(state)) this.seen.set(product, new Set(starts))
  }
}
