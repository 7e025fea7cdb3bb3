import { type Fold, passedOf, type Window } from './panes.ts'

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
