import type { Micros } from '../../core/events/event.ts'
import { feedOf, feeds } from '../feeds/feeds.ts'
import { skimFrame } from '../feeds/frame_text.ts'
import { asFrame, asObject, parseJson } from '../feeds/reading.ts'
import { receiptTime } from './receipt_time.ts'

/** A line of a saved file that is not bronze: a frame by itself, in a wrapper, or behind a prefix. */
export interface BareContent {
  received_at: Micros | null
  /** The socket that the wrapper names; '' without. */
  source: string
  text: string
  frame?: object
  /** As in a record. */
  skimmed?: true
  dead?: 'not_json' | 'not_object' | 'bad_csv'
}

/** Where recorders put the frame, and the time at which they had it. */
const frameKeys = ['raw', 'payload', 'data', 'message', 'msg', 'frame']
const timeKeys = ['received_at', 'recv_time', 'recv_ts', 'ingest_time', 'ingested_at', 'ts', 'timestamp', 'time', 't']
const longestPrefix = 200

/**
 * Unwraps a frame: `{ts, pair, raw}`, `{t, ts, conn, data}`, or an object with one of `frameKeys` in it that is a frame or its
 * text, and one of `timeKeys` or none; or a frame behind a time, an address or another prefix.
 * @returns null for a line that holds no received frame (a header, a request).
 */
export function parseBareLine(line: string): BareContent | null {
  for (const feed of feeds) {
    const frame = skimFrame(line, feed)
    if (frame !== null) return { ...bare, text: line, frame, skimmed: true }
  }
  const value = parseJson(line)
  const object = asObject(value)
  if (object === null) return value === undefined ? behindPrefix(line) : { ...bare, text: line, ...contentOf(value) }
  if (typeof object.raw === 'string' && 'ts' in object) return unwrap(object.raw, object.ts, '')
  if (typeof object.t === 'string' && receiptTime(object.t) === null && !('channel' in object) && !('type' in object))
    return object.t === 'recv' ? unwrap(object.data, object.ts, object.conn) : null
  return unwrapAny(object) ?? { ...bare, text: line, frame: object }
}

const bare = { received_at: null, source: '' }

/** @returns null where the object is a frame itself, or holds none. */
function unwrapAny(object: Record<string, unknown>): BareContent | null {
  // most lines are frames: whether it could be a wrapper at all is asked first
  if (!frameKeys.some(key => key in object) || feedOf(object)) return null
  for (const key of frameKeys) {
    const inner = object[key]
    const frame = asFrame(typeof inner === 'string' ? parseJson(inner) : inner)
    if (frame === null || !feedOf(frame)) continue
    const time = timeKeys.find(name => receiptTime(object[name]) !== null)
    return unwrap(inner, time && object[time], '')
  }
  return null
}

function unwrap(data: unknown, time: unknown, source: unknown): BareContent {
  const text = typeof data === 'string' ? data : JSON.stringify(data ?? null)
  const value = typeof data === 'string' ? parseJson(data) : data
  return { received_at: receiptTime(time), source: typeof source === 'string' ? source : '', text, ...contentOf(value) }
}

/** A log's line: `2026-04-04T21:13:43Z {"channel":…}`, `10.0.0.7:443 > {"channel":…}`. */
function behindPrefix(line: string): BareContent {
  for (const at of [line.indexOf('{'), line.indexOf('[', 1)]) {
    const prefix = line.slice(0, at)
    const text = line.slice(at)
    const frame = at > 0 && at <= longestPrefix && !prefix.includes('"') ? asFrame(parseJson(text)) : null
    if (frame === null) continue
    const time = prefix.split(/:?[\s,;|]+/).map(receiptTime)
    return { ...bare, received_at: time.find(micros => micros !== null) ?? null, text, frame }
  }
  return { ...bare, text: line, dead: 'not_json' }
}

function contentOf(value: unknown): Pick<BareContent, 'frame' | 'dead'> {
  const frame = asFrame(value)
  return frame ? { frame } : { dead: value === undefined ? 'not_json' : 'not_object' }
}
