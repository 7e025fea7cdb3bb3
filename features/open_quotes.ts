import type { Bar } from './bar.ts'
import { parseDecimal } from './decimal.ts'
import type { Micros, Quote } from './event.ts'
import { insert, placeIn } from './ordered.ts'
import { PackedQuotes } from './packed_events.ts'

/**
 * The quotes of a second that is not closed yet, a column each of what is still needed of them, in total order (see
 * `compareEvents`). Columns of numbers outlive the events: a collector has little to move.
 */
export class OpenQuotes {
  private readonly times: Micros[] = []
  /** Names of connections, and the place of each quote's among them. */
  private readonly names: string[] = []
  private readonly connections: number[] = []
  private readonly sequences: number[] = []
  private readonly indexes: number[] = []
  private readonly bids: number[] = []
  private readonly asks: number[] = []
  private last: Quote | null = null

  get length(): number {
    return this.times.length
  }

  /** @returns false when a quote of the same identity is here already. */
  add(quote: Quote, bid: number, ask: number): boolean {
    const place = this.placeOf(quote)
    if (place < 0) return false
    if (place === this.length) this.last = quote
    let name = this.names.indexOf(quote.connection)
    if (name < 0) name = this.names.push(quote.connection) - 1
    insert(this.times, place, quote.time)
    insert(this.connections, place, name)
    insert(this.sequences, place, quote.sequence)
    insert(this.indexes, place, quote.index)
    insert(this.bids, place, bid)
    insert(this.asks, place, ask)
    return true
  }

  has(quote: Quote): boolean {
    return this.placeOf(quote) < 0
  }

  pack(): PackedQuotes {
    return new PackedQuotes(this.times, this.names, this.connections, this.sequences, this.indexes)
  }

  /** Writes what a bar holds of its quotes. */
  fold(bar: Bar): void {
    const { times, bids, asks, length } = this
    if (length === 0) return
    bar.quotes = length
    bar.bid = bids[length - 1]
    bar.ask = asks[length - 1]
    bar.bid_size = toSize(this.last!.bid_size)
    bar.ask_size = toSize(this.last!.ask_size)
    let before = (bids[0] + asks[0]) / 2
    let high = before
    let low = before
    let squares = 0
    bar.first_mid = before
    for (let i = 1; i < length; i++) {
      const mid = (bids[i] + asks[i]) / 2
      if (mid > high) high = mid
      if (mid < low) low = mid
      if (mid !== before) {
        bar.changes++
        bar.last_change = times[i]
      }
      before = mid
      const spacing = times[i] - times[i - 1]
      squares += spacing * spacing
    }
    bar.high = high
    bar.low = low
    bar.spacing_squares = squares
    bar.first_quote = bar.first_active = times[0]
    bar.last_quote = bar.last_active = times[length - 1]
  }

  private placeOf(quote: Quote): number {
    const { times, length } = this
    if (length === 0 || times[length - 1] < quote.time) return length
    return placeIn(length, at => this.compare(at, quote))
  }

  private compare(at: number, { time, connection, sequence, index }: Quote): number {
    if (this.times[at] !== time) return this.times[at] - time
    const name = this.names[this.connections[at]]
    if (name !== connection) return name < connection ? -1 : 1
    return this.sequences[at] - sequence || this.indexes[at] - index
  }
}

/** A size that the feed gave as a number from 0 to 1e30, else NaN. */
function toSize(text: string | null): number {
  const size = parseDecimal(text)
  return size >= 0 && size <= 1e30 ? size : Number.NaN
}
