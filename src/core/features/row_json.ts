import type { Micros } from '../events/event.ts'
import { decodeRecord } from '../events/json_record.ts'
import { featureNames } from './spec.ts'

const keys = featureNames.map(name => `,${JSON.stringify(name)}:`)

/** A row as it stands on `ticks.features`: product, time in µs, every feature by name, null for NaN; never a label. */
export function encodeRow(product: string, time: Micros, values: ArrayLike<number>): string {
  let text = `{"product":${JSON.stringify(product)},"time":${time}`
  for (let i = 0; i < keys.length; i++) text += keys[i] + (Number.isNaN(values[i]) ? 'null' : values[i])
  return `${text}}`
}

/** The inverse of `encodeRow`, bit for bit. @returns null when the text is not a row of this spec. */
export function decodeRow(text: string): { product: string; time: Micros; values: Float64Array } | null {
  const row = decodeRecord(text, isDated)
  if (row === null) return null
  const values = new Float64Array(featureNames.length)
  for (let i = 0; i < values.length; i++) {
    const value = row[featureNames[i]]
    if (value !== null && !Number.isFinite(value)) return null
    values[i] = value === null ? Number.NaN : (value as number)
  }
  return { product: row.product, time: row.time, values }
}

interface Dated extends Record<string, unknown> {
  product: string
  time: Micros
}

function isDated({ product, time }: Partial<Dated>): boolean {
  return typeof product === 'string' && Number.isSafeInteger(time)
}
