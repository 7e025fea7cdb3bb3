import { z } from 'zod'
import { SpikeError } from '../errors.ts'

/** A record that could not be used: why, where it came from, its bytes. */
export interface DeadRecord {
  /** A word for counting, such as `not_json`. */
  reason: string
  /** Where it was: a topic, or the feed's name for what never reached one. */
  topic: string
  partition: number
  offset: number
  /** Microseconds since the epoch, where known. */
  time?: number
  key?: string
  bytes: Uint8Array
}

const base = {
  reason: z.string().min(1),
  topic: z.string().min(1),
  partition: z.int().min(0),
  offset: z.int().min(0),
  time: z.int().optional(),
  key: z.string().optional(),
}
const schema = z.union([z.strictObject({ ...base, text: z.string() }), z.strictObject({ ...base, base64: z.base64() })])

/** Name of the topic where the dead letters of `topic` go. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.dlq`
}

/**
 * The JSON that stands on `<topic>.dlq`: reason, topic, partition, offset, time and key where known, and the bytes: as
 * `text` where they are UTF-8, else as `base64`. Decoding gives the same bytes again.
 */
export function encodeDeadLetter({ bytes, ...rest }: DeadRecord): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  const content = Buffer.from(text, 'utf8').equals(buffer) ? { text } : { base64: buffer.toString('base64') }
  return JSON.stringify({ ...rest, ...content })
}

/** Reads what `encodeDeadLetter` wrote. @throws SpikeError BAD_FILE when it is something else. */
export function decodeDeadLetter(value: Uint8Array | string): DeadRecord {
  let parsed: unknown
  try {
    parsed = JSON.parse(typeof value === 'string' ? value : Buffer.from(value).toString('utf8'))
  } catch (cause) {
    throw new SpikeError('BAD_FILE', 'a dead letter is not JSON; it was not written by this program', { cause })
  }
  const result = schema.safeParse(parsed)
  if (!result.success)
    throw new SpikeError('BAD_FILE', 'a dead letter lacks reason, topic, partition, offset, text or base64')
  const { text, base64, ...rest } = result.data as { text?: string; base64?: string } & Omit<DeadRecord, 'bytes'>
  return { ...rest, bytes: text === undefined ? Buffer.from(base64!, 'base64') : Buffer.from(text, 'utf8') }
}
