import type { Micros } from '../../core/events/event.ts'
import { isoTime } from '../../core/math/time.ts'

const day: Micros = 86_400_000_000
/** What came out late on a day may be known to the service only on the next one: so long a day is asked for again. */
export const overlap: Micros = day / 4

/**
 * The days to ask for, both included: today, and the one before while it may still grow; after a pause only the first two of
 * what is missing, since long stretches are cut by the service [reported].
 * @param since when all until then was asked for.
 * @returns starts of days, UTC.
 */
export function daysToAsk(since: Micros, now: Micros): [from: Micros, to: Micros] {
  const today = startOf(now)
  const from = Math.min(today, startOf(since - overlap))
  return [from, Math.min(today, from + day)]
}

/** `2026-01-05`. */
export function dayOf(time: Micros): string {
  return isoTime(time).slice(0, 10)
}

function startOf(time: Micros): Micros {
  return Math.floor(time / day) * day
}
