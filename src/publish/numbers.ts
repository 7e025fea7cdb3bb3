import type { Paired } from '../core/models/metrics/paired.ts'

/** A share or score with `digits` decimals; an en dash where it is null. */
export function score(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits)
}

/** A whole number with thin groups: 12,345. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** A share in per cent. */
export function percent(value: number, digits = 1): string {
  return `${(100 * value).toFixed(digits)} %`
}

/** Low and high end of the PR-AUC interval; one without width says nothing. */
export function interval({ pr_auc_low: low, pr_auc_high: high }: Interval): string {
  return low === null || high === null || low === high ? '–' : `${score(low)} to ${score(high)}`
}

interface Interval {
  pr_auc_low: number | null
  pr_auc_high: number | null
}

/** A ratio with its interval: `1.53 (1.02 to 2.10)`; an en dash without one. */
export function pairedText(paired: Paired | null | undefined): string {
  if (paired === null || paired === undefined) return '–'
  const { value, low, high } = paired
  return low === null || high === null || low === high
    ? score(value, 2)
    : `${score(value, 2)} (${score(low, 2)} to ${score(high, 2)})`
}

/** A title inside a sentence: `Persistence, 60 s` as `persistence, 60 s`, `HAR …` as it is. */
export function inSentence(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title[0].toLowerCase() + title.slice(1) : title
}

/** A standard deviation of log returns in basis points, three significant digits. */
export function basisPoints(sigma: number): string {
  return `${(1e4 * sigma).toPrecision(3)} bp`
}

/** `2026-01-05T00:02:01.000Z` as `2026-01-05 00:02:01`, UTC. */
export function utc(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.0+)?Z$/, '')
}

/** The first 16 hex digits of a digest. */
export function short(digest: string): string {
  return digest.slice(0, 16)
}
