import type { Micros } from '../../core/events/event.ts'
import { asFrame, asObject, parseJson } from '../feeds/reading.ts'

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
  if (object !== null && typeof object.raw === 'string' && 'ts' in object) return unwrap(object.raw, object.ts, '')
  if (object !== null && typeof object.t === 'string' && !('channel' in object) && !('type' in object)) {
    return object.t === 'recv' ? unwrap(object.data, object.ts, object.conn) : null
  }
  return { received_at: null, source: '', text: line, ...contentOf(value) }
}

function unwrap(data: unknown, seconds: unknown, source: unknown): BareContent {
  const text = typeof data === 'string' ? data : JSON.stringify(data ?? null)
  const value = typeof data === 'string' ? parseJson(data) : data
  return { received_at: toMicros(seconds), source: typeof source === 'string' ? source : '', text, ...contentOf(value) }
}

function contentOf(value: unknown): Pick<BareContent, 'frame' | 'dead'> {
  const frame = asFrame(value)
  return frame ? { frame } : { dead: value === undefined ? 'not_json' : 'not_object' }
}

function toMicros(seconds: unknown): Micros | null {
  const micros = typeof seconds === 'number' ? Math.round(seconds * 1e6) : Number.NaN
  return Number.isSafeInteger(micros) ? micros : null
}
