import type { Micros } from '../events/event.ts'
import type { Json } from '../indicators/indicator.ts'

const minute: Micros = 60_000_000
/** A prediction that is older says nothing of the minute after a candle. */
const oldest: Micros = 5_000_000
/** So many must lie behind one before it can be called high, and so many are remembered: half a day. */
const [fewest, most] = [60, 720]

interface EndOfMinute {
  end: Micros
  probability: number
}

interface State {
  latest: { time: Micros; probability: number } | null
  ends: EndOfMinute[]
}

/**
 * How high a model's probability of a spike at the end of a minute is among what it said at the ends of the minutes before, as it was
 * known then. Probabilities of a calm day never come near those of a wild one, so no absolute bar tells.
 */
export class SpikeRanks {
  private latest: State['latest'] = null
  private ends: EndOfMinute[] = []

  /** Takes in what a model said at a time; what is no later than the last is none. */
  push(time: Micros, probability: number): void {
    if (this.latest !== null) {
      if (time <= this.latest.time) return
      const end = Math.ceil(this.latest.time / minute) * minute
      if (end < time && end - this.latest.time <= oldest) this.ends.push({ end, probability: this.latest.probability })
      if (this.ends.length > most) this.ends.shift()
    }
    this.latest = { time, probability }
  }

  /** Whether nothing more can come of what is known at that time. */
  isPast(time: Micros): boolean {
    return this.latest !== null && this.latest.time > time
  }

  /** The share of the ends of minutes before this one that lie below it; null where nothing was said in its last five seconds, or before too little. */
  rankAt(end: Micros): number | null {
    const at = this.ends.findLastIndex(one => one.end === end)
    if (at < fewest) return null
    const { probability } = this.ends[at]
    let below = 0
    for (let i = 0; i < at; i++) if (this.ends[i].probability < probability) below++
    return below / at
  }

  state(): Json {
    return { latest: this.latest, ends: this.ends } as unknown as Json
  }

  restore(former: Json): void {
    const { latest, ends } = former as unknown as State
    this.latest = latest
    this.ends = ends
  }
}
