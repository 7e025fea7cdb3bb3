import type { Micros } from '../../core/events/event.ts'
import type { Feed, Reading } from '../feeds/feed.ts'

const ringSize = 4096
const rangeLimit = 256

/** Finds the connections inside a bare file: a new one begins where the numbering falls back. */
export class ConnectionTracker {
  private readonly name: string
  private readonly sources = new Map<string, { connection: string; numberings: Map<string, Numbering> }>()
  private count = 0

  /** @param name connections are called `<name>#<n>`. */
  constructor(name: string) {
    this.name = name
  }

  /**
   * The connection of the next frame.
   * @param source the socket that the file names beside the frame; '' where it names none.
   */
  place(source: string, feed: Feed, reading: Reading): string {
    let state = this.sources.get(source)
    if (state === undefined) {
      state = { connection: this.next(), numberings: new Map() }
      this.sources.set(source, state)
    }
    const { sequence, time } = reading
    if (sequence === null) return state.connection
    const scope = feed.numbering === 'product' ? (reading.events[0]?.product ?? '') : ''
    const contiguous = feed.numbering === 'connection'
    let numbering = state.numberings.get(scope)
    if (numbering?.fallsBack(sequence, time, contiguous)) {
      state.connection = this.next()
      state.numberings.clear()
      numbering = undefined
    }
    if (numbering === undefined) {
      numbering = new Numbering()
      state.numberings.set(scope, numbering)
    }
    numbering.take(sequence, time)
    return state.connection
  }

  private next(): string {
    return `${this.name}#${this.count++}`
  }
}

/** One rising numbering, with memory for what repeats or comes late. */
class Numbering {
  private last = -1
  private lastTime: Micros = Number.NEGATIVE_INFINITY
  private readonly sequences = new Float64Array(ringSize).fill(-1)
  private readonly times = new Float64Array(ringSize)
  private readonly missing: { from: number; to: number; before: Micros }[] = []

  /** Whether a lower number is a new beginning: neither an exact repeat nor a frame that was missing. */
  fallsBack(sequence: number, time: Micros | null, contiguous: boolean): boolean {
    if (sequence > this.last || time === null) return false
    if (!contiguous) return sequence < this.last && time > this.lastTime
    const slot = sequence % ringSize
    if (this.sequences[slot] === sequence) return this.times[slot] !== time
    return !this.missing.some(({ from, to, before }) => from <= sequence && sequence <= to && time <= before)
  }

  take(sequence: number, time: Micros | null): void {
    if (sequence > this.last) {
      if (this.last >= 0 && sequence > this.last + 1 && time !== null) {
        this.missing.push({ from: this.last + 1, to: sequence - 1, before: time })
        if (this.missing.length > rangeLimit) this.missing.shift()
      }
      this.last = sequence
      if (time !== null) this.lastTime = time
    }
    this.sequences[sequence % ringSize] = sequence
    this.times[sequence % ringSize] = time ?? Number.NaN
  }
}
