import { isoTime } from '../core/math/time.ts'

/** A number in at most four significant digits, with an exponent only where it would be long. */
export function formatNumber(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2).replace('e+', 'e')
  if (size >= 1000) return separateThousands(value.toFixed(size >= 10_000 ? 0 : 1))
  return String(Number(value.toPrecision(4)))
}

/** A count, its thousands apart: `12,345`. */
export function formatCount(count: number): string {
  return separateThousands(String(count))
}

function separateThousands(digits: string): string {
  return digits.replace(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, ',')
}

/** A p-value or a score: three digits, tiny values with their exponent. */
export function formatScore(value: number | null): string {
  if (value === null) return '–'
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1)
  return value.toFixed(3)
}

/** A share in per cent. */
export function formatShare(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return '<0.1 %'
  return `${percent.toFixed(percent >= 10 || percent === 0 ? 0 : 1)} %`
}

/** Microseconds as `2026-04-04 03:19:07` UTC. */
export function formatTime(micros: number): string {
  return isoTime(micros).slice(0, 19).replace('T', ' ')
}

/** Seconds in the largest unit that fits. */
export function formatDuration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${(seconds / 3600).toFixed(1)} h`
  return `${(seconds / 86_400).toFixed(1)} days`
}
