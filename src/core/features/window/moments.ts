import { reciprocals } from '../../math/numeric.ts'
import { type Fold, passedOf, type Window } from './panes.ts'

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

  /** @param windows lengths in seconds, rising, none below `pane`. */
  constructor(column: Float64Array, windows: number[], pane = windows[0]) {
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
