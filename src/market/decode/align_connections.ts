import type { Micros, Quote } from '../../core/events/event.ts'

/** What tells one quote of a product from another, on whatever connection it came. */
export interface QuoteSample {
  at: Micros
  content: string
}

/** Clocks of two connections' frames lie at most so far apart. */
export const skewLimit = 250_000

/** So many last quotes of each connection are remembered. */
export const sampleLimit = 8

export function sampleOf({ bid, ask, bid_size, ask_size, last }: Quote, at: Micros): QuoteSample {
  return { at, content: `${bid} ${ask} ${bid_size} ${ask_size} ${last}` }
}

/** The difference of two clocks moves by at most so much from one quote to the next. */
const jitterLimit = 20_000

/**
 * Where a second connection stands in what was given out from the first: both carry the same quotes, but each with times
 * and losses of its own.
 * @param given the last quotes given out.
 * @param other the quotes of the second connection, in order.
 * @param certain only a place that can hardly be chance: the very time, or three equal quotes in a row, not all the same, at a
 * steady difference of the clocks.
 * @returns the index in `other` of the last quote given out: of several the one with most equal quotes before it, then
 * the nearest in time; -1 when there is none.
 */
export function findLastGiven(given: QuoteSample[], other: QuoteSample[], certain: boolean): number {
  const last = given.at(-1)
  if (last === undefined) return -1
  let best = -1
  let bestRun = 0
  let bestDistance = Number.POSITIVE_INFINITY
  for (let i = other.length - 1; i >= 0; i--) {
    const distance = Math.abs(other[i].at - last.at)
    if (other[i].content !== last.content || distance > skewLimit) continue
    if (distance === 0) return i
    const run = equalRun(given, other, i, certain ? jitterLimit : Number.POSITIVE_INFINITY)
    if (certain && (run < 3 || isFlat(other, i, run))) continue
    if (run < bestRun || (run === bestRun && distance >= bestDistance)) continue
    best = i
    bestRun = run
    bestDistance = distance
  }
  return best
}

function equalRun(given: QuoteSample[], other: QuoteSample[], end: number, jitter: Micros): number {
  const offset = other[end].at - given[given.length - 1].at
  let run = 0
  while (run < given.length && run <= end) {
    const [a, b] = [given[given.length - 1 - run], other[end - run]]
    if (a.content !== b.content || Math.abs(b.at - a.at - offset) > jitter) break
    run++
  }
  return run
}

/** Equal quotes in a row fit in many places. */
function isFlat(samples: QuoteSample[], end: number, run: number): boolean {
  return samples.slice(end - run + 1, end).every(({ content }) => content === samples[end].content)
}
