import type { Micros } from '../../events/event.ts'
import { countAtMost, countBelow } from '../../math/search.ts'

/** How unusual a ticker's volume was, in the order of time; values at one time in the order of their trades. */
export interface VolumeScores {
  times: ArrayLike<Micros>
  z: ArrayLike<number>
}

/** `z` is null where the ticker has no value within the reading's window. */
export interface Correlation {
  z: number | null
  correlated: boolean
  strength: 'strong' | 'moderate' | 'weak' | 'none'
}

const window = 60_000_000

/**
 * The readings of "unusual volume within 60 seconds of the news", each in event time alone, so that no answer hangs on the order
 * in which news and trades came.
 * - `page` (the default): the greatest z no further than 60 s from the publication, both ends in; correlated above 2.
 * - `after`: of those only what is at or after it.
 * - `last`: z of the last trade in the 60 s up to it; correlated from 2 on.
 * - `tumbling`: the greatest z of the minute of the clock that it lies in; strong or nothing.
 *
 * Source: TradePulse's page (`page`, `after`) and two generations of its code (`last`, `tumbling`), moved to event time.
 */
const readings = {
  page: (scores: VolumeScores, at: Micros, sentiment: number): Correlation =>
    judge(greatest(scores, at - window, at + window), sentiment, z => z > 2),
  after: (scores: VolumeScores, at: Micros, sentiment: number): Correlation =>
    judge(greatest(scores, at, at + window), sentiment, z => z > 2),
  last: (scores: VolumeScores, at: Micros, sentiment: number): Correlation => {
    const before = countAtMost(scores.times, at)
    const z = before > 0 && scores.times[before - 1] >= at - window ? scores.z[before - 1] : null
    return judge(z, sentiment, found => found >= 2)
  },
  tumbling: (scores: VolumeScores, at: Micros, sentiment: number): Correlation => {
    const minute = Math.floor(at / window) * window
    const z = greatest(scores, minute, minute + window - 1)
    const correlated = z !== null && z > 2 && Math.abs(sentiment) >= 0.5
    return { z, correlated, strength: correlated ? 'strong' : 'none' }
  },
}

export type JoinReading = keyof typeof readings

/** One article by every reading. @param sentiment VADER's compound, -1 to 1. */
export function joinNews(scores: VolumeScores, at: Micros, sentiment: number): Record<JoinReading, Correlation> {
  const { page, after, last, tumbling } = readings
  return {
    page: page(scores, at, sentiment),
    after: after(scores, at, sentiment),
    last: last(scores, at, sentiment),
    tumbling: tumbling(scores, at, sentiment),
  }
}

/**
 * What chance alone gives: the share of whole seconds, from the second of the first value to that of the last, at which an article
 * without sentiment would be correlated. A count of correlations says something only beside it. NaN without values.
 */
export function joinBaseRate(scores: VolumeScores, reading: JoinReading): number {
  const { times } = scores
  if (times.length === 0) return Number.NaN
  const first = Math.floor(times[0] / 1_000_000)
  const last = Math.floor(times[times.length - 1] / 1_000_000)
  let correlated = 0
  for (let second = first; second <= last; second++)
    if (readings[reading](scores, second * 1_000_000, 0).correlated) correlated++
  return correlated / (last - first + 1)
}

function greatest({ times, z }: VolumeScores, from: Micros, to: Micros): number | null {
  const end = countAtMost(times, to)
  let most: number | null = null
  for (let i = countBelow(times, from); i < end; i++) most = most === null ? z[i] : Math.max(most, z[i])
  return most
}

/** Strong: sentiment of .5 and z of 3; moderate: .2 and 2; weak: what is correlated all the same. */
function judge(z: number | null, sentiment: number, isHigh: (z: number) => boolean): Correlation {
  if (z === null || !isHigh(z)) return { z, correlated: false, strength: 'none' }
  const size = Math.abs(sentiment)
  if (size >= 0.5 && z >= 3) return { z, correlated: true, strength: 'strong' }
  return { z, correlated: true, strength: size >= 0.2 && z >= 2 ? 'moderate' : 'weak' }
}
