import type { Micros } from './event.ts'

/** What stands on `ticks.labels` once T + 60 s is closed: sigma_future of the row at T, null where it will never be known. */
export interface SettledLabel {
  product: string
  time: Micros
  sigma_future: number | null
}

/** @param sigma NaN where it will never be known. */
export function encodeLabel(product: string, time: Micros, sigma: number): string {
  return JSON.stringify({ product, time, sigma_future: Number.isNaN(sigma) ? null : sigma } satisfies SettledLabel)
}

/** @returns null when the text is not a label. */
export function decodeLabel(text: string): SettledLabel | null {
  let value: Partial<SettledLabel> | null
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const isWhole =
    typeof value?.product === 'string' &&
    Number.isSafeInteger(value.time) &&
    (value.sigma_future === null || Number.isFinite(value.sigma_future))
  return isWhole ? (value as SettledLabel) : null
}
