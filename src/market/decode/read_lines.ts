import type { Candle, Micros, Trade } from '../../core/events/event.ts'
import type { BackfillSpan, RawRecord } from '../bronze/record.ts'
import type { Fault, Feed, Reading, TimedEvent } from '../feeds/feed.ts'
import { feedByName } from '../feeds/feeds.ts'
import { addFault, parseJson } from '../feeds/reading.ts'
import { countName, type DecoderCounters } from './counters.ts'
import { type DecodedLine, type DecoderStep, ignore } from './decoded_line.ts'
import { complete, letterOf } from './frame_event.ts'
import type { Holders, ProductOwners } from './product_owners.ts'

/** Of a name that nobody asked for the beginning tells enough. */
const longestName = 50

export interface LinesState {
  /** The feed that brings each product. */
  holders?: Holders
}

/**
 * The first step: what a line says, and what of it counts. Symbols become our names. Events of products that nobody wants, or
 * that are another feed's, or of times that cannot be, are left out; what is malformed becomes a dead letter.
 */
export class LineReader implements DecoderStep<LinesState> {
  private readonly feeds: ReadonlyMap<string, Feed>
  private readonly owners: ProductOwners
  private readonly aheadLimit: Micros
  private readonly counters: DecoderCounters

  /** @param feeds those of the config; others are known by name. */
  constructor(feeds: Feed[], owners: ProductOwners, aheadLimit: Micros, counters: DecoderCounters) {
    this.feeds = new Map(feeds.map(feed => [feed.name, feed]))
    this.owners = owners
    this.aheadLimit = aheadLimit
    this.counters = counters
  }

  snapshot(): LinesState {
    const holders = this.owners.snapshot()
    return Object.keys(holders).length > 0 ? { holders } : {}
  }

  take(line: DecodedLine): void {
    const { control, backfill, dead, feed: name } = line.record
    const feed = this.feeds.get(name) ?? feedByName(name)
    if (backfill) this.readAnswer(line, feed, backfill)
    else if (control) return
    else if (dead !== undefined) this.refuse(line, dead)
    else {
      this.counters.frames++
      if (feed) this.readFrame(line, feed)
      else this.refuse(line, 'unknown_feed')
    }
  }

  private readFrame(line: DecodedLine, feed: Feed): void {
    const { received_at, rejected } = line.record
    const reading = readingOf(line.record, feed)
    line.read = { feed, reading }
    for (const fault of reading.faults) this.refuseFault(line, fault)
    if (reading.other !== null) ignore(line, reading.other)
    if (feed.clock === 'receipt') reading.time = received_at ?? reading.time
    if (!rejected && !this.isAhead(reading.time, received_at)) line.time = reading.time
    for (const symbol of reading.acknowledged) this.learn(line, feed, symbol)
    for (const { product } of reading.events) this.learn(line, feed, product)
    if (rejected) {
      this.counters.rejected++
      this.refuse(line, rejected)
    } else this.keepEvents(line, feed, reading)
  }

  private skip(line: DecodedLine, symbol: string): void {
    const product = symbol.slice(0, longestName)
    countName(this.counters.skipped, product)
    ignore(line, `product ${product}`)
  }

  private learn(line: DecodedLine, feed: Feed, symbol: string): void {
    const listing = this.owners.listing(feed, symbol)
    if (listing?.allowed) line.products.push(listing.product)
  }

  private keepEvents(line: DecodedLine, feed: Feed, { events, heartbeat, time }: Reading): void {
    const reference = line.record.received_at ?? time
    let ahead = heartbeat && line.time !== time ? 1 : 0
    let others: [product: string, owner: string] | null = null
    const timeless: Pick<Reading, 'faults'> = { faults: [] }
    for (const event of events) {
      const listing = this.owners.listing(feed, event.product)
      event.time ??= time
      if (listing === undefined) this.skip(line, event.product)
      else if (event.time === null) addFault(timeless, 'bad_time', event)
      else if (this.isAhead(event.time, reference)) {
        // An article of the future is told again by each answer, and taken when its time has come.
        if (event.type === 'news') ignore(line, 'news of the future')
        else ahead++
      } else {
        const { product } = listing
        const time = event.type === 'clock' ? null : event.time
        const owner = feed.brings === 'news' ? null : this.owners.claim(feed.name, listing, time)
        event.product = product
        if (owner === null) line.bare.push(event as TimedEvent)
        else others ??= [product, owner]
      }
    }
    for (const fault of timeless.faults) this.refuseFault(line, fault)
    this.counters.rejected += ahead
    if (ahead > 0) this.refuse(line, 'time_ahead')
    if (others !== null) this.refuseOther(line, ...others)
  }

  /** The trades of a REST answer that lie where they were asked for, marked; of the connection nothing is learnt from it. */
  private readAnswer(line: DecodedLine, feed: Feed | undefined, asked: BackfillSpan): void {
    const { record } = line
    const listing = feed && this.owners.listing(feed, asked.product)
    const product = listing?.product ?? asked.product
    line.span = { ...asked, product }
    if (record.control) return
    if (feed?.rest === undefined || record.dead !== undefined) {
      this.refuse(line, record.dead ?? 'bad_backfill')
      return
    }
    const received_at = record.received_at ?? Number.MAX_SAFE_INTEGER
    const { events, faults } = feed.rest.read(record.frame, { symbol: asked.product, received_at })
    for (const fault of faults) this.refuseFault(line, fault)
    if (listing === undefined) return
    const owner = this.owners.claim(feed.name, listing, null)
    if (owner !== null) {
      this.refuseOther(line, product, owner)
      return
    }
    for (const event of events)
      if (
        (event.type === 'trade' || event.type === 'candle') &&
        event.product === asked.product &&
        event.time >= asked.from &&
        event.time <= asked.to
      )
        line.events.push({ ...(complete(event, record, 0) as Trade | Candle), product, backfilled: true })
  }

  private isAhead(time: Micros | null, reference: Micros | null): boolean {
    return time !== null && reference !== null && time > reference + this.aheadLimit
  }

  private refuseOther(line: DecodedLine, product: string, owner: string): void {
    const { feed } = line.record
    const detail =
      owner === feed
        ? `${product} was not yet brought by ${feed} at that time`
        : `${product} is brought by ${owner}, not by ${feed}`
    this.refuse(line, 'product_of_another_feed', undefined, detail)
  }

  private refuseFault(line: DecodedLine, { reason, item, count }: Fault): void {
    if (count === undefined) this.refuse(line, reason, item)
    else this.refuse(line, reason, undefined, `${count} more items of this frame`, count)
  }

  private refuse(line: DecodedLine, reason: string, item?: unknown, detail?: string, count?: number): void {
    countName(this.counters.dead, reason, count)
    line.dead.push(letterOf(line.record, { reason, item, count, detail }))
  }
}

/** A frame that was skimmed and has faults is read anew in whole: its dead letters carry all of the item. */
function readingOf({ frame, skimmed, text }: RawRecord, feed: Feed): Reading {
  const reading = feed.read(frame)
  return skimmed && reading.faults.length > 0 ? feed.read(parseJson(text!)) : reading
}
