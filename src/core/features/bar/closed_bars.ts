import type { ClosedBar } from './open_bar.ts'

/** Closed seconds whose events are remembered, to tell a repeat from a late event. */
const remembered = 300

/** The last seconds that were closed with events in them, each in the place of its second. */
export class ClosedBars {
  private readonly bars: (ClosedBar | undefined)[] = new Array(remembered).fill(undefined)
  private last = Number.NEGATIVE_INFINITY

  /** @param bar of a later second than all before. */
  remember(bar: ClosedBar): void {
    this.bars[bar.second % remembered] = bar
    this.last = bar.second
  }

  recall(second: number): ClosedBar | undefined {
    const bar = this.bars[second % remembered]
    return bar?.second === second && second > this.last - remembered ? bar : undefined
  }
}
