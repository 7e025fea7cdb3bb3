import type { MarketEvent, Micros } from '../../core/events/event.ts'
import type { Control, RawRecord, Role } from '../bronze/record.ts'
import { skewLimit } from './align_connections.ts'
import { Continuity, type ContinuitySnapshot } from './continuity.ts'
import { MergedProduct, type MergedState, newMerged, otherOf } from './merged_product.ts'

interface Line {
  /** When its last frame was received. */
  received_at: Micros
  open: boolean
}

export interface RedundancySnapshot {
  continuity: Record<Role, ContinuitySnapshot>
  lines: Record<Role, Line>
  products: Record<string, MergedState>
}

/** Without a frame for so long, by the other line's receipts, a line is silent: heartbeats come every second. */
const silence: Micros = 3_000_000
/** So many events may wait: more than comes of a few products in that time. */
const waitingLimit = 2000

/**
 * Makes one stream of events of two connections to the same products. Each is read by itself, losses and all. Events are
 * the primary's; where it fails, from its last event on the standby's, until the primary stands where the standby does.
 * Trades are those of either, by id. A gap is left only where both lost something. A pure function of the records so far.
 */
export class Redundancy {
  private readonly continuities: Record<Role, Continuity>
  private readonly lines: Record<Role, Line>
  private readonly products = new Map<string, MergedProduct>()
  private readonly isNewTrade: (product: string, id: string) => boolean
  private readonly before: Continuity

  /**
   * @param isNewTrade says so once for each id.
   * @param before knows what was given out before there were two connections.
   */
  constructor(isNewTrade: (product: string, id: string) => boolean, before: Continuity, snapshot?: RedundancySnapshot) {
    this.isNewTrade = isNewTrade
    this.before = before
    const { continuity, lines, products = {} } = structuredClone(snapshot) ?? {}
    this.continuities = {
      primary: new Continuity(continuity?.primary),
      standby: new Continuity(continuity?.standby),
    }
    this.lines = lines ?? { primary: { received_at: 0, open: false }, standby: { received_at: 0, open: false } }
    for (const [name, state] of Object.entries(products)) this.products.set(name, new MergedProduct(state, isNewTrade))
  }

  snapshot(): RedundancySnapshot {
    const { primary, standby } = this.continuities
    return structuredClone({
      continuity: { primary: primary.snapshot(), standby: standby.snapshot() },
      lines: this.lines,
      products: Object.fromEntries([...this.products].map(([name, { state }]) => [name, state])),
    })
  }

  continuity(role: Role): Continuity {
    return this.continuities[role]
  }

  /** @returns the events that are due. */
  control(role: Role, control: Control, received_at: Micros | null): MarketEvent[] {
    const line = this.lines[role]
    line.received_at = received_at ?? line.received_at
    line.open = control === 'open'
    return this.end(role, control)
  }

  /**
   * Takes what one line's frame says, as if there were no other.
   * @param time when the frame was sent; null where that cannot be trusted.
   * @returns the events that are due.
   */
  take(role: Role, record: RawRecord, events: MarketEvent[], time: Micros | null): MarketEvent[] {
    const line = this.lines[role]
    const other = this.lines[otherOf[role]]
    line.received_at = record.received_at ?? line.received_at
    line.open = true
    const touched = new Set<MergedProduct>()
    for (const event of events) {
      const product = this.productOf(event.product, role)
      product.take(role, event, time)
      touched.add(product)
    }
    if (other.open && line.received_at - other.received_at > silence) {
      for (const product of this.products.values()) product.silence(otherOf[role])
      return this.due(this.products.values())
    }
    const due = this.due(touched)
    return this.waiting > waitingLimit ? due.concat(this.end(otherOf[role], 'stale')) : due
  }

  private end(role: Role, control: Control): MarketEvent[] {
    for (const product of this.products.values()) product.end(role, control)
    return this.due(this.products.values())
  }

  private due(products: Iterable<MergedProduct>): MarketEvent[] {
    const keep = this.waiting > waitingLimit ? 0 : skewLimit
    return [...products].flatMap(product => product.due(keep))
  }

  private get waiting(): number {
    let count = 0
    for (const { waiting } of this.products.values()) count += waiting
    return count
  }

  private productOf(name: string, role: Role): MergedProduct {
    let product = this.products.get(name)
    if (product === undefined) {
      product = new MergedProduct(newMerged(role, this.before.lastOf(name)), this.isNewTrade)
      this.products.set(name, product)
    }
    return product
  }
}
