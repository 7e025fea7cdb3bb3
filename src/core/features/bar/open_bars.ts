import { OpenBar } from './open_bar.ts'

/** The seconds of a product that hold events and are not closed yet. */
export class OpenBars {
  private readonly bars = new Map<number, OpenBar>()
  /** Bars that were taken out, to be opened again for another second. */
  private readonly spare: OpenBar[] = []
  private newest: OpenBar | undefined

  /** The first of them, infinite when there is none. */
  get first(): number {
    let first = Number.POSITIVE_INFINITY
    for (const second of this.bars.keys()) if (second < first) first = second
    return first
  }

  get(second: number): OpenBar | undefined {
    return this.bars.get(second)
  }

  /** The bar of a second, opened where it is not. */
  open(second: number): OpenBar {
    if (this.newest?.second === second) return this.newest
    let bar = this.bars.get(second)
    if (bar === undefined) {
      bar = this.spare.pop()?.reuse(second) ?? new OpenBar(second)
      this.bars.set(second, bar)
    }
    this.newest = bar
    return bar
  }

  /** Takes a bar out; it is good until the next one is opened. */
  take(bar: OpenBar): void {
    this.bars.delete(bar.second)
    if (this.newest === bar) this.newest = undefined
    this.spare.push(bar)
  }
}
