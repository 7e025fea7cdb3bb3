import { reciprocals } from '../../math/numeric.ts'

/**
 * Windows are folded from panes: stretches aligned to the epoch. A window is what has passed of the present pane (folded
 * forward, second by second), the whole panes before it, and the end of the pane in which it begins. That end, like a whole
 * pane, is one entry of a column that is filled from the pane's end back when the pane is over. So a fold is the same
 * function of the same bars whenever it is done, and no sum outlives its pane. After the block prefixes and suffixes of
 * van Herk (1992) and Gil, Werman (1993), for any fold instead of the maximum.
 */

/** Where a window stands in the columns of a history: indices, the newest second last. */
export interface Window {
  /** Index of the newest second. */
  at: number
  /** First index of the session. */
  start: number
  /** Second at which the bar at `at` ends. */
  time: number
}

/** What a window is folded by. */
export interface Fold {
  /** Length of a pane in seconds. */
  readonly pane: number
  /** Takes in the newest second; its column must be filled. */
  extend(window: Window): void
}

/** Seconds of the present pane that have passed: 1 … `pane`. */
function passedOf(time: number, pane: number): number {
  return ((time - 1) % pane) + 1
}

/**
 * Folds the present pane again from its first second on, so that nothing is left of a second after `at`. What such a second
 * left in the columns of a pane that it ended is written anew when the pane ends again, and not read before.
 */
export function foldAgain(fold: Fold, { at, start, time }: Window): void {
  const first = Math.max(start, at - passedOf(time, fold.pane) + 1)
  for (let index = first; index <= at; index++) fold.extend({ at: index, start, time: time - (at - index) })
}

/** Count, mean and sample standard deviation of a column, NaN left out, over windows of at least a pane. */
export class Moments implements Fold {
  /** Results of the last `over`, one a window; the mean of no value and the deviation of fewer than two are NaN. */
  readonly mean: number[] = []
  readonly std: number[] = []
  readonly columns: Float64Array[]
  private readonly column: Float64Array
  readonly pane: number
  private readonly windows: number[]
  private readonly counts: Float64Array
  private readonly means: Float64Array
  private readonly squares: Float64Array
  private passed = 0
  private n = 0
  private m = 0
  private m2 = 0

  /** @param windows lengths in seconds, none below `pane`. */
  constructor(column: Float64Array, pane: number, windows: number[]) {
    this.column = column
    this.pane = pane
    this.windows = windows
    this.counts = new Float64Array(column.length)
    this.means = new Float64Array(column.length)
    this.squares = new Float64Array(column.length)
    this.columns = [this.counts, this.means, this.squares]
  }

  /** Takes in the newest second; its column must be filled. Welford's update: a constant gives exactly no deviation. */
  extend({ at, start, time }: Window): void {
    const { column, pane } = this
    const passed = passedOf(time, pane)
    this.passed = passed
    if (passed === 1 || at === start) this.n = this.m = this.m2 = 0
    const value = column[at]
    if (!Number.isNaN(value)) {
      const delta = value - this.m
      this.m += delta * reciprocals[++this.n]
      this.m2 += delta * (value - this.m)
    }
    if (passed === pane) this.closePane(at, Math.max(start, at - pane + 1))
  }

  /** Merges the parts of each window by the formula of Chan, Golub, LeVeque (1979). */
  over({ at, start }: Window): void {
    const { counts, means, squares, pane, windows } = this
    const newest = at - this.passed
    for (let w = 0; w < windows.length; w++) {
      const from = Math.max(start, at - windows[w] + 1)
      let { n, m, m2 } = this
      for (let end = newest; end >= from; end -= pane) {
        const part = Math.max(from, end - pane + 1)
        const count = counts[part]
        if (count === 0) continue
        const total = n + count
        const delta = means[part] - m
        const share = count * reciprocals[total]
        m += delta * share
        m2 += squares[part] + delta * delta * n * share
        n = total
      }
      this.mean[w] = n > 0 ? m : Number.NaN
      this.std[w] = n >= 2 ? Math.sqrt(m2 / (n - 1)) : Number.NaN
    }
  }

  private closePane(at: number, first: number): void {
    const { column, counts, means, squares } = this
    let n = 0
    let m = 0
    let m2 = 0
    for (let index = at; index >= first; index--) {
      const value = column[index]
      if (!Number.isNaN(value)) {
        const delta = value - m
        m += delta * reciprocals[++n]
        m2 += delta * (value - m)
      }
      counts[index] = n
      means[index] = m
      squares[index] = m2
    }
  }
}

/** The largest value of a column, NaN left out, over windows of at least a pane; NaN where there is none. */
export class Maximum implements Fold {
  readonly value: number[] = []
  readonly columns: Float64Array[]
  private readonly column: Float64Array
  readonly pane: number
  private readonly windows: number[]
  private readonly largest: Float64Array
  private passed = 0
  private present = Number.NEGATIVE_INFINITY

  constructor(column: Float64Array, pane: number, windows: number[]) {
    this.column = column
    this.pane = pane
    this.windows = windows
    this.largest = new Float64Array(column.length)
    this.columns = [this.largest]
  }

  extend({ at, start, time }: Window): void {
    const { column, largest, pane } = this
    const passed = passedOf(time, pane)
    this.passed = passed
    if (passed === 1 || at === start) this.present = Number.NEGATIVE_INFINITY
    if (column[at] > this.present) this.present = column[at]
    if (passed < pane) return
    let found = Number.NEGATIVE_INFINITY
    for (let index = at; index >= Math.max(start, at - pane + 1); index--) {
      if (column[index] > found) found = column[index]
      largest[index] = found
    }
  }

  over({ at, start }: Window): void {
    const { largest, pane, windows } = this
    const newest = at - this.passed
    for (let w = 0; w < windows.length; w++) {
      const from = Math.max(start, at - windows[w] + 1)
      let found = this.present
      for (let end = newest; end >= from; end -= pane) {
        const part = largest[Math.max(from, end - pane + 1)]
        if (part > found) found = part
      }
      this.value[w] = found === Number.NEGATIVE_INFINITY ? Number.NaN : found
    }
  }
}

/** Sum of weight^age times a column, without NaN, over one window; its pane is as long as the window. */
export class WeightedSum implements Fold {
  readonly columns: Float64Array[]
  readonly pane: number
  private readonly column: Float64Array
  private readonly weights: Float64Array
  private readonly sums: Float64Array
  private passed = 0
  private present = 0

  /** @param weights of each age, newest first: the powers of the second one. */
  constructor(column: Float64Array, weights: Float64Array) {
    this.column = column
    this.weights = weights
    this.pane = weights.length
    this.sums = new Float64Array(column.length)
    this.columns = [this.sums]
  }

  extend({ at, start, time }: Window): void {
    const { column, sums, weights, pane } = this
    const passed = passedOf(time, pane)
    this.passed = passed
    if (passed === 1 || at === start) this.present = 0
    this.present = this.present * weights[1] + column[at]
    if (passed < pane) return
    let sum = 0
    for (let index = at; index >= Math.max(start, at - pane + 1); index--) {
      sum += weights[at - index] * column[index]
      sums[index] = sum
    }
  }

  over({ at, start }: Window): number {
    const { sums, weights } = this
    const newest = at - this.passed
    const from = Math.max(start, at - weights.length + 1)
    return newest >= from ? this.present + weights[at - newest] * sums[from] : this.present
  }
}
