/** A moment as Go keeps it: whole seconds since the epoch and nanoseconds within the second. */
export interface Moment {
  second: number
  nanos: number
}

/** RFC 3339 in UTC as Go prints it: nanoseconds with trailing zeros cut, so 0 to 9 digits. */
export function formatTimestamp({ second, nanos }: Moment): string {
  return `${dateOf(second)}T${clockOf(second)}${fraction(nanos)}Z`
}

/** Go's `time.String()` of a moment with a monotonic reading: `2026-09-05 22:10:30.25788961 +0000 UTC m=+139651.272674714`. */
export function formatGoClock({ second, nanos }: Moment, uptime: Moment): string {
  const monotonic = `${uptime.second}.${String(uptime.nanos).padStart(9, '0')}`
  return `${dateOf(second)} ${clockOf(second)}${fraction(nanos)} +0000 UTC m=+${monotonic}`
}

/** Cuts a moment to so many digits of a second. */
export function cutTo(digits: number, { second, nanos }: Moment): Moment {
  const unit = 10 ** (9 - digits)
  return { second, nanos: nanos - (nanos % unit) }
}

export function isBefore(a: Moment, b: Moment): boolean {
  return a.second < b.second || (a.second === b.second && a.nanos < b.nanos)
}

export function addNanos({ second, nanos }: Moment, more: number): Moment {
  const sum = nanos + more
  return { second: second + Math.floor(sum / 1e9), nanos: sum % 1e9 }
}

function fraction(nanos: number): string {
  if (nanos === 0) return ''
  let text = String(nanos).padStart(9, '0')
  while (text.endsWith('0')) text = text.slice(0, -1)
  return `.${text}`
}

let cachedDay = -1
let cachedDate = ''

function dateOf(second: number): string {
  const day = Math.floor(second / 86_400)
  if (day !== cachedDay) {
    cachedDay = day
    cachedDate = new Date(day * 86_400_000).toISOString().slice(0, 10)
  }
  return cachedDate
}

function clockOf(second: number): string {
  const ofDay = second - Math.floor(second / 86_400) * 86_400
  return `${two(Math.floor(ofDay / 3600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
