import type { Logger } from 'pino'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { deadLetterTopic } from '../../streams/dead_letter.ts'
import type { Streams } from '../../streams/port.ts'
import { follow } from '../follow.ts'
import { ownPartitions } from '../own_partitions.ts'
import { PendingCommits } from '../pending_commits.ts'
import { noteLife } from '../status.ts'
import { commitScores, openScorerJobs, scorerGroup } from './partitions.ts'
import { newScorerStatus, rowPercentiles, type ScorerStatus } from './status.ts'

export interface LiveInferOptions {
  streams: Streams
  artifact: Artifact
  topicIn: string
  topicOut: string
  /** Partitions that the topics have, or are made with where they are missing. */
  partitions: number
  /** Those of the input to work on; all when absent. Another scorer may have the others. */
  own?: number[]
  /** Ends the loop. */
  stop?: AbortSignal
  /** Once aborted: the loop ends at the end that the topic had then. */
  finish?: AbortSignal
  /** Milliseconds from any start, for the time a row takes. */
  now(): number
  log?: Logger
  /** Kept up to date while it runs. */
  status?: ScorerStatus
}

export interface LiveInferResult {
  rows: number
  alarms: number
  /** Rows of a product whose tau the model does not know. */
  skipped: number
  /** Records that are no row of this spec; they stand on the dead-letter topic. */
  dead: number
  /** From the bytes of a row to the bytes of its prediction, milliseconds, over the latest rows. */
  p50_ms: number
  p99_ms: number
}

/**
 * Scores rows of a topic as they come and writes a prediction each, with its input position in one transaction: after a crash
 * none is missing and none there twice. A record that is no row goes to the dead letters, in the same transaction.
 * @throws SpikeError WRITER_FENCED when another scorer of the same model and topics took over one of its partitions;
 * BAD_ARGUMENT for a partition that the topic does not have; else as `follow`.
 */
export async function inferLive(options: LiveInferOptions): Promise<LiveInferResult> {
  const { streams, artifact, topicIn, topicOut, partitions, stop, finish, log } = options
  const own = ownPartitions(options.own, partitions)
  const status = options.status ?? newScorerStatus()
  const group = scorerGroup(artifact.name, topicIn, topicOut)
  await follow({
    streams,
    topic: topicIn,
    stop,
    finish,
    async begin(claiming, life) {
      life.defer(async () => {
        status.ready = false
      })
      const names = [topicIn, topicOut, deadLetterTopic(topicIn)]
      await streams.createTopics(names.map(name => ({ name, partitions })))
      const { jobs, start } = await openScorerJobs({ ...options, streams: claiming }, group, own, life)
      status.next = new Map([...jobs].map(([partition, { next }]) => [partition, next]))
      const pending = new PendingCommits(
        jobs,
        {
          prepare: ({ job, writer }) => writer.prepare({ records: job.due, group }),
          write: entry => commitScores(options, group, entry, status),
        },
        status.transactions,
      )
      life.defer(() => pending.close())
      return {
        start,
        partitions: own,
        take: batch => pending.take(batch),
        rest: () => pending.rest(),
      }
    },
    ...noteLife(status, log, () => ({ model: artifact.name, partitions: own, offsets: [...status.next.values()] })),
  })
  const { rows, alarms, skipped, dead } = status
  const [p50_ms, p99_ms] = rowPercentiles(status, [50, 99]).map(seconds => 1000 * seconds)
  return { rows, alarms, skipped, dead, p50_ms, p99_ms }
}
