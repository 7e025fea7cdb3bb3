import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { SpikeError } from '../../errors.ts'
import { countName } from '../../market/decode/counters.ts'
import { counter, type Metric } from '../../operations/metrics.ts'
import type { Claim } from '../../stores/port.ts'
import { createTopics } from '../../streams/create_topics.ts'
import { decodeDeadLetter } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing, Position, Streams, TopicSpec } from '../../streams/port.ts'
import { topicIds } from '../../streams/topic_ids.ts'
import { follow, type Life } from '../follow.ts'
import { type JobStatus, noteLife } from '../status.ts'
import { type Archive, nameOf, openArchive } from './archive.ts'
import { decodeRetryState, encodeRetryState, type Tries } from './retry_state.ts'

/** Letters of these reasons may pass once the program or its limits were mended; what is malformed never does. */
const passing: ReadonlySet<string> = new Set(['poison', 'too_many_products'])
/** More letters than so many do not wait in memory. */
const mostWaiting = 1000
const lookMs = 200

export interface RetryOptions {
  streams: Streams
  /** Topic of states. */
  state: TopicSpec
  /** Topic of dead letters, and the one that its records came from. */
  from: string
  to: string
  /** Milliseconds that a letter waits from when it is read, and how often its record is tried. */
  everyMs: number
  most: number
  /** Folder, or a store as `openStore` takes it, for what failed each time. */
  archive: string
  /** Milliseconds since the epoch. */
  now(): number
  status: JobStatus
  retried: Retried
  stop: AbortSignal
  log?: Logger
}

export interface Retried {
  retried: number
  archived: number
  /** Letters that are not tried again, by reason; they stay on their topic. */
  kept: Record<string, number>
}

interface Waiting {
  record: Incoming
  due: number
}

/**
 * Gives dead letters whose cause can pass another try: each so long after it was read, its record so often; then it is archived.
 * Tries, state and position are one transaction, and the archive knows which letter it is: killed anywhere, each try is made once and
 * each record is archived once.
 * @throws SpikeError TOPIC_UNKNOWN, WRITER_FENCED when another one took over.
 */
export async function retryLetters(options: RetryOptions): Promise<void> {
  const { streams, state, from, to, status, log, stop } = options
  const group = `retry.${from}.${to}`
  const claim: Claim = { holder: randomUUID(), held: false }
  const begin = async (streams: Streams, life: AsyncDisposableStack): Promise<Life> => {
    await createTopics(streams, [state])
    const id = (await topicIds(streams, [from]))[from]
    const writer = await streams.writer(group)
    life.defer(() => writer.close())
    const [facts] = await streams.topics([from])
    const archive = await openArchive(options.archive, facts, claim)
    life.defer(() => archive.close())
    claim.held = true
    const former = (await streams.newest(state.name, [group])).get(group)
    const { offsets, tries } = decodeRetryState(former?.toString(), id, `topic ${state.name}: the record of '${group}'`)
    const waiting: Waiting[] = []
    const start = Object.entries(offsets).map(([partition, offset]): Position => {
      return { topic: from, partition: Number(partition), offset }
    })
    const work = async (): Promise<void> => {
      const records: Outgoing[] = []
      const handled = waiting.findIndex(({ record, due }) => due > options.now() && canPass(record, to))
      const ready = waiting.splice(0, handled < 0 ? waiting.length : handled)
      if (ready.length === 0) return
      for (const { record } of ready) {
        const outcome = await retryOne(record, tries, archive, options)
        if (outcome !== null) records.push(outcome)
        offsets[record.partition] = record.offset + 1
      }
      const positions = Object.entries(offsets).map(([partition, offset]) => {
        return { topic: from, partition: Number(partition), offset }
      })
      records.push({ topic: state.name, key: group, value: encodeRetryState(id, offsets, tries) })
      await writer.commit({ records, group, positions })
    }
    return {
      start,
      async take(batch) {
        const due = options.now() + options.everyMs
        for (const record of batch) waiting.push({ record, due })
        await work()
        while (waiting.length > mostWaiting && !stop.aborted) {
          await delay(lookMs, undefined, { signal: stop }).catch(() => {})
          await work()
        }
      },
      rest: work,
    }
  }
  await follow({ streams, topics: [from], begin, stop, ...noteLife(status, log) })
}

function canPass({ value }: Incoming, to: string): boolean {
  return reasonToKeep(value, to) === null
}

/** Why a letter is not tried again; null where it is. */
function reasonToKeep(value: Uint8Array, to: string): string | null {
  try {
    const { reason, topic, bytes } = decodeDeadLetter(value)
    if (topic !== to) return `of ${topic}`
    return bytes === undefined && passing.has(reason) ? null : reason
  } catch (error) {
    if (!(error instanceof SpikeError)) throw error
    return 'no_letter'
  }
}

/** @returns the record as it is tried again; null where it is not. */
async function retryOne(
  record: Incoming,
  tries: Tries,
  archive: Archive,
  options: RetryOptions,
): Promise<Outgoing | null> {
  const { to, most, now, retried } = options
  const kept = reasonToKeep(record.value, to)
  if (kept !== null) {
    countName(retried.kept, kept)
    return null
  }
  const letter = decodeDeadLetter(record.value)
  const key = letter.key ?? ''
  const name = nameOf(to, key, letter.value)
  const { count, first } = tries.note(name, now())
  if (count <= most) {
    retried.retried++
    return { topic: to, key, value: letter.value }
  }
  const { topic, partition, offset } = record
  const context = {
    ...{ letter: { topic, partition, offset }, retry_count: most },
    ...{ first_failed_at: new Date(first).toISOString(), last_failed_at: new Date(now()).toISOString() },
  }
  const text = JSON.stringify({ ...JSON.parse(record.value.toString()), ...context })
  await archive.put({ letter: record, key, name, first, text })
  tries.forget(name)
  retried.archived++
  return null
}

export function retryMetrics({ retried, archived, kept }: Retried): Metric[] {
  return [
    counter('retry_retried_total', 'Records that were given another try.', retried),
    counter('retry_archived_total', 'Records that failed each time and are in the archive.', archived),
    counter(
      'retry_kept_total',
      'Letters that are not tried again.',
      ...Object.entries(kept).map(([reason, value]) => ({ labels: { reason }, value })),
    ),
  ]
}
