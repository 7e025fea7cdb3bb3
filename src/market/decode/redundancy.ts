import type { MarketEvent, Micros } from '../../core/events/event.ts'
import type { Control, RawRecord, Role } from '../bronze/record.ts'
import { skewLimit } from './align_connections.ts'
import { MergedProduct, type MergedState, newMerged, otherOf } from './merged_product.ts'

/** One of the two connections, whichever it is at the time. */
interface Side {
  /** When its last frame was received. */
  received_at: Micros
  open: boolean
}

export interface RedundancySnapshot {
  sides: Record<Role, Side>
  products: Record<string, MergedState>
}

/** Without a frame for so long, by the other side's receipts, a side is silent: heartbeats come every second. */
const silence: Micros = 3_000_000
/** So many events may wait: more than comes of a few products in that time. */
const waitingLimit = 2000

/**
 * Makes one stream of events of two connections to the same products. Each is read by itself, losses and all. Events are
 * the primary's; where it fails, from its last event on the standby's, until the primary stands where the standby does.
 * Trades are those of either, by id. A gap is left only where both lost something. A pure function of the records so far.
 */
export class Redundancy {
  private readonly sides: Record<Role, Side>
  private readonly products = new Map<string, MergedProduct>()
  private readonly isNewTrade: (product: string, id: string) => boolean
  private readonly lastOf: (product: string) => Micros

  /**
   * @param isNewTrade says so once for each id.
   * @param lastOf time of a product's last event before there were two connections; 0 for none.
   */
  constructor(
    isNewTrade: (product: string, id: string) => boolean,
    lastOf: (product: string) => Micros,
    snapshot?: RedundancySnapshot,
  ) {
    this.isNewTrade = isNewTrade
    this.lastOf = lastOf
    const { sides, products = {} } = structuredClone(snapshot) ?? {}
    this.sides = sides ?? { primary: { received_at: 0, open: false }, standby: { received_at: 0, open: false } }
    for (const [name, state] of Object.entries(products)) this.products.set(name, new MergedProduct(state, isNewTrade))
  }

  snapshot(): RedundancySnapshot {
    return structuredClone({
      sides: this.sides,
      products: Object.fromEntries([...this.products].map(([name, { state }]) => [name, state])),
    })
  }

  /** @returns the events that are due. */
  control(role: Role, control: Control, received_at: Micros | null): MarketEvent[] {
    const side = this.sides[role]
    side.received_at = received_at ?? side.received_at
    side.open = control === 'open'
    return this.end(role, control)
  }

  /**
   * Takes what a frame of one side says, as if there were no other.
   * @param time when the frame was sent; null where that cannot be trusted.
   * @returns the events that are due.
   */
  take(role: Role, record: RawRecord, events: MarketEvent[], time: Micros | null): MarketEvent[] {
    const side = this.sides[role]
    const other = this.sides[otherOf[role]]
    side.received_at = record.received_at ?? side.received_at
    side.open = true
    const touched = new Set<MergedProduct>()
    for (const event of events) {
      const product = this.productOf(event.product, role)
      product.take(role, event, time)
      touched.add(product)
    }
    if (other.open && side.received_at - other.received_at > silence) {
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
      product = new MergedProduct(newMerged(role, this.lastOf(name)), this.isNewTrade)
      this.products.set(name, product)
    }
    return product
  }
}
