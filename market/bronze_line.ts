import type { Micros } from '../features/event.ts'
import { asObject } from './reading.ts'
import type { BronzeRecord, Control, RawRecord } from './record.ts'

const controls: readonly unknown[] = ['open', 'close', 'stale'] satisfies Control[]

/**
 * The bronze line of a message, without the line end. The message's own text stands in it, not a rewritten one; one that
 * is not a JSON object, or that itself spans lines, stands as a JSON string.
 */
export function frameLine(feed: string, connection: string, received_at: Micros, text: string): string {
  return `${head(feed, connection, received_at)},"frame":${isOneLineObject(text) ? text : JSON.stringify(text)}}`
}

/** The bronze line of what happened to a connection, without the line end. */
export function controlLine(feed: string, connection: string, received_at: Micros, control: Control): string {
  return `${head(feed, connection, received_at)},"control":"${control}"}`
}

/** What a bronze line says. */
export type BronzeContent = Omit<RawRecord, 'file' | 'line'> & { received_at: Micros }

/** @returns null when the line is not JSON or not a line of bronze. */
export function parseBronzeLine(line: string): BronzeContent | null {
  const value = asObject(parseJson(line))
  if (value === null) return null
  const { received_at, feed, connection, control, frame } = value
  if (typeof received_at !== 'number' || !Number.isSafeInteger(received_at)) return null
  if (typeof feed !== 'string' || typeof connection !== 'string') return null
  const base = { received_at, feed, connection }
  if (control !== undefined) return controls.includes(control) ? { ...base, control: control as Control } : null
  if (typeof frame === 'string') {
    const parsed = parseJson(frame)
    if (asObject(parsed)) return { ...base, frame: parsed, text: frame }
    return { ...base, dead: parsed === undefined ? 'not_json' : 'not_object', text: frame }
  }
  return asObject(frame) ? { ...base, frame, text: verbatim(line, value) } : null
}

/**
 * The record of a bronze line; a dead one where it cannot be read.
 * @param before when the line before it was received: the place in time of a dead one.
 */
export function bronzeRecord(text: string, file: string, line: number, before: Micros): BronzeRecord {
  const content = parseBronzeLine(text)
  if (content) return { ...content, file, line }
  const dead = parseJson(text) === undefined ? 'not_json' : 'bad_line'
  return { received_at: before, feed: '', connection: '', dead, text, file, line }
}

/**
 * Whether a last line without its end is complete all the same: it is when it is a JSON object, since no beginning of one is
 * one. Else it is torn, or still grows.
 */
export function isWhole(line: string): boolean {
  return asObject(parseJson(line)) !== null
}

/** The parsed value; undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function head(feed: string, connection: string, received_at: Micros): string {
  return `{"received_at":${received_at},"feed":${JSON.stringify(feed)},"connection":${JSON.stringify(connection)}`
}

function isOneLineObject(text: string): boolean {
  return !text.includes('\n') && !text.includes('\r') && asObject(parseJson(text)) !== null
}

/** The frame's text as it stands in a line of ours; rewritten where another program laid the line out. */
function verbatim(line: string, value: Record<string, unknown>): string {
  const keys = Object.keys(value)
  const at = line.indexOf(',"frame":')
  const end = line.lastIndexOf('}')
  return keys.length === 4 && keys[3] === 'frame' && at > 0 ? line.slice(at + 9, end) : JSON.stringify(value.frame)
}
