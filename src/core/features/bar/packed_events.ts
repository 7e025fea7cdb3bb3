import type { Micros, Quote, Trade } from '../../events/event.ts'
import { Packed } from './packed.ts'

/** Fewer events of a second are kept as they are: objects that pack them would be larger. */
export const packedFrom = 32

/** The quotes of a closed second that had few: time, connection, sequence and index of each, one after the other. */
export class FewQuotes {
  private readonly numbers: number[]
  private readonly names: string[]

  /** @param names of connections, by their place among them. */
  constructor(numbers: number[], names: string[]) {
    this.numbers = numbers
    this.names = names
  }

  has({ time, connection, sequence, index }: Quote): boolean {
    const { numbers, names } = this
    for (let i = 0; i < numbers.length; i += 4)
      if (
        numbers[i] === time &&
        numbers[i + 2] === sequence &&
        numbers[i + 3] === index &&
        names[numbers[i + 1]] === connection
      )
        return true
    return false
  }
}

/** The trades of a closed second that had few. */
export class FewTrades {
  private readonly times: Micros[]
  private readonly ids: string[]

  constructor(times: Micros[], ids: string[]) {
    this.times = times
    this.ids = ids
  }

  has({ time, id }: Trade): boolean {
    return this.ids.some((one, i) => one === id && this.times[i] === time)
  }
}

/** The quotes of a closed second: enough to tell a repeat, in a hundredth of the memory. */
export class PackedQuotes {
  private readonly times: Packed
  /** Names of connections, and the place of each quote's among them. */
  private readonly names: string[]
  private readonly connections: Packed
  private readonly sequences: Packed
  private readonly indexes: Packed

  /** @param times in order; the other columns likewise, but for the names. */
  constructor(times: Micros[], names: string[], connections: number[], sequences: number[], indexes: number[]) {
    this.names = names
    this.times = new Packed(times)
    this.connections = new Packed(connections)
    this.sequences = new Packed(sequences)
    this.indexes = new Packed(indexes)
  }

  has({ time, connection, sequence, index }: Quote): boolean {
    for (let at = this.times.firstFrom(time); at < this.times.length && this.times.at(at) === time; at++)
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

  /** @param times in order, of the trades with these ids. */
  constructor(times: Micros[], ids: string[]) {
    this.times = new Packed(times)
    const numbers = ids.map(Number)
    this.ids = ids.every((id, i) => Number.isSafeInteger(numbers[i]) && String(numbers[i]) === id)
      ? new Packed(numbers)
      : ids
  }

  has({ time, id }: Trade): boolean {
    for (let at = this.times.firstFrom(time); at < this.times.length && this.times.at(at) === time; at++)
      if (String(this.ids.at(at)) === id) return true
    return false
  }
}
