import type { Micros } from '../../core/events/event.ts'
import { asObject } from '../feeds/reading.ts'
import { parseJson } from './line.ts'

/** A line of a saved file that is not bronze: a frame by itself, or in one of the two known wrappers. */
export interface BareContent {
  received_at: Micros | null
  /** The socket that the wrapper names; '' without. */
  source: string
  text: string
  frame?: object
  dead?: 'not_json' | 'not_object'
}

/**
 * Unwraps a frame, `{ts, pair, raw}` or `{t, ts, conn, data}`; `ts` in seconds.
 * @returns null for a line that holds no received frame (a header, a request).
 */
export function parseBareLine(line: string): BareContent | null {
  const value = parseJson(line)
  const object = asObject(value)
  if (object === null) {
    return { received_at: null, source: '', text: line, dead: value === undefined ? 'not_json' : 'not_object' }
  }
  if (typeof object.raw === 'string' && 'ts' in object) return unwrap(object.raw, object.ts, '')
  if (typeof object.t === 'string' && !('channel' in object) && !('type' in object)) {
    return object.t === 'recv' ? unwrap(object.data, object.ts, object.conn) : null
  }
  return { received_at: null, source: '', text: line, frame: object }
}

function unwrap(data: unknown, seconds: unknown, source: unknown): BareContent {
  const text = typeof data === 'string' ? data : JSON.stringify(data ?? null)
  const value = typeof data === 'string' ? parseJson(data) : data
  const base = { received_at: toMicros(seconds), source: typeof source === 'string' ? source : '', text }
  const frame = asObject(value)
  return frame ? { ...base, frame } : { ...base, dead: value === undefined ? 'not_json' : 'not_object' }
}

function toMicros(seconds: unknown): Micros | null {
  const micros = typeof seconds === 'number' ? Math.round(seconds * 1e6) : Number.NaN
  return Number.isSafeInteger(micros) ? micros : null
}
