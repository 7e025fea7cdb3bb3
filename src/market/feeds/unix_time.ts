import type { Micros } from '../../core/events/event.ts'

const firstMicros = 1e15
const firstNanos = 1e17

/**
 * Microseconds of a whole number of milli-, micro- or nanoseconds since the epoch, by how large it is; null for anything else.
 * Nanoseconds are cut; as numbers they are exact to 256 of them.
 */
export function parseUnixTime(value: unknown): Micros | null {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 1e19) return null
  if (value >= firstNanos) return Math.floor(value / 1000)
  return value >= firstMicros ? value : 1000 * value
}
