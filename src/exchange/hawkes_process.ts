import { exp } from '../core/math/numeric.ts'
import type { Random } from './random.ts'

/** Each event raises the rate by this much, times the base rate's share ... */
const branching = 0.5
/** ... and that fades at this rate per second. */
const fading = 0.6

/** Times of events that bring about further events (a Hawkes process with an exponential kernel). */
export interface HawkesProcess {
  /** Offsets in [0, 1) s of the events of the next second, rising. `factor` scales what comes unprompted. */
  step(factor: number): number[]
}

/** @param perSecond long-run mean number of events a second when `factor` is 1 on average. */
export function createHawkesProcess(random: Random, perSecond: number): HawkesProcess {
  const unprompted = perSecond * (1 - branching)
  const limit = perSecond * 25
  let excited = 0
  return {
    step(factor) {
      const offsets: number[] = []
      const base = Math.min(unprompted * factor, limit)
      let at = 0
      while (true) {
        const bound = base + excited
        const wait = random.exponential(1 / bound)
        const remaining = 1 - at
        excited *= exp(-fading * Math.min(wait, remaining))
        if (wait >= remaining) return offsets
        at += wait
        if (random.uniform() * bound < base + excited) {
          offsets.push(at)
          excited = Math.min(excited + branching * fading, limit)
        }
      }
    },
  }
}
