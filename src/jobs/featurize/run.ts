import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { EngineCounts } from '../../core/features/engine.ts'
import { deadLetterTopic } from '../../streams/dead_letter.ts'
import type { Streams } from '../../streams/port.ts'
import { follow } from '../follow.ts'
import { ownPartitions } from '../own_partitions.ts'
import { PendingCommits } from '../pending_commits.ts'
import { noteLife } from '../status.ts'
import { totalCounts } from './partition.ts'
import { commitJob, openJobs, prepareJob } from './partitions.ts'
import { type FeaturizerStatus, newStatus } from './status.ts'

export interface FeaturizerOptions {
  streams: Streams
  config: Config
  topicIn: string
  topicOut: string
  /** Partitions of the input to work on; all when absent. Another featurizer may have the others. */
  partitions?: number[]
  /** Stop after the transaction that is under way. */
  stop?: AbortSignal
  /** Go on to the end that the input has when this is aborted, then stop. */
  finish?: AbortSignal
  onProgress?: (counts: EngineCounts) => void
  log?: Logger
  /** Kept up to date while it runs. */
  status?: FeaturizerStatus
}

/** What was taken in since the featurizer last began, by a start or after an error. */
export interface FeaturizerResult {
  counts: EngineCounts
  products: Record<string, EngineCounts>
  dead: number
}

/**
 * Reads market events, writes bars, rows, labels, late events, dead letters and its own state, each batch in one
 * transaction with its input positions: killed at any moment, the next one goes on with the same rows. When the broker
 * fails it begins anew from what is committed, again and again until the broker is back.
 * @throws SpikeError WRITER_FENCED when another featurizer took over one of its partitions; BAD_CONFIG when the state on
 * the topic was written under another spec or configuration.
 */
export async function runFeaturizer(options: FeaturizerOptions): Promise<FeaturizerResult> {
  const { streams, config, topicIn, stop, finish, onProgress, log } = options
  const partitions = ownPartitions(options.partitions, config.topics.raw.partitions)
  const status = options.status ?? newStatus()
  const offsets = (): number[] => [...status.jobs.values()].map(({ next }) => next)
  const noted = noteLife(status, log, () => ({ partitions, offsets: offsets() }))
  await follow({
    streams,
    topic: topicIn,
    stop,
    finish,
    async begin(own, life) {
      life.defer(async () => {
        status.ready = false
      })
      await createTopics(options)
      status.jobs = await openJobs({ ...options, streams: own, onTurn: noted.onTurn }, partitions, life)
      const pending = new PendingCommits(
        status.jobs,
        { prepare: entry => prepareJob(options, entry), write: entry => commitJob(options, entry) },
        status.transactions,
      )
      life.defer(() => pending.close())
      const start = [...status.jobs].map(([partition, { from }]) => ({ topic: topicIn, partition, offset: from }))
      return {
        start,
        partitions,
        async take(batch) {
          await pending.take(batch)
          onProgress?.(countsOf(status).counts)
        },
        rest: () => pending.rest(),
      }
    },
    ...noted,
  })
  return countsOf(status)
}

function createTopics({ streams, config: { topics }, topicIn, topicOut }: FeaturizerOptions): Promise<void> {
  return streams.createTopics([
    { ...topics.raw, name: topicIn },
    { ...topics.features, name: topicOut },
    { ...topics.raw, name: deadLetterTopic(topicIn) },
    topics.bars,
    topics.labels,
    topics.late,
    topics.state,
  ])
}

function countsOf({ jobs }: FeaturizerStatus): FeaturizerResult {
  const counts = [...jobs.values()].map(({ job }) => job.counts())
  const products = Object.assign({}, ...counts.map(count => count.products)) as Record<string, EngineCounts>
  return {
    counts: totalCounts(Object.values(products)),
    products,
    dead: counts.reduce((sum, count) => sum + count.dead, 0),
  }
}
