import { reciprocals } from './numeric.ts'

/**
 * Long windows are folded from panes: stretches of 30 s aligned to the epoch, so that a fold is the same function of the
 * same bars whenever it is done. A pane can be used from the second after its end on; what no whole pane covers is folded
 * second by second. Always from the newest back.
 */
export const paneSeconds = 30

/** Where a window stands in the columns of a history: indices, the newest second last. */
export interface Window {
  /** Index of the newest second. */
  at: number
  /** First index of the session. */
  start: number
  /** Second at which the bar at `at` ends. */
  time: number
}

/** Index at which the newest usable pane ends. */
function newestPane({ at, time }: Window): number {
  const since = time % paneSeconds
  return at - (since === 0 ? paneSeconds : since)
}

/** Count, mean and sum of squared deviations of a column, NaN left out: over any window, by panes. */
export class Moments {
  readonly n: Float64Array
  /** Results of the last `over`, one a window. */
  readonly count: number[] = []
  readonly mean: number[] = []
  /** Sample standard deviation (ddof 1), NaN for fewer than two values. */
  readonly std: number[] = []
  private readonly column: Float64Array
  private readonly means: Float64Array
  private readonly m2s: Float64Array
  private readonly windows: number[]

  /** @param windows lengths in seconds, ascending. */
  constructor(column: Float64Array, windows: number[]) {
    this.column = column
    this.windows = windows
    this.n = new Float64Array(column.length)
    this.means = new Float64Array(column.length)
    this.m2s = new Float64Array(column.length)
  }

  get columns(): Float64Array[] {
    return [this.n, this.means, this.m2s]
  }

  /** Welford's update for a second, the merge of Chan, Golub, LeVeque (1979) for a pane: a constant gives exactly 0. */
  over(window: Window): void {
    const { column, n: ns, means, m2s, windows } = this
    const { at, start } = window
    const newest = newestPane(window)
    let n = 0
    let mean = 0
    let m2 = 0
    let index = at
    for (let w = 0; w < windows.length; w++) {
      const from = Math.max(start, at - windows[w] + 1)
      while (index > newest && index >= from) {
        const value = column[index--]
        if (Number.isNaN(value)) continue
        const delta = value - mean
        mean += delta * reciprocals[++n]
        m2 += delta * (value - mean)
      }
      while (index <= newest && index - paneSeconds + 1 >= from) {
        const count = ns[index]
        if (count > 0) {
          const total = n + count
          const delta = means[index] - mean
          const share = count * reciprocals[total]
          mean += delta * share
          m2 += m2s[index] + delta * delta * n * share
          n = total
        }
        index -= paneSeconds
      }
      let headN = n
      let headMean = mean
      let headM2 = m2
      for (let head = index; head >= from; head--) {
        const value = column[head]
        if (Number.isNaN(value)) continue
        const delta = value - headMean
        headMean += delta * reciprocals[++headN]
        headM2 += delta * (value - headMean)
      }
      this.count[w] = headN
      this.mean[w] = headN > 0 ? headMean : Number.NaN
      this.std[w] = headN >= 2 ? Math.sqrt(headM2 / (headN - 1)) : Number.NaN
    }
  }

  closePane(at: number): void {
    let n = 0
    let mean = 0
    let m2 = 0
    for (let index = at; index > at - paneSeconds && index >= 0; index--) {
      const value = this.column[index]
      if (Number.isNaN(value)) continue
      const delta = value - mean
      mean += delta * reciprocals[++n]
      m2 += delta * (value - mean)
    }
    this.n[at] = n
    this.means[at] = mean
    this.m2s[at] = m2
  }
}

/** The largest value of a column over any window, NaN left out; NaN where there is none. */
export class Maximum {
  readonly value: number[] = []
  private readonly column: Float64Array
  private readonly panes: Float64Array
  private readonly windows: number[]

  constructor(column: Float64Array, windows: number[]) {
    this.column = column
    this.windows = windows
    this.panes = new Float64Array(column.length)
  }

  get columns(): Float64Array[] {
    return [this.panes]
  }

  over(window: Window): void {
    const { column, panes, windows } = this
    const { at, start } = window
    const newest = newestPane(window)
    let largest = Number.NEGATIVE_INFINITY
    let index = at
    for (let w = 0; w < windows.length; w++) {
      const from = Math.max(start, at - windows[w] + 1)
      for (; index > newest && index >= from; index--) if (column[index] > largest) largest = column[index]
      for (; index <= newest && index - paneSeconds + 1 >= from; index -= paneSeconds)
        if (panes[index] > largest) largest = panes[index]
      let found = largest
      for (let head = index; head >= from; head--) if (column[head] > found) found = column[head]
      this.value[w] = found === Number.NEGATIVE_INFINITY ? Number.NaN : found
    }
  }

  closePane(at: number): void {
    let largest = Number.NEGATIVE_INFINITY
    for (let index = at; index > at - paneSeconds && index >= 0; index--)
      if (this.column[index] > largest) largest = this.column[index]
    this.panes[at] = largest
  }
}

/** Sum of decay^age times a column over one window; the column holds no NaN. */
export class DecayedSum {
  /** Weight of each age, newest first. */
  readonly weights: Float64Array
  private readonly column: Float64Array
  private readonly panes: Float64Array

  constructor(column: Float64Array, weights: Float64Array) {
    this.column = column
    this.weights = weights
    this.panes = new Float64Array(column.length)
  }

  get columns(): Float64Array[] {
    return [this.panes]
  }

  over(window: Window): number {
    const { column, panes, weights } = this
    const { at, start } = window
    const newest = newestPane(window)
    const from = Math.max(start, at - weights.length + 1)
    let sum = 0
    let index = at
    for (; index > newest && index >= from; index--) sum += weights[at - index] * column[index]
    for (; index <= newest && index - paneSeconds + 1 >= from; index -= paneSeconds)
      sum += weights[at - index] * panes[index]
    for (; index >= from; index--) sum += weights[at - index] * column[index]
    return sum
  }

  closePane(at: number): void {
    let sum = 0
    for (let index = at; index > at - paneSeconds && index >= 0; index--)
      sum += this.weights[at - index] * this.column[index]
    this.panes[at] = sum
  }
}
