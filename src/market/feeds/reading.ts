import { parseDecimal } from '../../core/events/decimal.ts'
import type { Reading } from './feed.ts'

/** A reading with nothing in it yet. */
export function emptyReading(): Reading {
  return { time: null, sequence: null, events: [], other: null, heartbeat: false, acknowledged: [], faults: [] }
}

/** A reading of a frame that cannot be read at all. */
export function faulty(reason: string): Reading {
  return { ...emptyReading(), faults: [{ reason }] }
}

/** So many faults of a frame are kept each by itself: one of 30 MB may hold ten million. */
const faultsApart = 20

/** Notes what is malformed: the first ones of a frame with their items, the others by their number, one fault a reason. */
export function addFault({ faults }: Pick<Reading, 'faults'>, reason: string, item?: unknown): void {
  if (faults.length < faultsApart) {
    faults.push({ reason, item })
    return
  }
  for (let i = faultsApart; i < faults.length; i++)
    if (faults[i].reason === reason) {
      faults[i].count!++
      return
    }
  faults.push({ reason, count: 1 })
}

/** A text of market data that is so long has a value in twenty bytes or more; the parser makes seconds of work of 16 MB of `{}`. */
const densestLength = 1 << 20
const valuesLimit = 2 << 20

/** The parsed value; undefined when the text is not JSON, or holds more than two million values. */
export function parseJson(text: string): unknown {
  if (text.length > densestLength && hasTooManyValues(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function hasTooManyValues(text: string): boolean {
  let values = 0
  for (let i = 0; i < text.length && values <= valuesLimit; i++) {
    const sign = text.charCodeAt(i)
    if (sign === comma || sign === bracket || sign === brace) values++
  }
  return values > valuesLimit
}

const [comma, bracket, brace] = [...',[{'].map(sign => sign.charCodeAt(0))

/** The value when it can be a frame, an object or a list, else null. */
export function asFrame(value: unknown): object | null {
  return typeof value === 'object' ? value : null
}

/** The value when it is an object that is not a list, else null. */
export function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

/** The value when it is a list, else an empty one. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** No price, size or id is longer; what is must not fill a topic. */
const textLimit = 64

/** A decimal as the wire's text; numbers become text; null for everything else. */
export function decimal(value: unknown): string | null {
  return decimalAbove(Number.NEGATIVE_INFINITY, value)
}

/** The same, null where it is not above `limit` too. */
export function decimalAbove(limit: number, value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text.length > textLimit) return null
  return parseDecimal(text) > limit ? text : null
}

/** Whether something stands where a decimal should, and is none: `read` is what `decimal` made of it. */
export function isBadDecimal(value: unknown, read: string | null): boolean {
  return read === null && value !== undefined && value !== null && value !== ''
}

/** A frame's number: a whole number of at least 0, else null. */
export function sequenceOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** A product's name, else null. */
export function productOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** A trade's id as text; null where it is missing. */
export function tradeIdOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' || value.length > textLimit ? null : value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null
}

/** buy or sell in any letter case, the other one when `flip`; null where the wire says neither. */
export function sideOf(value: unknown, flip: boolean): 'buy' | 'sell' | null {
  const text = typeof value === 'string' ? value.toLowerCase() : ''
  if (text === 'buy') return flip ? 'sell' : 'buy'
  if (text === 'sell') return flip ? 'buy' : 'sell'
  return null
}
