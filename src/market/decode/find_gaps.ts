import type { Gap } from '../../core/events/event.ts'
import type { RawRecord } from '../bronze/record.ts'
import type { Feed, TimedEvent } from '../feeds/feed.ts'
import { Continuity, type ContinuitySnapshot } from './continuity.ts'
import type { DecodedLine, DecoderStep } from './decoded_line.ts'
import { complete } from './frame_event.ts'
import type { ProductOwners } from './product_owners.ts'

export interface GapsState extends ContinuitySnapshot {
  /** Where a feed has two connections, what each of them showed: by feed and role. */
  continuities?: Record<string, ContinuitySnapshot>
}

/**
 * The second step: numbers the events of a line, and finds what was lost before it. A heartbeat becomes a clock of each product
 * of its connection. Two connections to the same products are followed each by itself.
 */
export class GapFinder implements DecoderStep<GapsState> {
  /** What was given out in the end, by whatever connection. */
  readonly single: Continuity
  private readonly continuities = new Map<string, Continuity>()
  private readonly owners: ProductOwners

  constructor(owners: ProductOwners, { continuities = {}, connections, products }: Partial<GapsState> = {}) {
    this.owners = owners
    this.single = new Continuity({ connections, products })
    for (const [key, snapshot] of Object.entries(continuities)) this.continuities.set(key, new Continuity(snapshot))
  }

  snapshot(): GapsState {
    const entries = [...this.continuities].map(([key, continuity]) => [key, continuity.snapshot()])
    return { ...this.single.snapshot(), ...(entries.length > 0 && { continuities: Object.fromEntries(entries) }) }
  }

  take(line: DecodedLine): void {
    const { record, read, products, time, bare, events } = line
    if (record.backfill) return
    const continuity = this.continuityOf(record)
    const { connection } = record
    if (record.control) continuity.control(connection, record.control)
    if (read === null) return
    const { numbering } = read.feed
    const sequence = numbering === 'none' ? continuity.next(connection) : read.reading.sequence
    if (numbering !== 'product' && sequence !== null)
      for (const gap of continuity.advance(record, sequence, time))
        if (this.isOwn(gap.product, record)) events.push(gap)
    for (const product of products) continuity.learn(connection, product, sequence ?? -1)
    if (read.reading.heartbeat && time !== null && sequence !== null)
      for (const product of continuity.served(connection, sequence))
        if (this.isOwn(product, record)) bare.push({ type: 'clock', product, time, index: 0 })
    const isMarket = read.feed.brings === undefined
    for (const event of isMarket ? bare : []) {
      const gap = continuity.carry(record, event.product, event.time, time ?? event.time)
      if (gap) events.push(gap)
      const hole = read.feed.contiguous && holeBefore(event, record, continuity, read.feed.contiguous)
      if (hole) events.push(hole)
    }
    for (const event of bare) events.push(complete(event, record, sequence ?? 0))
  }

  /** A connection may serve a product that another feed brings by now. */
  private isOwn(product: string, { feed }: RawRecord): boolean {
    return this.owners.isFreeFor(feed, product)
  }

  private continuityOf({ feed, role }: RawRecord): Continuity {
    if (role === undefined) return this.single
    const key = `${feed} ${role}`
    let continuity = this.continuities.get(key)
    if (continuity === undefined) {
      continuity = new Continuity()
      this.continuities.set(key, continuity)
    }
    return continuity
  }
}

/** The trades or candles of its product that are missing before this one. */
function holeBefore(
  event: TimedEvent,
  record: RawRecord,
  continuity: Continuity,
  kinds: NonNullable<Feed['contiguous']>,
): Gap | null {
  if (event.type === 'trade' && kinds.includes('trade_ids')) {
    const { product, time, id, first_id } = event
    const last = Number(id)
    const first = first_id === undefined ? last : Number(first_id)
    const areNumbers = Number.isSafeInteger(first) && Number.isSafeInteger(last)
    return areNumbers ? continuity.follow(record, { product, time }, first, last, 1) : null
  }
  if (event.type !== 'candle' || !kinds.includes('candles')) return null
  return continuity.follow(record, event, event.start, event.start, event.time - event.start)
}
