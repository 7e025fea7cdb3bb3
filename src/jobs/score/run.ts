import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { decodeRowRecord } from '../../core/features/row_bytes.ts'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { decodePrediction } from '../../core/models/artifact/prediction_json.ts'
import { SpikeError } from '../../errors.ts'
import type { Streams } from '../../streams/port.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { newJobStatus } from '../status.ts'
import type { FollowedModel } from './followed_model.ts'
import { RowPredictor, type ScorerCounts } from './partition.ts'
import { scorerCounts } from './status.ts'

export interface ScorerSettings {
  config: Config
  artifact: Artifact
  /** Takes over between two rows when its folder is replaced; without it `artifact` scores all. */
  followed?: FollowedModel
  topicIn: string
  topicOut: string
  log?: Logger
}

/**
 * The job that makes a prediction of each row. Other models may write to the same topic. Whoever scores with the champion goes on
 * where the last champion stood, of whatever name; a model that was named has a place of its own.
 */
export function scorerJob({
  config,
  artifact,
  followed,
  topicIn,
  topicOut,
  log,
}: ScorerSettings): PartitionJob<RowPredictor> {
  const own = followed?.isChampion ? 'champion' : artifact.name
  const groupOf = (who: string): string => `infer-${who}-${topicIn}-${topicOut}`
  const now = () => followed?.current ?? artifact
  const warnOf = (product: string, { tau }: Artifact) =>
    log?.warn({ product, known: Object.keys(tau) }, 'not scored: no tau')
  return {
    name: `infer ${own} ${topicIn} ${topicOut}`,
    group: groupOf(own),
    reads: [topicIn],
    input: { name: 'rows of features', is: ({ value }) => decodeRowRecord(value) !== null },
    writes: [topicOut],
    partitions: config.topics.features.partitions,
    state: config.topics.state,
    open: () => new RowPredictor(now, topicOut, warnOf),
    isOwn: ({ value }) => decodePrediction(value.toString())?.model === artifact.name,
    async former(streams, partitions) {
      const former = groupOf(artifact.name)
      await fenceUndivided(streams, former)
      return streams.committed(former, topicIn, partitions)
    },
  }
}

export interface LiveInferResult extends ScorerCounts {
  /** From the bytes of a row to the bytes of its prediction, milliseconds, over the latest rows; null without any. */
  p50_ms: number | null
  p99_ms: number | null
}

/** So often a scorer looks whether there is a new champion. */
const lookMs = 2000

/**
 * Scores rows of a topic as they come.
 * @throws SpikeError as `runPartitions`.
 */
export async function inferLive(options: ScorerSettings & RunOptions<RowPredictor>): Promise<LiveInferResult> {
  const { status = newJobStatus() } = options
  const log = options.followed?.isChampion ? options.log : options.log?.child({ model: options.artifact.name })
  const looking = setInterval(() => options.followed?.look(log), lookMs)
  try {
    await runPartitions({ ...scorerJob({ ...options, log }), ...options, log, status })
  } finally {
    clearInterval(looking)
  }
  const [p50_ms, p99_ms] = status.times
    .percentiles([50, 99])
    .map(seconds => (Number.isNaN(seconds) ? null : 1000 * seconds))
  return { ...scorerCounts(status), p50_ms, p99_ms }
}

/** Ends a scorer of the first kind, which wrote all partitions under one id: nobody writes under it any more. */
async function fenceUndivided(streams: Streams, group: string): Promise<void> {
  try {
    const writer = await streams.writer(group)
    await writer.close()
  } catch (error) {
    if (!(error instanceof SpikeError && error.code === 'WRITER_FENCED')) throw error
  }
}
