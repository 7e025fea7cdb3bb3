import { type Config, configHash } from '../../config.ts'
import type { EngineCounts } from '../../core/features/engine.ts'
import { specVersion } from '../../core/features/spec.ts'
import type { PartitionJob } from '../partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { newJobStatus } from '../status.ts'
import { FeaturizerPartition } from './partition.ts'
import { type FeaturizerResult, type FeaturizerStatus, resultOf } from './status.ts'

export interface FeaturizerOptions
  extends Pick<PartitionJob<FeaturizerPartition>, 'streams' | 'own' | 'stop' | 'finish' | 'log'> {
  config: Config
  topicIn: string
  topicOut: string
  onProgress?: (counts: EngineCounts) => void
  /** Kept up to date while it runs. */
  status?: FeaturizerStatus
}

/**
 * Reads market events, writes bars, rows, labels, late events and dead letters.
 * @throws SpikeError as `runPartitions`.
 */
export async function runFeaturizer(options: FeaturizerOptions): Promise<FeaturizerResult> {
  const { config, topicIn: raw, topicOut: features, onProgress, status = newJobStatus() } = options
  const [bars, labels, late] = [config.topics.bars.name, config.topics.labels.name, config.topics.late.name]
  await runPartitions({
    ...options,
    name: `featurizer ${raw}`,
    group: 'featurizer',
    reads: [raw],
    writes: [bars, features, labels, late],
    recalls: [bars],
    partitions: config.topics.raw.partitions,
    state: config.topics.state,
    settings: `spec ${specVersion}, configuration ${configHash(config)}`,
    open: () => new FeaturizerPartition({ ...config.time, ...config.features }, { raw, bars, features, labels, late }),
    onTaken: onProgress && (() => onProgress(resultOf(status).counts)),
    status,
  })
  return resultOf(status)
}
