import type { Micros, Quote } from '../features/event.ts'

/** What tells one quote of a product from another, on whatever connection it came. */
export interface Sample {
  at: Micros
  content: string
}

/** Clocks of two connections' frames lie at most so far apart. */
export const skewLimit = 250_000

/** Quotes that are remembered on each side of a seam. */
export const sampleLimit = 8

export function sampleOf({ bid, ask, bid_size, ask_size, last }: Quote, at: Micros): Sample {
  return { at, content: `${bid} ${ask} ${bid_size} ${ask_size} ${last}` }
}

/**
 * Where a second connection stands in what was given out from the first: both carry the same quotes, but each with times
 * and losses of its own.
 * @param given the last quotes given out.
 * @param other the quotes of the second connection, in order.
 * @param certain only a place that cannot be chance: the very time, or three equal quotes in a row.
 * @returns the index in `other` of the last quote given out: of several the one with most equal quotes before it, then
 * the nearest in time; -1 when there is none.
 */
export function findSeam(given: Sample[], other: Sample[], certain: boolean): number {
  const last = given.at(-1)
  if (last === undefined) return -1
  let best = -1
  let bestRun = 0
  let bestDistance = Number.POSITIVE_INFINITY
  for (let i = other.length - 1; i >= 0; i--) {
    const distance = Math.abs(other[i].at - last.at)
    if (other[i].content !== last.content || distance > skewLimit) continue
    if (distance === 0) return i
    const run = equalRun(given, other, i)
    if (run < (certain ? 3 : 1) || run < bestRun || (run === bestRun && distance >= bestDistance)) continue
    best = i
    bestRun = run
    bestDistance = distance
  }
  return best
}

function equalRun(given: Sample[], other: Sample[], end: number): number {
  let run = 0
  while (run < given.length && run <= end && given[given.length - 1 - run].content === other[end - run].content) run++
  return run
}
