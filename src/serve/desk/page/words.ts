/** What is not known is a dash. */
const dash = '–'

export function number(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return dash
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export function percent(share: number | null | undefined, digits = 0): string {
  return share === null || share === undefined || !Number.isFinite(share)
    ? dash
    : `${(100 * share).toFixed(digits)}\u00a0%`
}

/** A price with as many digits as its size asks for. */
export function price(value: number | null | undefined): string {
  return number(value, digitsOf(value ?? 0))
}

export function digitsOf(value: number): number {
  return Math.max(2, Math.min(8, 4 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-8)))))
}

/** Of a time of day in UTC. @param seconds since the epoch. */
export function clock(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? dash : new Date(1000 * seconds).toISOString().slice(11, 19)
}

export function minute(seconds: number): string {
  return new Date(1000 * seconds).toISOString().slice(5, 16).replace('T', ' ')
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return dash
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${number(seconds / 60, 0)} min`
}
