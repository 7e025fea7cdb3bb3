import type { Micros } from '../../core/events/event.ts'
import { parseTimestamp } from '../feeds/timestamp.ts'

/** What one of a number is in microseconds, by how large the number is: seconds, milli-, micro- or nanoseconds since the epoch. */
const units: [below: number, micros: number][] = [
  [1e11, 1e6],
  [1e14, 1e3],
  [1e17, 1],
  [1e20, 1e-3],
]

/** The time that a recorder wrote beside a frame: a number since the epoch, or RFC 3339 with its zone; null for anything else. */
export function receiptTime(value: unknown): Micros | null {
  if (typeof value === 'string' && !/^\d{9,20}(\.\d+)?$/.test(value)) return parseTimestamp(value)
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number') return null
  const unit = units.find(([below]) => number < below)
  const micros = Math.round(number * (unit?.[1] ?? Number.NaN))
  return Number.isSafeInteger(micros) ? micros : null
}
