import type { Bar } from './bar.ts'
import { compareIds, type Micros, type Trade } from './event.ts'
import { insert, placeIn } from './ordered.ts'
import { PackedTrades } from './packed_events.ts'

/** The trades of a second that is not closed yet, a column each of what is still needed of them, by time and id. */
export class OpenTrades {
  private readonly times: Micros[] = []
  private readonly ids: string[] = []
  private readonly prices: number[] = []
  private readonly sizes: number[] = []
  private readonly sides: Trade['side'][] = []

  get length(): number {
    return this.times.length
  }

  /** @returns false when a trade of the same identity is here already. */
  add(trade: Trade, price: number, size: number): boolean {
    const place = this.placeOf(trade)
    if (place < 0) return false
    insert(this.times, place, trade.time)
    insert(this.ids, place, trade.id)
    insert(this.prices, place, price)
    insert(this.sizes, place, size)
    insert(this.sides, place, trade.side)
    return true
  }

  has(trade: Trade): boolean {
    return this.placeOf(trade) < 0
  }

  pack(): PackedTrades {
    return new PackedTrades(this.times, this.ids)
  }

  /** Writes what a bar holds of its trades; its quotes are folded before. */
  fold(bar: Bar): void {
    const { times, prices, sizes, sides, length } = this
    if (length === 0) return
    bar.trades = length
    for (let i = 0; i < length; i++) {
      bar.notional += prices[i] * sizes[i]
      if (sides[i] === 'buy') bar.bought += sizes[i]
      else if (sides[i] === 'sell') bar.sold += sizes[i]
    }
    const first = times[0]
    const last = times[length - 1]
    bar.trade_price = prices[length - 1]
    if (!(bar.first_active <= first)) bar.first_active = first
    if (!(bar.last_active >= last)) bar.last_active = last
  }

  private placeOf(trade: Trade): number {
    const { times, length } = this
    if (length === 0 || times[length - 1] < trade.time) return length
    return placeIn(length, at => this.times[at] - trade.time || compareIds(this.ids[at], trade.id))
  }
}
