import type { Micros } from '../../events/event.ts'
import { minimum } from '../../math/extremes.ts'
import type { Json } from '../indicator.ts'
import { minuteVolume } from '../minute_volume.ts'
import type { Units } from '../windows/decimal_units.ts'
import { SeenIds } from '../windows/seen_ids.ts'
import type { VolumeScores } from './news_join.ts'

const minute: Micros = 60_000_000
/** Minutes that are over are known for so long: a batch that is read to catch up may span hours of a quiet market. */
const remembered: Micros = 6 * 3600e6
/** After so many silent minutes none has a z any more. */
const longestSilence = 42
const unitsOfOne = 1e8

/** A minute that is over. */
interface Closed {
  end: Micros
  z: number | null
  /** Whole seconds from the end of the first minute with a z up to this one's, at which an article would have been correlated. */
  correlated: number
}

interface State {
  /** JSON has no infinity. */
  newest: Micros | null
  volume: Json
  closed: Closed[]
  first: Micros | null
  upTo: Micros | null
}

/**
 * How unusual the volume of each minute of one product is (`minute20`), whatever the order of its trades within the lag: a minute
 * counts at its end, when its volume is known. Beside it, what chance alone gives.
 */
export class UnusualMinutes {
  readonly #lag: Micros
  readonly #volume = minuteVolume.make()
  /** By its number, each minute that is not over. */
  readonly #open = new Map<number, { units: bigint; ids: SeenIds }>()
  #newest = Number.NEGATIVE_INFINITY
  #closed: Closed[] = []
  /** End of the first minute with a z. */
  #first: Micros | null = null
  /** End of the last minute that is over. */
  #upTo: Micros | null = null

  /** @param lag microseconds by which the watermark stays behind the newest time. */
  constructor(lag: Micros) {
    this.#lag = lag
  }

  /** Up to there all is known. */
  get watermark(): Micros {
    return this.#newest - this.#lag
  }

  /** @returns whether it counts: not one that was there, nor of a minute that is over. */
  trade(time: Micros, id: string, size: Units): 'taken' | 'repeated' | 'late' {
    if (this.#upTo !== null && time < this.#upTo) return 'late'
    const number = Math.floor(time / minute)
    const open = this.#open.get(number) ?? { units: 0n, ids: new SeenIds() }
    this.#open.set(number, open)
    const isNew = open.ids.add(id)
    if (isNew) open.units += BigInt(size)
    this.clock(time)
    return isNew ? 'taken' : 'repeated'
  }

  /** Time goes by. */
  clock(time: Micros): void {
    if (time <= this.#newest) return
    this.#newest = time
    const over = Math.floor(this.watermark / minute)
    for (const number of [...this.#open.keys()].sort((a, b) => a - b)) if (number < over) this.#close(number)
    // Silent minutes are over too, once there was any trade.
    if (this.#upTo !== null) this.#close(over - 1)
    const oldest = this.watermark - remembered
    while (this.#closed.length > 0 && this.#closed[0].end < oldest) this.#closed.shift()
  }

  /** Whether all minutes that end in this span are known still. */
  knows(from: Micros): boolean {
    return from >= this.watermark - remembered
  }

  /** The minutes that are over and have a z, at their ends. */
  scores(): VolumeScores {
    const known = this.#closed.filter(({ z }) => z !== null)
    return { times: known.map(({ end }) => end), z: known.map(({ z }) => z!) }
  }

  /** The share of whole seconds, from the first z on to the last minute over at `time`, at which an article would have been correlated; null before. */
  baseRate(time: Micros): number | null {
    const last = this.#closed.findLast(({ end }) => end <= time)
    if (last === undefined || this.#first === null || last.end <= this.#first) return null
    return last.correlated / ((last.end - this.#first) / 1e6)
  }

  /** The first minute that is not over and holds a trade; null where none does. */
  openFrom(): Micros | null {
    return this.#open.size === 0 ? null : minimum([...this.#open.keys()]) * minute
  }

  /** Without what its open minutes hold: the trades from `openFrom` on fill these again. */
  state(): Json {
    const state: State = {
      ...{
        newest: this.#newest,
        volume: this.#volume.state(),
        closed: this.#closed,
        first: this.#first,
        upTo: this.#upTo,
      },
    }
    return state as unknown as Json
  }

  restore(former: Json): void {
    const { newest, volume, closed, first, upTo } = former as unknown as State
    this.#newest = newest ?? Number.NEGATIVE_INFINITY
    this.#volume.restore(volume)
    this.#closed = closed
    this.#first = first
    this.#upTo = upTo
  }

  /** Closes all minutes up to and with this one. */
  #close(number: number): void {
    let next = this.#upTo === null ? number : this.#upTo / minute
    // Of a longer silence all but its first and its last minute are alike: nothing traded, no z.
    if (number - next > longestSilence) {
      for (const end = next + longestSilence; next < end; next++) this.#closeOne(next)
      next = number
    }
    for (; next <= number; next++) this.#closeOne(next)
  }

  #closeOne(number: number): void {
    const { units } = this.#open.get(number) ?? { units: 0n }
    this.#open.delete(number)
    this.#volume.push({ time: number * minute, size: Number(units) / unitsOfOne })
    const end = (number + 1) * minute
    const z = this.#volume.push({ time: end, size: 0 })?.zscore ?? null
    this.#upTo = end
    if (z !== null) this.#first ??= end
    const [before, earlier] = [1, 2].map(ago => this.#closed.findLast(one => one.end === end - ago * minute))
    let correlated = this.#closed.at(-1)?.correlated ?? 0
    // Of the seconds of this minute each lies within 60 s of its end and of its start; the first also of the end before.
    if (this.#first !== null && end > this.#first)
      correlated += isHigh(z) || isHigh(before?.z) ? 60 : Number(isHigh(earlier?.z))
    this.#closed.push({ end, z, correlated })
  }
}

function isHigh(z: number | null | undefined): boolean {
  return z !== null && z !== undefined && z > 2
}
