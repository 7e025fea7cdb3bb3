import { compareIds, type Trade } from '../../events/event.ts'
import type { Bar } from './bar.ts'
import { OrderedRows } from './ordered_rows.ts'
import { FewTrades, PackedTrades, packedFrom } from './packed_events.ts'

/** Columns of the rows; the side is 1 where the taker buys, -1 where it sells, else 0. */
const [time, price, size, side, width] = [0, 1, 2, 3, 4]

/** The trades of a second that is not closed yet: what is still needed of them, by time and id. */
export class OpenTrades {
  private readonly rows = new OrderedRows(width)
  private ids: string[] = []

  /** @returns false when a trade of the same identity is here already. */
  add(trade: Trade, tradePrice: number, tradeSize: number): boolean {
    const { rows } = this
    const place = this.placeOf(trade)
    if (place < 0) return false
    rows.insert(place)
    rows.set(place, time, trade.time)
    rows.set(place, price, tradePrice)
    rows.set(place, size, tradeSize)
    rows.set(place, side, trade.side === 'buy' ? 1 : trade.side === 'sell' ? -1 : 0)
    if (place === this.ids.length) this.ids.push(trade.id)
    else this.ids.splice(place, 0, trade.id)
    return true
  }

  get length(): number {
    return this.rows.length
  }

  /** What tells a repeat of these trades. */
  pack(): { has(trade: Trade): boolean } {
    const times = this.rows.column(time)
    return times.length < packedFrom ? new FewTrades(times, this.ids) : new PackedTrades(times, this.ids)
  }

  clear(): void {
    this.rows.clear()
    this.ids = []
  }

  /** Writes what a bar holds of its trades; its quotes are folded before. */
  fold(bar: Bar): void {
    const { rows } = this
    if (rows.length === 0) return
    const end = rows.length - 1
    bar.trades = rows.length
    for (let i = 0; i <= end; i++) {
      bar.notional += rows.at(i, price) * rows.at(i, size)
      if (rows.at(i, side) > 0) bar.bought += rows.at(i, size)
      else if (rows.at(i, side) < 0) bar.sold += rows.at(i, size)
    }
    const first = rows.at(0, time)
    const last = rows.at(end, time)
    bar.trade_price = rows.at(end, price)
    if (!(bar.first_active <= first)) bar.first_active = first
    if (!(bar.last_active >= last)) bar.last_active = last
  }

  private placeOf(trade: Trade): number {
    const { rows } = this
    if (rows.length === 0 || rows.at(rows.length - 1, time) < trade.time) return rows.length
    return rows.placeOf(row => rows.at(row, time) - trade.time || compareIds(this.ids[row], trade.id))
  }
}
