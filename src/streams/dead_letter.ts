import { z } from 'zod'
import { SpikeError } from '../errors.ts'
import type { Incoming, Outgoing } from './port.ts'

/** A record that could not be used: where it was and its bytes. An `Incoming` is one. */
export interface DeadRecord {
  /** Where it was: a topic, or the feed's name for what never reached one. */
  topic: string
  partition: number
  offset: number
  /** Microseconds since the epoch, where known. */
  time?: number
  key?: string
  value: Uint8Array
  /** What the reason leaves open. */
  detail?: string
  /** Where the record was too long to be kept whole: its length in bytes. `value` is its beginning then. */
  bytes?: number
}

const base = {
  reason: z.string().min(1),
  detail: z.string().optional(),
  topic: z.string().min(1),
  partition: z.int().min(0),
  offset: z.int().min(0),
  time: z.int().optional(),
  key: z.string().optional(),
  bytes: z.int().optional(),
}
/** What `encodeDeadLetter` writes. */
export const deadLetterSchema = z.union([
  z.strictObject({ ...base, text: z.string() }),
  z.strictObject({ ...base, base64: z.base64() }),
])

/** A longer record, or key, is kept by its beginning: written as JSON it may be six times as long, and a broker takes no more. */
const longestValue = 100_000
const longestKey = 1000

/** Name of the topic where the dead letters of `topic` go. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.dlq`
}

/**
 * The JSON that stands on `<topic>.dlq`: reason and detail, topic, partition, offset, time and key where known, and the bytes: as
 * `text` where they are UTF-8, else as `base64`. Decoding gives the same bytes again, or where they are more than 100,000
 * their beginning, and how many they were as `bytes`.
 * @param reason a word for counting, such as `not_json`.
 */
export function encodeDeadLetter(record: DeadRecord, reason: string): string {
  const { detail, topic, partition, offset, time, key, value } = record
  const whole = value.byteLength <= longestValue && (key?.length ?? 0) <= longestKey
  const kept = Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, longestValue))
  const text = kept.toString('utf8')
  const content = Buffer.from(text, 'utf8').equals(kept) ? { text } : { base64: kept.toString('base64') }
  const bytes = whole ? undefined : value.byteLength
  const place = { topic, partition, offset, time, key: key?.slice(0, longestKey) }
  return JSON.stringify({ reason, detail, ...place, bytes, ...content })
}

/** The dead letter of a record that a job cannot use, under the record's key. @param reason as for `encodeDeadLetter`. */
export function deadLetterOf(record: Incoming & { detail?: string }, reason: string): Outgoing {
  return { topic: deadLetterTopic(record.topic), key: record.key, value: encodeDeadLetter(record, reason) }
}

/** Reads what `encodeDeadLetter` wrote. @throws SpikeError BAD_FILE when it is something else. */
export function decodeDeadLetter(json: Uint8Array | string): DeadRecord & { reason: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(typeof json === 'string' ? json : Buffer.from(json).toString('utf8'))
  } catch (cause) {
    throw new SpikeError('BAD_FILE', 'a dead letter is not JSON; it was not written by this program', { cause })
  }
  const result = deadLetterSchema.safeParse(parsed)
  if (!result.success)
    throw new SpikeError('BAD_FILE', 'a dead letter lacks reason, topic, partition, offset, text or base64')
  if ('text' in result.data) {
    const { text, ...rest } = result.data
    return { ...rest, value: Buffer.from(text, 'utf8') }
  }
  const { base64, ...rest } = result.data
  return { ...rest, value: Buffer.from(base64, 'base64') }
}
