import { parseDecimal } from '../../events/decimal.ts'
import type { Quote } from '../../events/event.ts'
import type { Bar } from './bar.ts'
import { OrderedRows } from './ordered_rows.ts'
import { FewQuotes, PackedQuotes, packedFrom } from './packed_events.ts'

/** Columns of the rows; the connection by its place among the names. */
const [time, connection, sequence, index, bid, ask, width] = [0, 1, 2, 3, 4, 5, 6]

/** The quotes of a second that is not closed yet: what is still needed of them, in total order (`compareEvents`). */
export class OpenQuotes {
  private readonly rows = new OrderedRows(width)
  private names: string[] = []
  private last: Quote | null = null

  /** @returns false when a quote of the same identity is here already. */
  add(quote: Quote, bidPrice: number, askPrice: number): boolean {
    const { rows } = this
    const place = this.placeOf(quote)
    if (place < 0) return false
    if (place === rows.length) this.last = quote
    let name = this.names.indexOf(quote.connection)
    if (name < 0) name = this.names.push(quote.connection) - 1
    rows.insert(place)
    rows.set(place, time, quote.time)
    rows.set(place, connection, name)
    rows.set(place, sequence, quote.sequence)
    rows.set(place, index, quote.index)
    rows.set(place, bid, bidPrice)
    rows.set(place, ask, askPrice)
    return true
  }

  get length(): number {
    return this.rows.length
  }

  /** What tells a repeat of these quotes. */
  pack(): { has(quote: Quote): boolean } {
    const { rows } = this
    if (rows.length < packedFrom) return new FewQuotes(rows.heads(bid), this.names)
    const connections = rows.column(connection)
    return new PackedQuotes(rows.column(time), this.names, connections, rows.column(sequence), rows.column(index))
  }

  clear(): void {
    this.rows.clear()
    this.names = []
    this.last = null
  }

  /** Writes what a bar holds of its quotes. */
  fold(bar: Bar): void {
    const { rows } = this
    if (rows.length === 0) return
    const end = rows.length - 1
    bar.quotes = rows.length
    bar.bid = rows.at(end, bid)
    bar.ask = rows.at(end, ask)
    bar.bid_size = toSize(this.last!.bid_size)
    bar.ask_size = toSize(this.last!.ask_size)
    let before = (rows.at(0, bid) + rows.at(0, ask)) / 2
    let high = before
    let low = before
    let squares = 0
    bar.first_mid = before
    for (let i = 1; i <= end; i++) {
      const mid = (rows.at(i, bid) + rows.at(i, ask)) / 2
      if (mid > high) high = mid
      if (mid < low) low = mid
      if (mid !== before) {
        bar.changes++
        bar.last_change = rows.at(i, time)
      }
      before = mid
      const spacing = rows.at(i, time) - rows.at(i - 1, time)
      squares += spacing * spacing
    }
    bar.high = high
    bar.low = low
    bar.spacing_squares = squares
    bar.first_quote = bar.first_active = rows.at(0, time)
    bar.last_quote = bar.last_active = rows.at(end, time)
  }

  private placeOf(quote: Quote): number {
    const { rows } = this
    if (rows.length === 0 || rows.at(rows.length - 1, time) < quote.time) return rows.length
    return rows.placeOf(row => this.compare(row, quote))
  }

  private compare(row: number, quote: Quote): number {
    const { rows } = this
    if (rows.at(row, time) !== quote.time) return rows.at(row, time) - quote.time
    const name = this.names[rows.at(row, connection)]
    if (name !== quote.connection) return name < quote.connection ? -1 : 1
    return rows.at(row, sequence) - quote.sequence || rows.at(row, index) - quote.index
  }
}

/** A size that the feed gave as a number from 0 to 1e30, else NaN. */
function toSize(text: string | null): number {
  const size = parseDecimal(text)
  return size >= 0 && size <= 1e30 ? size : Number.NaN
}
