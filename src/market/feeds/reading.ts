import type { Reading } from './feed.ts'

/** A reading with nothing in it yet. */
export function emptyReading(): Reading {
  return { time: null, sequence: null, events: [], heartbeat: false, acknowledged: [], faults: [] }
}

/** A reading of a frame that cannot be read at all. */
export function faulty(reason: string): Reading {
  return { ...emptyReading(), faults: [{ reason }] }
}

/** The parsed value; undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

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

/** A decimal as the wire's text; numbers become text; null where there is nothing to keep. */
export function decimal(value: unknown): string | null {
  if (typeof value === 'string') return value === '' || value.length > textLimit ? null : value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
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
