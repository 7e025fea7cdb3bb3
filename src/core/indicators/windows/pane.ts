import { compareIds } from '../../events/event.ts'
import { ExactProductSum, ExactSum } from './exact_sum.ts'
import type { Tick } from './tick.ts'

/** Ticks of one source between two multiples of the pane's width, folded: whatever their order, the same bits. */
export class Pane {
  ticks = 0
  /** Those with a size. */
  sized = 0
  readonly prices = new ExactSum()
  readonly squares = new ExactProductSum()
  readonly volume = new ExactSum()
  readonly notional = new ExactProductSum()
  high = Number.NEGATIVE_INFINITY
  low = Number.POSITIVE_INFINITY
  /** Price of the first by (time, id). */
  open = Number.NaN
  close = Number.NaN
  lastTime = Number.NEGATIVE_INFINITY
  private lastId = ''
  private firstTime = Number.POSITIVE_INFINITY
  private firstId = ''

  add({ time, id, price, units, size }: Tick): void {
    this.ticks++
    this.prices.add(units)
    this.squares.add(units, units)
    if (size !== null) {
      this.sized++
      this.volume.add(size)
      this.notional.add(units, size)
    }
    if (price > this.high) this.high = price
    if (price < this.low) this.low = price
    if (time > this.lastTime || (time === this.lastTime && compareIds(id, this.lastId) > 0)) {
      this.lastTime = time
      this.lastId = id
      this.close = price
    }
    if (time < this.firstTime || (time === this.firstTime && compareIds(id, this.firstId) < 0)) {
      this.firstTime = time
      this.firstId = id
      this.open = price
    }
  }
}
