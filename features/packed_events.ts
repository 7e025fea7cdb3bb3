import type { Quote, Trade } from './event.ts'
import { Packed } from './packed.ts'

/** The quotes of a closed second: enough to tell a repeat, in a hundredth of the memory. */
export class PackedQuotes {
  private readonly times: Packed
  /** Names of connections, and the place of each quote's among them. */
  private readonly names: string[]
  private readonly connections: Packed
  private readonly sequences: Packed
  private readonly indexes: Packed

  /** @param quotes in the order of time. */
  constructor(quotes: Quote[]) {
    this.names = [...new Set(quotes.map(({ connection }) => connection))]
    this.times = new Packed(quotes.map(({ time }) => time))
    this.connections = new Packed(quotes.map(({ connection }) => this.names.indexOf(connection)))
    this.sequences = new Packed(quotes.map(({ sequence }) => sequence))
    this.indexes = new Packed(quotes.map(({ index }) => index))
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

  /** @param trades in the order of time. */
  constructor(trades: Trade[]) {
    this.times = new Packed(trades.map(({ time }) => time))
    const ids = trades.map(({ id }) => id)
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
