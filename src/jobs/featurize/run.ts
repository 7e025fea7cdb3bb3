import { type Config, configHash } from '../../config.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import type { EngineCounts } from '../../core/features/engine_counts.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { specVersion } from '../../core/features/spec.ts'
import type { Metadata } from '../../stores/metadata.ts'
import type { Streams } from '../../streams/port.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { readStates } from '../partitions/partition_state.ts'
import { runPartitions } from '../run_partitions.ts'
import { newJobStatus } from '../status.ts'
import { FeaturizerPartition, isSimulated, type RowForm } from './partition.ts'
import { type FeaturizerResult, resultOf } from './status.ts'

export interface FeaturizerSettings {
  config: Config
  topicIn: string
  topicOut: string
  rows?: RowForm
}

/** The job that makes rows of features of market events. */
export function featurizerJob({
  config,
  topicIn: raw,
  topicOut: features,
  rows,
}: FeaturizerSettings): PartitionJob<FeaturizerPartition> {
  const [bars, labels, late] = [config.topics.bars.name, config.topics.labels.name, config.topics.late.name]
  return {
    name: `featurizer ${raw}`,
    group: 'featurizer',
    reads: [raw],
    input: { name: 'market events', is: ({ value }) => typeof decodeEvent(value.toString()) !== 'string' },
    writes: [bars, features, labels, late],
    recalls: [bars],
    partitions: config.topics.raw.partitions,
    state: config.topics.state,
    settings: `spec ${specVersion}, configuration ${configHash(config)}`,
    open: () =>
      new FeaturizerPartition({ ...config.time, ...config.features, rows }, { raw, bars, features, labels, late }),
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

/**
 * Whether a featurizer of the topic, in whatever process, has taken in an event of the simulated exchange: its rows are then to
 * be marked as simulated.
 * @throws SpikeError as `readStates`.
 */
export async function rowsAreSimulated(streams: Streams, settings: FeaturizerSettings): Promise<boolean> {
  const { name, state, settings: madeWith, partitions } = featurizerJob(settings)
  const all = Array.from({ length: partitions }, (_, partition) => partition)
  const states = await readStates(streams, state.name, name, madeWith ?? '', all)
  return [...states.values()].some(({ memory }) => isSimulated(memory))
}

/** What a file of a featurizer's rows says of them in its metadata. @throws SpikeError as `readStates`. */
export async function rowsMetadata(streams: Streams, settings: FeaturizerSettings): Promise<Metadata> {
  return { [metadataKeys.simulated]: String(await rowsAreSimulated(streams, settings)) }
}
