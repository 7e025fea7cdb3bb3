import type { MarketEvent, Micros } from '../../events/event.ts'

/** Plain JSON. */
export interface SilenceState {
  clock: Micros | null
  /** By product: its last quote or trade, and whether it has been silent for too long since. */
  products: Record<string, [last: Micros, silent: 0 | 1]>
}

/** A product that is silent, or speaks again, from a time on. */
export interface Silent {
  product: string
  time: Micros
  /** Seconds of silence. */
  silent_s: number
}

/**
 * Which products have had no quote or trade for too long, by the highest time of all events around them: other products, clocks,
 * gaps. Where nothing comes at all no time passes.
 */
export class Silence {
  private readonly limit: Micros
  private readonly last = new Map<string, Micros>()
  private readonly silent = new Set<string>()
  private clock = Number.NEGATIVE_INFINITY
  private nextDue = Number.POSITIVE_INFINITY

  constructor(silent_s: number) {
    this.limit = 1e6 * silent_s
  }

  /** @param onSilent told of each product that becomes silent. @param onBack of one that speaks again. */
  take(
    { type, product, time }: Pick<MarketEvent, 'type' | 'product' | 'time'>,
    onSilent: (silent: Silent) => void,
    onBack: (product: string, time: Micros) => void,
  ): void {
    this.clock = Math.max(this.clock, time)
    if (this.clock >= this.nextDue) this.look(onSilent)
    if (type !== 'quote' && type !== 'trade') return
    const before = this.last.get(product) ?? Number.NEGATIVE_INFINITY
    if (time <= before) return
    if (this.silent.delete(product)) onBack(product, time)
    this.last.set(product, time)
    this.nextDue = Math.min(this.nextDue, time + this.limit)
  }

  state(): SilenceState {
    const products: SilenceState['products'] = {}
    for (const [product, last] of this.last) products[product] = [last, this.silent.has(product) ? 1 : 0]
    return { clock: Number.isFinite(this.clock) ? this.clock : null, products }
  }

  restore({ clock, products }: SilenceState): void {
    this.clock = clock ?? Number.NEGATIVE_INFINITY
    for (const [product, [last, silent]] of Object.entries(products)) {
      this.last.set(product, last)
      if (silent === 1) this.silent.add(product)
    }
    this.nextDue = Number.NEGATIVE_INFINITY
  }

  private look(onSilent: (silent: Silent) => void): void {
    this.nextDue = Number.POSITIVE_INFINITY
    for (const [product, last] of this.last) {
      if (this.silent.has(product)) continue
      const due = last + this.limit
      if (this.clock < due) this.nextDue = Math.min(this.nextDue, due)
      else {
        this.silent.add(product)
        onSilent({ product, time: due, silent_s: (this.clock - last) / 1e6 })
      }
    }
  }
}
