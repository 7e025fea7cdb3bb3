import type { Micros } from '../../events/event.ts'
import { type GiveWindow, type LateCounts, ProductWindows, type ProductWindowsState } from './product_windows.ts'
import type { Tick, TimeOnly } from './tick.ts'
import { type RevisionSettings, type WindowSettings, windowSteps } from './window_settings.ts'

/** What came of the ticks of all products. */
export interface WindowsCounts {
  ticks: number
  /** Ticks of an id that stood already. */
  repeated: number
  late: LateCounts
}

/**
 * One set of sliding windows over any number of products, each with a watermark of its own.
 * @example
 * const rows: WindowRow[] = []
 * const settings = { length_s: 60, slide_s: 10, lateness_s: 600, lag_s: 2, revise_s: 10 }
 * const windows = new Windows(settings, row => rows.push(row))
 * const tick = tickOf(event)
 * if (tick !== null && typeof tick === 'object') windows.push(tick, 0)
 */
export class Windows {
  readonly byProduct = new Map<string, ProductWindows>()
  private readonly settings: WindowSettings & RevisionSettings
  private readonly give: GiveWindow

  constructor(settings: WindowSettings & RevisionSettings, give: GiveWindow) {
    this.settings = settings
    this.give = give
  }

  /** @param offset of the record that it came in. @param again whether a former life had it already. */
  push(tick: Tick | TimeOnly, offset: number, again = false): void {
    const windows = this.of(tick.product)
    if (tick.source === 'clock') {
      if (!again) windows.advance(tick.time)
    } else if (again) windows.refill(tick, offset)
    else windows.push(tick, offset)
  }

  /** Gives every open window as it is now: the input has ended. */
  giveOpen(): void {
    for (const windows of this.byProduct.values()) windows.giveOpen()
  }

  counts(): WindowsCounts {
    const total: WindowsCounts = { ticks: 0, repeated: 0, late: { events: 0, memberships: 0 } }
    for (const { counts } of this.byProduct.values()) {
      total.ticks += counts.ticks
      total.repeated += counts.repeated
      total.late.events += counts.late.events
      total.late.memberships += counts.late.memberships
    }
    return total
  }

  /** Watermarks of the products. */
  watermarks(): Map<string, Micros> {
    const { lateness_s } = this.settings
    return new Map([...this.byProduct].map(([product, { high }]) => [product, high - 1e6 * lateness_s]))
  }

  state(): Record<string, ProductWindowsState> {
    return Object.fromEntries([...this.byProduct].map(([product, windows]) => [product, windows.state()]))
  }

  restore(state: Record<string, ProductWindowsState>): void {
    for (const [product, one] of Object.entries(state)) this.of(product).restore(one)
  }

  private of(product: string): ProductWindows {
    let windows = this.byProduct.get(product)
    if (windows === undefined) {
      windows = new ProductWindows(product, windowSteps(this.settings), this.give)
      this.byProduct.set(product, windows)
    }
    return windows
  }
}
