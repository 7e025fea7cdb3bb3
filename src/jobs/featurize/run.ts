import { type Config, configHash } from '../../config.ts'
import type { EngineCounts } from '../../core/features/engine_counts.ts'
import { specVersion } from '../../core/features/spec.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { newJobStatus } from '../status.ts'
import { FeaturizerPartition } from './partition.ts'
import { type FeaturizerResult, resultOf } from './status.ts'

export interface FeaturizerSettings {
  config: Config
  topicIn: string
  topicOut: string
}

/** The job that makes rows of features of market events. */
export function featurizerJob({
  config,
  topicIn: raw,
  topicOut: features,
}: FeaturizerSettings): PartitionJob<FeaturizerPartition> {
  const [bars, labels, late] = [config.topics.bars.name, config.topics.labels.name, config.topics.late.name]
  return {
    name: `featurizer ${raw}`,
    group: 'featurizer',
    reads: [raw],
    writes: [bars, features, labels, late],
    recalls: [bars],
    partitions: config.topics.raw.partitions,
    state: config.topics.state,
    settings: `spec ${specVersion}, configuration ${configHash(config)}`,
    open: () => new FeaturizerPartition({ ...config.time, ...config.features }, { raw, bars, features, labels, late }),
  }
}

export interface FeaturizerOptions extends FeaturizerSettings, RunOptions<FeaturizerPartition> {
  onProgress?: (counts: EngineCounts) => void
}

/**
 * Reads market events, writes bars, rows, labels, late events and dead letters.
 * @throws SpikeError as `runPartitions`.
 */
export async function runFeaturizer(options: FeaturizerOptions): Promise<FeaturizerResult> {
  const { onProgress, status = newJobStatus() } = options
  const onTaken = onProgress && (() => onProgress(resultOf(status).counts))
  await runPartitions({ ...featurizerJob(options), ...options, onTaken, status })
  return resultOf(status)
}
