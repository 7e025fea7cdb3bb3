import type { Gap, MarketEvent, Micros } from '../../core/events/event.ts'
import type { Control, RawRecord } from '../bronze/record.ts'

interface Connection {
  name: string
  /** First and highest number seen on it; -1 before any. */
  first: number
  sequence: number
  /** Time of the frame with the highest number. */
  time: Micros | null
  ended: Control | null
  /** Products it serves, each with the number of the frame that told so. */
  products: Record<string, number>
  /** Products whose events came on it. */
  carried: string[]
  /** The last trade or candle of each product, where these follow each other without holes. */
  followed?: Record<string, { place: number; time: Micros }>
  /** The last holes that may still be filled. Absent in states of former versions. */
  holes?: Hole[]
}

/** Frames that were missing when a later one came. */
interface Hole {
  /** The gap, as each of these products was told of it. */
  lost: Lost
  products: string[]
  /** The numbers of it that came after all. */
  came: number[]
}

type Lost = Pick<Gap, 'from' | 'to' | 'reason' | 'sequence' | 'missing'>

interface Product {
  connection: string
  /** Highest event time. */
  time: Micros
}

export interface ContinuitySnapshot {
  connections: Connection[]
  products: Record<string, Product>
}

/** A hole of so many frames, or the last so many holes of a connection, can be filled out of order: a snapshot stays small. */
const fillable = 16
/** More trades or candles than so many are not lost on one connection: such a place is no neighbour of the one before. */
const farthest = 1e6
/** Old connections are forgotten beyond so many, the least recently used first. */
const connectionLimit = 64

/** Knows what each connection and product showed last, and so what was lost between. Plain data inside, no clock. */
export class Continuity {
  private readonly connections = new Map<string, Connection>()
  private readonly products: Map<string, Product>
  private current: Connection | null = null

  constructor(snapshot: Partial<ContinuitySnapshot> = {}) {
    const { connections = [], products = {} } = structuredClone(snapshot)
    for (const connection of connections) this.connections.set(connection.name, connection)
    this.products = new Map(Object.entries(products))
  }

  snapshot(): ContinuitySnapshot {
    return structuredClone({
      connections: [...this.connections.values()],
      products: Object.fromEntries(this.products),
    })
  }

  control(name: string, control: Control): void {
    const connection = this.connection(name)
    if (control === 'stale' || (control === 'close' && connection.ended === null)) connection.ended = control
    // Nothing follows: what it served need not be kept, and a snapshot stays small after many reconnects.
    if (control === 'close') Object.assign(connection, { products: {}, carried: [], holes: [], followed: {} })
  }

  /** Notes that the connection serves the product; `sequence` is -1 for a frame without a number. */
  learn(name: string, product: string, sequence: number): void {
    this.connection(name).products[product] ??= sequence
  }

  /** Products known on the connection before the frame of this number; a repeat of the frame gets the same ones. */
  served(name: string, sequence: number): string[] {
    return Object.entries(this.connection(name).products).flatMap(([product, since]) =>
      since < sequence ? [product] : [],
    )
  }

  /** The number of the connection's next frame, where frames have none of their own. */
  next(name: string): number {
    return this.connection(name).sequence + 1
  }

  /**
   * Takes the number of a frame of a contiguously numbered connection.
   * @param time of the frame; null when it cannot be trusted.
   * @returns a gap a product when frames between the last one and this are missing; the same, withdrawn, when it was the last
   * missing one of those.
   */
  advance(record: RawRecord, sequence: number, time: Micros | null): Gap[] {
    const connection = this.connection(record.connection)
    const before = connection.sequence
    if (connection.first < 0) connection.first = sequence
    if (sequence <= before) return fill(record, connection, sequence)
    const from = connection.time
    connection.sequence = sequence
    connection.time = time ?? from
    if (before < 0 || sequence === before + 1 || connection.time === null) return []
    const span = { from: from ?? connection.time, to: Math.max(connection.time, from ?? connection.time) }
    const missing = sequence - before - 1
    const lost = { ...span, reason: 'sequence' as const, sequence: before + 1, missing }
    const products = Object.keys(connection.products)
    if (missing <= fillable && products.length > 0 && record.role === undefined)
      connection.holes = [...(connection.holes ?? []), { lost, products, came: [] }].slice(-fillable)
    return products.map(product => gap(record, product, lost))
  }

  /**
   * Takes an accepted event of a product.
   * @param frameTime when its frame was sent: a trade itself may be older than the break.
   * @returns a gap when the product went on on another connection than before.
   */
  carry(record: RawRecord, product: string, time: Micros, frameTime: Micros): Gap | null {
    const connection = this.connection(record.connection)
    const last = this.products.get(product)
    const known = connection.carried.includes(product) || last?.connection === record.connection
    if (last === undefined) this.products.set(product, { connection: record.connection, time })
    else if (!known && frameTime <= last.time) return null
    const lost = last && !known ? this.breakBefore(record, connection, product, last, frameTime) : null
    if (!known) connection.carried.push(product)
    if (last && time > last.time) {
      last.connection = record.connection
      last.time = time
    }
    return lost
  }

  /**
   * Takes a trade or a candle of a product whose trades or candles follow each other without holes.
   * @param event with an interval where it is a candle.
   * @param first and `last` are the places that it has: ids, or its start; one place follows the other after `step`.
   * @returns a gap when places between the last one on this connection and this are missing.
   */
  follow(
    record: RawRecord,
    { product, interval, time }: { product: string; interval?: string; time: Micros },
    first: number,
    last: number,
    step: number,
  ): Gap | null {
    const connection = this.connection(record.connection)
    connection.followed ??= {}
    const key = interval === undefined ? product : `${product} ${interval}`
    const before = connection.followed[key]
    const isFar = before !== undefined && Math.abs(last - before.place) > farthest * step
    if (before !== undefined && !isFar && last <= before.place) return null
    if (before === undefined) {
      connection.followed[key] = { place: last, time }
      return null
    }
    const { place, time: from } = before
    before.place = last
    before.time = Math.max(time, from)
    if (isFar || first <= place + step) return null
    const reason = interval === undefined ? 'trade_ids' : 'candles'
    const missing = Math.round((first - place) / step) - 1
    return gap(record, product, { from, to: before.time, reason, sequence: place + step, missing })
  }

  /** Time of a product's last event; 0 before any. */
  lastOf(product: string): Micros {
    return this.products.get(product)?.time ?? 0
  }

  /** Notes an event that was judged elsewhere. */
  pass({ product, connection, time }: MarketEvent): void {
    const last = this.products.get(product)
    if (last === undefined) this.products.set(product, { connection, time })
    else if (time > last.time) Object.assign(last, { connection, time })
  }

  private breakBefore(record: RawRecord, now: Connection, product: string, last: Product, to: Micros): Gap | null {
    const old = this.connections.get(last.connection)
    if (record.bare && old && old.sequence >= 0 && now.first === old.sequence + 1) return null
    const reason = old?.ended === 'stale' ? 'stale' : 'disconnect'
    return gap(record, product, { from: last.time, to, reason, sequence: 0, missing: null })
  }

  private connection(name: string): Connection {
    if (this.current?.name === name) return this.current
    const known = this.connections.get(name)
    const connection = known ?? { name, first: -1, sequence: -1, time: null, ended: null, products: {}, carried: [] }
    if (known) this.connections.delete(name)
    this.connections.set(name, connection)
    if (this.connections.size > connectionLimit) {
      for (const oldest of this.connections.keys()) {
        this.connections.delete(oldest)
        break
      }
    }
    this.current = connection
    return connection
  }
}

/** Takes a number that comes late. @returns the gaps that it withdraws. */
function fill(record: RawRecord, connection: Connection, sequence: number): Gap[] {
  const hole = connection.holes?.find(
    ({ lost }) => lost.sequence <= sequence && sequence < lost.sequence + lost.missing!,
  )
  if (hole === undefined || hole.came.includes(sequence)) return []
  hole.came.push(sequence)
  if (hole.came.length < hole.lost.missing!) return []
  connection.holes = connection.holes!.filter(other => other !== hole)
  return hole.products.map(product => ({ ...gap(record, product, hole.lost), withdrawn: true }))
}

function gap(record: RawRecord, product: string, lost: Lost): Gap {
  const { feed, connection, received_at } = record
  return { type: 'gap', feed, product, time: lost.to, received_at, connection, index: 0, ...lost }
}
