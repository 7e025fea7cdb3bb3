import { decodeRecord } from '../../core/events/json_record.ts'
import { SpikeError } from '../../errors.ts'
import type { Streams } from '../../streams/port.ts'
import type { TopicIds } from '../../streams/topic_ids.ts'

/** Where a job stands in one partition; written in the transaction of the records that led there. */
export interface PartitionState {
  format: 'spike60-job'
  version: 1
  /** The settings that its memory was made with; an empty text where they do not matter. */
  settings: string
  /** Inputs and outputs, as `topicIds` gives them; absent in states of a former version. */
  topics?: TopicIds
  /** By input topic: next record to be taken in, and the record to begin reading with, at most that one. */
  inputs: Record<string, { offset: number; from: number }>
  /** By output topic: where the job's own records are read again. */
  recall: Record<string, number>
  memory: object | null
}

/** Key of the state of a job in a partition. */
export function stateKey(job: string, partition: number): string {
  return `${job} ${partition}`
}

/** @returns null when the text is no state of this version. */
export function decodeState(text: string): PartitionState | null {
  return decodeRecord<PartitionState>(
    text,
    ({ format, version, settings, topics, inputs, recall, memory }) =>
      format === 'spike60-job' &&
      version === 1 &&
      typeof settings === 'string' &&
      typeof memory === 'object' &&
      (topics === undefined || (typeof topics === 'object' && topics !== null)) &&
      areNumbers(recall, 1) &&
      areNumbers(inputs, 2),
  )
}

/** Whether it is an object of whole numbers, or of objects of them. */
function areNumbers(found: unknown, depth: 1 | 2): boolean {
  if (typeof found !== 'object' || found === null) return false
  return Object.values(found).every(depth === 1 ? Number.isSafeInteger : each => areNumbers(each, 1))
}

/** The error for a state that is none. */
export function unreadable(topic: string, key: string, cause?: unknown): SpikeError {
  return new SpikeError(
    'LOG_CORRUPT',
    `topic ${topic}: the newest record of '${key}' is no state that this version reads; name other topics and feed them from bronze`,
    { cause },
  )
}

/**
 * The newest states of a job by partition; one that never committed is absent.
 * @param settings what the states must have been made with.
 * @throws SpikeError LOG_CORRUPT when a record is no state of this version, BAD_CONFIG when it was made with other settings.
 */
export async function readStates(
  streams: Streams,
  topic: string,
  job: string,
  settings: string,
  partitions: number[],
): Promise<Map<number, PartitionState>> {
  const found = await streams.newest(
    topic,
    partitions.map(partition => stateKey(job, partition)),
  )
  const states = new Map<number, PartitionState>()
  for (const partition of partitions) {
    const key = stateKey(job, partition)
    const value = found.get(key)
    if (value === undefined) continue
    const state = decodeState(value.toString())
    if (state === null) throw unreadable(topic, key)
    if (state.settings !== settings)
      throw new SpikeError(
        'BAD_CONFIG',
        `topic ${topic}: the state of '${key}' is of ${state.settings}, not ${settings}; go on with the old settings, or name other topics`,
      )
    states.set(partition, state)
  }
  return states
}

/** Whether a job has ever committed in any of these partitions. A topic that is not there holds no state. */
export async function hasStates(streams: Streams, topic: string, job: string, partitions: number): Promise<boolean> {
  const keys = Array.from({ length: partitions }, (_, partition) => stateKey(job, partition))
  try {
    return (await streams.newest(topic, keys)).size > 0
  } catch (error) {
    if (error instanceof SpikeError && error.code === 'TOPIC_UNKNOWN') return false
    throw error
  }
}
