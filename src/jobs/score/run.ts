import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { decodePrediction } from '../../core/models/artifact/prediction_json.ts'
import { SpikeError } from '../../errors.ts'
import type { Streams } from '../../streams/port.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { newJobStatus } from '../status.ts'
import { RowPredictor, type ScorerCounts } from './partition.ts'
import { scorerCounts } from './status.ts'

export interface ScorerSettings {
  config: Config
  artifact: Artifact
  topicIn: string
  topicOut: string
  log?: Logger
}

/** The job that makes a prediction of each row. Other models may write to the same topic. */
export function scorerJob({ config, artifact, topicIn, topicOut, log }: ScorerSettings): PartitionJob<RowPredictor> {
  const group = `infer-${artifact.name}-${topicIn}-${topicOut}`
  const warnOf = (product: string) => log?.warn({ product, known: Object.keys(artifact.tau) }, 'not scored: no tau')
  return {
    name: `infer ${artifact.name} ${topicIn} ${topicOut}`,
    group,
    reads: [topicIn],
    writes: [topicOut],
    partitions: config.topics.features.partitions,
    state: config.topics.state,
    open: () => new RowPredictor(artifact, topicOut, warnOf),
    isOwn: ({ value }) => decodePrediction(value.toString())?.model === artifact.name,
    async former(streams, partitions) {
      await fenceUndivided(streams, group)
      return streams.committed(group, topicIn, partitions)
    },
  }
}

export interface LiveInferResult extends ScorerCounts {
  /** From the bytes of a row to the bytes of its prediction, milliseconds, over the latest rows. */
  p50_ms: number
  p99_ms: number
}

/**
 * Scores rows of a topic as they come.
 * @throws SpikeError as `runPartitions`.
 */
export async function inferLive(options: ScorerSettings & RunOptions<RowPredictor>): Promise<LiveInferResult> {
  const { status = newJobStatus() } = options
  const log = options.log?.child({ model: options.artifact.name })
  await runPartitions({ ...scorerJob({ ...options, log }), ...options, log, status })
  const [p50_ms, p99_ms] = status.times.percentiles([50, 99]).map(seconds => 1000 * seconds)
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
