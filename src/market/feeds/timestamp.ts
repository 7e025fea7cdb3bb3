import type { Micros } from '../../core/events/event.ts'

const dayMicros = 86_400_000_000
let cachedDate = -1
let cachedDay = 0

/**
 * Microseconds since the epoch of an RFC 3339 time (`2026-04-04T21:13:43.291084825Z`, or with an offset): 0 to 9 digits
 * of a second, finer than microseconds cut.
 * @returns null on anything else: no such day, a leap second, text around it, not a string.
 */
export function parseTimestamp(text: unknown): Micros | null {
  if (typeof text !== 'string' || text.length < 20) return null
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  const second = digits(text, 17, 2)
  if ((year | month | day | hour | minute | second) < 0) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  if (text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return null
  if (text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon) return null
  const separator = text.charCodeAt(10)
  if (separator !== upperT && separator !== lowerT && separator !== space) return null
  const start = startOfDay(year, month, day)
  if (start === null) return null

  let at = 19
  let fraction = 0
  if (text.charCodeAt(at) === dot) {
    const first = ++at
    let scale = 100_000
    for (let digit = digitAt(text, at); digit >= 0; digit = digitAt(text, ++at)) {
      fraction += digit * scale
      scale = scale > 1 ? scale / 10 : 0
    }
    if (at === first || at - first > 9) return null
  }
  const offset = offsetAt(text, at)
  if (offset === null) return null
  return start + ((hour * 60 + minute - offset) * 60 + second) * 1_000_000 + fraction
}

const dash = 45
const dot = 46
const colon = 58
const space = 32
const plus = 43
const upperT = 84
const lowerT = 116
const upperZ = 90
const lowerZ = 122

/** Start of the day in microseconds; a stream stays on one day for long, so the last one is kept. */
function startOfDay(year: number, month: number, day: number): number | null {
  const date = (year * 100 + month) * 100 + day
  if (date === cachedDate) return cachedDay
  const start = new Date(0)
  start.setUTCFullYear(year, month - 1, day)
  if (start.getUTCMonth() !== month - 1 || start.getUTCDate() !== day) return null
  cachedDate = date
  cachedDay = Math.round(start.getTime() / 86_400_000) * dayMicros
  return cachedDay
}

/** Minutes east of UTC that stand at `at` and end the text; null when something else stands there. */
function offsetAt(text: string, at: number): number | null {
  const sign = text.charCodeAt(at)
  if (sign === upperZ || sign === lowerZ) return text.length === at + 1 ? 0 : null
  if ((sign !== plus && sign !== dash) || text.length !== at + 6 || text.charCodeAt(at + 3) !== colon) return null
  const hours = digits(text, at + 1, 2)
  const minutes = digits(text, at + 4, 2)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null
  return sign === plus ? hours * 60 + minutes : -(hours * 60 + minutes)
}

function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 48
  return digit >= 0 && digit <= 9 ? digit : -1
}

/** The whole number in `count` digits from `from`, or -1. */
function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) {
    const digit = digitAt(text, i)
    if (digit < 0) return -1
    value = value * 10 + digit
  }
  return value
}
