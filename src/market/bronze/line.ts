import type { Micros } from '../../core/events/event.ts'
import { feedByName } from '../feeds/feeds.ts'
import { integer, optional, part, text } from '../feeds/frame_shape.ts'
import { parseFrameText, readFrameText, skimFrame } from '../feeds/frame_text.ts'
import { asFrame, asObject, parseJson } from '../feeds/reading.ts'
import type { BackfillSpan, BronzeRecord, Control, RawRecord, Role } from './record.ts'

const controls: readonly unknown[] = ['open', 'close', 'stale', 'filled'] satisfies Control[]
const roles: readonly unknown[] = ['primary', 'standby'] satisfies Role[]

/** What a line may say of its connection or frame besides. */
export type LineMarks = Pick<RawRecord, 'role' | 'backfill'>

/** Of a longer message that is no frame the beginning is kept: nobody can read it, and it must not fill the disk. */
const garbageLimit = 1 << 20

/**
 * The bronze line of a message, without the line end. The message's own text stands in it, not a rewritten one; one that
 * is no JSON object or list, or that itself spans lines, stands as a JSON string.
 */
export function frameLine(
  feed: string,
  connection: string,
  received_at: Micros,
  text: string,
  marks: LineMarks = {},
): string {
  const isFrame = 'frame' in readFrameText(text, feedByName(feed))
  const isOneLine = !text.includes('\n') && !text.includes('\r')
  const frame = isFrame && isOneLine ? text : JSON.stringify(isFrame ? text : text.slice(0, garbageLimit))
  return `${head(feed, connection, received_at, marks)},"frame":${frame}}`
}

/** The bronze line of what happened to a connection, without the line end. */
export function controlLine(
  feed: string,
  connection: string,
  received_at: Micros,
  control: Control,
  marks: LineMarks = {},
): string {
  return `${head(feed, connection, received_at, marks)},"control":"${control}"}`
}

/** What a bronze line says. */
export type BronzeContent = Omit<RawRecord, 'file' | 'line'> & { received_at: Micros }

/** @returns null when the line is not JSON or not a line of bronze. */
export function parseBronzeLine(line: string): BronzeContent | null {
  return skimLine(line) ?? parseLine(line)
}

/** A line of ours whose frame can be skimmed; null for all others. */
function skimLine(line: string): BronzeContent | null {
  const found = heads.exec(line)
  if (found === null || !line.endsWith('}')) return null
  const [{ length }, time, feed, connection, role] = found
  const received_at = Number(time)
  const text = line.slice(length, -1)
  const frame = Number.isSafeInteger(received_at) ? skimFrame(text, feedByName(feed)) : null
  if (frame === null) return null
  const content: Omit<BronzeContent, 'control'> = { received_at, feed, connection }
  if (role !== undefined) content.role = role as Role
  return { ...content, frame, text, skimmed: true }
}

const heads = new RegExp(
  `^${part`{"received_at":${integer},"feed":${text},"connection":"${'([A-Za-z0-9._-]+)'}"${optional(part`,"role":"${'(primary|standby)'}"`)},"frame":`}`,
)

function parseLine(line: string): BronzeContent | null {
  const value = asObject(parseJson(line))
  if (value === null) return null
  const { received_at, feed, connection, role, control, backfill, frame } = value
  if (typeof received_at !== 'number' || !Number.isSafeInteger(received_at)) return null
  if (typeof feed !== 'string' || typeof connection !== 'string' || connection === '') return null
  if (role !== undefined && !roles.includes(role)) return null
  const span = backfill === undefined ? undefined : spanOf(backfill)
  if (span === null) return null
  const base: Omit<BronzeContent, 'control'> = { received_at, feed, connection }
  if (role !== undefined) base.role = role as Role
  if (span !== undefined) base.backfill = span
  if (control !== undefined) {
    const isKnown = controls.includes(control) && (control === 'filled') === (span !== undefined)
    return isKnown ? { ...base, control: control as Control } : null
  }
  if (typeof frame === 'string') return { ...base, ...parseFrameText(frame) }
  return asFrame(frame) ? { ...base, frame, text: verbatim(line, value) } : null
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

function head(feed: string, connection: string, received_at: Micros, { role, backfill }: LineMarks): string {
  const place = `{"received_at":${received_at},"feed":${JSON.stringify(feed)},"connection":${JSON.stringify(connection)}`
  return `${place}${role ? `,"role":"${role}"` : ''}${backfill ? `,"backfill":${JSON.stringify(backfill)}` : ''}`
}

function spanOf(value: unknown): BackfillSpan | null {
  const { product, from, to } = asObject(value) ?? {}
  if (typeof product !== 'string' || !Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return null
  return { product, from: from as Micros, to: to as Micros }
}

/** The frame's text as it stands in a line of ours; rewritten where another program laid the line out. */
function verbatim(line: string, value: Record<string, unknown>): string {
  const marks = Object.keys(value).slice(3)
  const isOurs = marks.pop() === 'frame' && marks.every(mark => mark === 'role' || mark === 'backfill')
  const at = line.indexOf(',"frame":')
  return isOurs && at > 0 ? line.slice(at + 9, line.lastIndexOf('}')) : JSON.stringify(value.frame)
}
