import { type Config, configHash } from '../../config.ts'
import { specVersion } from '../../core/features/spec.ts'
import { SpikeError } from '../../errors.ts'
import { deadLetterTopic, encodeDeadLetter } from '../../streams/dead_letter.ts'
import type { Streams, Writer } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import { FeaturizerPartition } from './partition.ts'
import { decodeState, type PartitionState, stateKey } from './state.ts'

/** The featurizer of one partition with its place in the topics. */
export interface PartitionJob {
  job: FeaturizerPartition
  partition: number
  /** One a partition: whoever takes a partition over fences the one that had it. */
  writer: Writer
  /** Record to read first. */
  from: number
  /** Next record that has not been taken in by a committed transaction. */
  next: number
  barsEnd: number
}

export interface JobsOptions {
  streams: Streams
  config: Config
  topicIn: string
  topicOut: string
  /** Called again and again while a state is restored. */
  onTurn?(): void
}

/** Group under which the featurizer's input positions are committed. */
export const featurizerGroup = 'featurizer'

/**
 * Takes the partitions over, fencing whoever had them, before reading where they stand.
 * @param life closes the writers.
 * @throws SpikeError BAD_CONFIG when the state on the topic was written under another spec or configuration, LOG_CORRUPT
 * when it is none.
 */
export async function openJobs(
  options: JobsOptions,
  partitions: number[],
  life: AsyncDisposableStack,
): Promise<Map<number, PartitionJob>> {
  const { streams, config, topicIn, topicOut } = options
  const { topics } = config
  const writers = new Map<number, Writer>()
  for (const partition of partitions) {
    const writer = await streams.writer(`featurizer-${topicIn}-${partition}`)
    life.defer(() => writer.close())
    writers.set(partition, writer)
  }
  const states = await readStates(options, partitions)
  const barsEnds = await streams.ends(topics.bars.name)
  const jobs = new Map<number, PartitionJob>()
  for (const partition of partitions) {
    const job = new FeaturizerPartition({
      partition,
      settings: { ...config.time, ...config.features },
      configHash: configHash(config),
      topics: {
        bars: topics.bars.name,
        features: topicOut,
        labels: topics.labels.name,
        late: topics.late.name,
        dead: deadLetterTopic(topicIn),
      },
      encodeDead: encodeDeadLetter,
    })
    const state = states.get(partition)
    const barsEnd = barsEnds.find(end => end.partition === partition)?.offset ?? 0
    if (state) await restore(job, state, options)
    const [from, next] = [state?.resume ?? 0, state?.offset ?? 0]
    const entry = { job, partition, writer: writers.get(partition)!, from, next, barsEnd }
    jobs.set(partition, entry)
    if (!state) await commitJob(options, entry)
  }
  return jobs
}

/** Sends what is due by now ahead of the commit, which will add the state. */
export function prepareJob(options: JobsOptions, { job, writer, partition }: PartitionJob): void {
  writer.prepare({ records: job.due, also: [statePlace(options, partition)], group: featurizerGroup })
}

function statePlace({ config, topicIn }: JobsOptions, partition: number): { topic: string; key: string } {
  return { topic: config.topics.state.name, key: stateKey(topicIn, partition) }
}

/** Commits what is due, the state after it and the input position, all or nothing. */
export async function commitJob(options: JobsOptions, entry: PartitionJob): Promise<void> {
  const { config, topicIn } = options
  const { job, partition, writer, next, barsEnd } = entry
  const records = job.drain()
  const state = job.state(barsEnd)
  records.push({ ...statePlace(options, partition), value: JSON.stringify(state) })
  const positions = [{ topic: topicIn, partition, offset: next }]
  const ends = await writer.commit({ records, group: featurizerGroup, positions })
  const bars = ends.find(end => end.topic === config.topics.bars.name && end.partition === partition)
  if (bars) entry.barsEnd = bars.offset
}

async function readStates(
  { streams, config, topicIn }: JobsOptions,
  partitions: number[],
): Promise<Map<number, PartitionState>> {
  const topic = config.topics.state.name
  const hash = configHash(config)
  const keys = partitions.map(partition => stateKey(topicIn, partition))
  const last = await streams.newest(topic, keys)
  const states = new Map<number, PartitionState>()
  for (const [key, value] of last) {
    const state = decodeState(value.toString())
    if (state === null)
      throw new SpikeError(
        'LOG_CORRUPT',
        `topic ${topic}: the newest record of '${key}' is no state of a featurizer; name other topics and feed them from bronze`,
      )
    if (state.spec_version !== specVersion || state.config_hash !== hash)
      throw new SpikeError(
        'BAD_CONFIG',
        `topic ${topic}: the featurizer's state is of spec ${state.spec_version}, configuration ${state.config_hash}, not ${specVersion}, ${hash}; go on with the old settings, or name other topics`,
      )
    states.set(state.partition, state)
  }
  return states
}

async function restore(
  job: FeaturizerPartition,
  state: PartitionState,
  { streams, config, onTurn }: JobsOptions,
): Promise<void> {
  const { partition, bars_from: offset } = state
  const topic = config.topics.bars.name
  for await (const records of readAll(streams, topic, [{ topic, partition, offset }], [partition])) {
    for (const record of records) job.restore(record)
    onTurn?.()
  }
  job.goOn(state)
}
