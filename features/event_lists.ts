import { compareIds, type Quote, type Trade } from './event.ts'
import { Packed } from './packed.ts'

/**
 * The quotes of a second in total order, each as what identifies it. Numbers in columns: an event that stayed in memory for as long as
 * its repeats are recognised would cost a hundred times as much.
 */
export class QuoteList {
  readonly times: number[] = []
  /** Names of connections, and the place of each quote's among them. */
  private readonly names: string[] = []
  private readonly connections: number[] = []
  private readonly sequences: number[] = []
  private readonly indexes: number[] = []

  /** @returns the place at which the quote now stands; -1 when one of its identity is there already. */
  add(quote: Quote): number {
    const { times } = this
    const place = times.length === 0 || times[times.length - 1] < quote.time ? times.length : this.placeOf(quote)
    if (place < 0) return -1
    insert(times, place, quote.time)
    insert(this.connections, place, this.nameOf(quote.connection))
    insert(this.sequences, place, quote.sequence)
    insert(this.indexes, place, quote.index)
    return place
  }

  pack(): PackedQuotes {
    return new PackedQuotes(this.times, this.names, this.connections, this.sequences, this.indexes)
  }

  /** Where a quote belongs, -1 when it is there already. */
  private placeOf(quote: Quote): number {
    let low = 0
    let high = this.times.length
    while (low < high) {
      const middle = (low + high) >> 1
      const order = this.compare(middle, quote)
      if (order === 0) return -1
      if (order < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** As `compareEvents` does for two quotes. */
  private compare(place: number, { time, connection, sequence, index }: Quote): number {
    if (this.times[place] !== time) return this.times[place] - time
    const name = this.names[this.connections[place]]
    if (name !== connection) return name < connection ? -1 : 1
    return this.sequences[place] - sequence || this.indexes[place] - index
  }

  private nameOf(connection: string): number {
    const known = this.names.indexOf(connection)
    return known >= 0 ? known : this.names.push(connection) - 1
  }
}

/** The trades of a second in total order. */
export class TradeList {
  readonly times: number[] = []
  private readonly ids: string[] = []

  /** @returns the place at which the trade now stands; -1 when one of its id and time is there already. */
  add(trade: Trade): number {
    const { times } = this
    const place = times.length === 0 || times[times.length - 1] < trade.time ? times.length : this.placeOf(trade)
    if (place < 0) return -1
    insert(times, place, trade.time)
    insert(this.ids, place, trade.id)
    return place
  }

  pack(): PackedTrades {
    return new PackedTrades(this.times, this.ids)
  }

  private placeOf({ time, id }: Trade): number {
    let low = 0
    let high = this.times.length
    while (low < high) {
      const middle = (low + high) >> 1
      const order = this.times[middle] - time || compareIds(this.ids[middle], id)
      if (order === 0) return -1
      if (order < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The quotes of a closed second: enough to tell a repeat. */
export class PackedQuotes {
  private readonly times: Packed
  private readonly names: string[]
  private readonly connections: Packed
  private readonly sequences: Packed
  private readonly indexes: Packed

  constructor(times: number[], names: string[], connections: number[], sequences: number[], indexes: number[]) {
    this.times = new Packed(times)
    this.names = names
    this.connections = new Packed(connections)
    this.sequences = new Packed(sequences)
    this.indexes = new Packed(indexes)
  }

  has({ time, connection, sequence, index }: Quote): boolean {
    for (let at = firstAt(this.times, time); at < this.times.length && this.times.at(at) === time; at++)
      if (
        this.sequences.at(at) === sequence &&
        this.indexes.at(at) === index &&
        this.names[this.connections.at(at)] === connection
      )
        return true
    return false
  }
}

/** The trades of a closed second. */
export class PackedTrades {
  private readonly times: Packed
  private readonly ids: Packed | string[]

  constructor(times: number[], ids: string[]) {
    this.times = new Packed(times)
    const numbers = ids.map(Number)
    this.ids = ids.every((id, i) => Number.isSafeInteger(numbers[i]) && String(numbers[i]) === id)
      ? new Packed(numbers)
      : ids
  }

  has({ time, id }: Trade): boolean {
    for (let at = firstAt(this.times, time); at < this.times.length && this.times.at(at) === time; at++)
      if (String(this.ids.at(at)) === id) return true
    return false
  }
}

/** The first place whose time is at least `time`. */
function firstAt(times: Packed, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times.at(middle) < time) low = middle + 1
    else high = middle
  }
  return low
}

export function insert<Item>(list: Item[], place: number, item: Item): void {
  if (place === list.length) list.push(item)
  else list.splice(place, 0, item)
}
