import type { z } from 'zod'
import { identityOf, type MarketEvent, type Micros } from '../../core/events/event.ts'
import { eventSchema } from '../../core/events/event_schema.ts'
import { rowText } from '../../core/features/row_bytes.ts'
import { rowSchema } from '../../core/features/row_schema.ts'
import { decodeDeadLetter } from '../../streams/dead_letter.ts'
import type { Incoming } from '../../streams/port.ts'

/** What the check needs to know of a valid record. */
export interface Checked {
  product: string
  /** null where the records of the topic have none. */
  time: Micros | null
  /** Two records of one identity are a repeat; null where repeats are no fault. */
  identity: string | null
  /** The event that it is, on a topic of events. */
  event: MarketEvent | null
}

/** Reads one record, or says why it is not valid. */
export type RecordCheck = (record: Incoming) => Checked | string

/**
 * How the records of a topic are checked: market events, rows of features by the spec, dead letters; for any other topic
 * JSON with a key.
 * @param names the topics that have a schema, by their names in the config.
 */
export function checkFor(
  topic: string,
  names: { raw: string; late: string; news: string; features: string },
): RecordCheck {
  if ([names.raw, names.late, names.news].some(name => isTopic(topic, name))) return checkEvent
  if (isTopic(topic, names.features)) return checkRow
  return topic.endsWith('.dlq') ? checkDeadLetter : checkAny
}

/** Whether a topic is the one of that name, or the same of a run that puts a name of its own before it: `demo7.ticks.raw`. */
export function isTopic(topic: string, name: string): boolean {
  return topic === name || topic.endsWith(`.${name}`)
}

function checkEvent(record: Incoming): Checked | string {
  const event = validate(record, eventSchema) as MarketEvent | string
  if (typeof event === 'string') return event
  const { product, time } = event
  return { product, time, identity: identityOf(event), event }
}

function checkRow(record: Incoming): Checked | string {
  const row = validate({ ...record, value: Buffer.from(rowText(record.value)) }, rowSchema) as
    | { product: string; time: Micros }
    | string
  if (typeof row === 'string') return row
  return { product: row.product, time: row.time, identity: `${row.time}`, event: null }
}

function checkDeadLetter({ key, value }: Incoming): Checked | string {
  try {
    decodeDeadLetter(value)
    return { product: key, time: null, identity: null, event: null }
  } catch (error) {
    return (error as Error).message
  }
}

function checkAny(record: Incoming): Checked | string {
  if (record.key === '') return 'has no key'
  const value = parse(record.value)
  return typeof value === 'string' ? value : { product: record.key, time: null, identity: null, event: null }
}

function validate(record: Incoming, schema: z.ZodType<{ product: string }>): { product: string } | string {
  const value = parse(record.value)
  if (typeof value === 'string') return value
  const result = schema.safeParse(value)
  if (!result.success) {
    const [{ path, message }] = result.error.issues
    return path.length > 0 ? `${path.join('.')}: ${message}` : message
  }
  return result.data.product === record.key ? result.data : `key '${record.key}' is not its product`
}

/** A JSON object or list, or why it is none. */
function parse(bytes: Buffer): object | string {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null ? value : 'is no JSON object'
  } catch {
    return 'is not JSON'
  }
}
