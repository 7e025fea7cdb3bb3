import { type Fold, passedOf, type Window } from './panes.ts'

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

  constructor(column: Float64Array, windows: number[], pane = windows[0]) {
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
