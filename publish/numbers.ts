import type { Metrics } from '../models/evaluation.ts'

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

/** Low and high end of the PR-AUC interval. */
export function interval({ pr_auc_low, pr_auc_high }: Metrics): string {
  return pr_auc_low === null || pr_auc_high === null ? '–' : `${score(pr_auc_low)} to ${score(pr_auc_high)}`
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
