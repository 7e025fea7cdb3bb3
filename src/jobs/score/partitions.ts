import type { Logger } from 'pino'
import { SpikeError } from '../../errors.ts'
import { deadLetterTopic } from '../../streams/dead_letter.ts'
import type { Position, Streams, Writer } from '../../streams/port.ts'
import { type PredictorOptions, RowPredictor } from './partition.ts'
import { noteRow, type ScorerStatus } from './status.ts'

/** The scorer of one partition with its place in the topics. */
export interface ScorerJob {
  job: RowPredictor
  partition: number
  /** One a partition: whoever takes a partition over fences the one that had it. */
  writer: Writer
  /** Next record that was not taken in. */
  next: number
}

/** Group under which a scorer's input positions are committed. */
export function scorerGroup(model: string, topicIn: string, topicOut: string): string {
  return `infer-${model}-${topicIn}-${topicOut}`
}

/**
 * Takes the partitions over, fencing whoever had them, before reading where they stand.
 * @param life closes the writers.
 * @returns the jobs by partition, and the positions that were committed; a partition without one was never scored.
 */
export async function openScorerJobs(
  options: PredictorOptions & { streams: Streams },
  group: string,
  partitions: number[],
  life: AsyncDisposableStack,
): Promise<{ jobs: Map<number, ScorerJob>; start: Position[] }> {
  const { streams, topicIn } = options
  await fenceUndivided(streams, group)
  const writers: Writer[] = []
  for (const partition of partitions) {
    const writer = await streams.writer(`${group}-${partition}`)
    life.defer(() => writer.close())
    writers.push(writer)
  }
  const start = await streams.committed(group, topicIn, partitions)
  const jobs = partitions.map((partition, i): [number, ScorerJob] => {
    const next = start.find(position => position.partition === partition)?.offset ?? 0
    return [partition, { job: new RowPredictor(options), partition, writer: writers[i], next }]
  })
  return { jobs: new Map(jobs), start }
}

/** Commits the predictions that are due with the input position, all or nothing, and counts them. */
export async function commitScores(
  { topicIn, log }: { topicIn: string; log?: Logger },
  group: string,
  entry: ScorerJob,
  status: ScorerStatus,
): Promise<void> {
  const { job, writer, partition, next: offset } = entry
  const { records, seconds, alarms, skipped, dead } = job.drain()
  await writer.commit({ records, group, positions: [{ topic: topicIn, partition, offset }] })
  status.next.set(partition, offset)
  for (const one of seconds) noteRow(status, one)
  status.alarms += alarms
  status.skipped += skipped
  status.dead += dead
  if (dead > 0) log?.warn({ count: dead, topic: deadLetterTopic(topicIn) }, 'dead letters')
}

/**
 * Ends a scorer of the former kind, which wrote all partitions under one id. Nobody writes under it any more, so whoever
 * took it last is as good as any other.
 */
async function fenceUndivided(streams: Streams, group: string): Promise<void> {
  try {
    const writer = await streams.writer(group)
    await writer.close()
  } catch (error) {
    if (!(error instanceof SpikeError && error.code === 'WRITER_FENCED')) throw error
  }
}
