import type { Micros } from '../events/event.ts'
import { decodeRow, encodeRow } from './row_json.ts'
import { featureNames } from './spec.ts'

/** First byte of every row of this form: its version. JSON begins with a brace. */
const version = 1
const brace = 0x7b
const headBytes = 6
const valueBytes = 8 * (featureNames.length + 1)
const names = hashOf(featureNames.join())

/**
 * A row in bytes, a quarter of its JSON: the version, a hash of the features' names, the length of the product's name and the name in UTF-8,
 * then the time in microseconds and each feature as float64 little-endian, NaN for null.
 */
export function encodeRowBytes(product: string, time: Micros, values: ArrayLike<number>): Uint8Array {
  const name = new TextEncoder().encode(product)
  const bytes = new Uint8Array(headBytes + name.length + valueBytes)
  const view = new DataView(bytes.buffer)
  bytes[0] = version
  view.setUint32(1, names, true)
  bytes[5] = name.length
  bytes.set(name, headBytes)
  const start = headBytes + name.length
  view.setFloat64(start, time, true)
  for (let i = 0; i < featureNames.length; i++) view.setFloat64(start + 8 * (i + 1), values[i], true)
  return bytes
}

/** A row of `ticks.features` in either form, bit for bit. @returns null where it is none of this spec. */
export function decodeRowRecord(value: Uint8Array): ReturnType<typeof decodeRow> {
  if (value[0] === brace) return decodeRow(new TextDecoder().decode(value))
  if (value[0] !== version || value.length < headBytes) return null
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  const start = headBytes + value[5]
  if (view.getUint32(1, true) !== names || value.length !== start + valueBytes) return null
  const time = view.getFloat64(start, true)
  const values = new Float64Array(featureNames.length)
  for (let i = 0; i < values.length; i++) {
    values[i] = view.getFloat64(start + 8 * (i + 1), true)
    if (Math.abs(values[i]) === Number.POSITIVE_INFINITY) return null
  }
  if (!Number.isSafeInteger(time)) return null
  return { product: new TextDecoder().decode(value.subarray(headBytes, start)), time, values }
}

/** A row in either form as JSON; what is no row in bytes stays as it is. */
export function rowText(value: Uint8Array): string {
  const row = value[0] === version ? decodeRowRecord(value) : null
  return row === null ? new TextDecoder().decode(value) : encodeRow(row.product, row.time, row.values)
}

/** FNV-1a of 32 bits (Fowler, Noll and Vo, RFC 9923). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash
}
