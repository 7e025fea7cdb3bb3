import type { Micros } from '../events/event.ts'
import { decodeRecord } from '../events/json_record.ts'

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
  return decodeRecord(
    text,
    ({ product, time, sigma_future }) =>
      typeof product === 'string' &&
      Number.isSafeInteger(time) &&
      (sigma_future === null || Number.isFinite(sigma_future)),
  )
}
