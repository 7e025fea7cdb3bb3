import { fileURLToPath } from 'node:url'
import { command, runCommand } from '../cli.ts'
import { type Config, configHash, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { touchHealth } from '../health.ts'
import { deadLetterTopic, encodeDeadLetter } from '../streams/dead_letter.ts'
import { openStreams } from '../streams/open.ts'
import type { Incoming, Position, Reader, Streams, Writer } from '../streams/port.ts'
import { readAll } from '../streams/read_all.ts'
import { readLast } from '../streams/read_last.ts'
import { sinkRows } from '../tables/sink.ts'
import type { EngineCounts } from './engine.ts'
import { FeaturizerPartition, totalCounts } from './featurizer_partition.ts'
import { type PartitionState, stateKey } from './job_state.ts'
import { specVersion } from './spec.ts'

const recordsAtOnce = 4000

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
}

export interface FeaturizerResult {
  counts: EngineCounts
  products: Record<string, EngineCounts>
  dead: number
}

/**
 * Reads market events, writes bars, rows, labels, late events, dead letters and its own state, each batch in one
 * transaction with its input positions: killed at any moment, the next one goes on with the same rows.
 * @throws SpikeError BAD_CONFIG when the state on the topic was written under another spec or configuration.
 */
export async function runFeaturizer(options: FeaturizerOptions): Promise<FeaturizerResult> {
  const { streams, config, topicIn, topicOut } = options
  const { topics } = config
  await streams.createTopics([
    { ...topics.raw, name: topicIn },
    { ...topics.features, name: topicOut },
    { ...topics.raw, name: deadLetterTopic(topicIn) },
    topics.bars,
    topics.labels,
    topics.late,
    topics.state,
  ])
  const jobs = new Map<number, Job>()
  try {
    await openJobs(options, jobs)
    const start: Position[] = [...jobs].map(([partition, { from }]) => ({ topic: topicIn, partition, offset: from }))
    const reader = await streams.reader(topicIn, start)
    try {
      await follow(options, jobs, reader)
    } finally {
      await reader.close()
    }
    const counts = [...jobs.values()].map(({ job }) => job.counts())
    const products = Object.assign({}, ...counts.map(count => count.products)) as Record<string, EngineCounts>
    return {
      counts: totalCounts(Object.values(products)),
      products,
      dead: counts.reduce((sum, count) => sum + count.dead, 0),
    }
  } finally {
    for (const { writer } of jobs.values()) await writer.close()
  }
}

interface Job {
  job: FeaturizerPartition
  /** One a partition: whoever takes a partition over fences the one that had it. */
  writer: Writer
  /** Record to read first. */
  from: number
  /** Next record that has not been taken in by a committed transaction. */
  next: number
  barsEnd: number
}

/** Takes the partitions over, fencing whoever had them, before reading where they stand. */
async function openJobs({ streams, config, topicIn, topicOut, ...options }: FeaturizerOptions, jobs: Map<number, Job>) {
  const { topics } = config
  const partitions = options.partitions ?? Array.from({ length: topics.raw.partitions }, (_, i) => i)
  const unknown = partitions.find(p => !Number.isInteger(p) || p < 0 || p >= topics.raw.partitions)
  if (unknown !== undefined)
    throw new SpikeError(
      'BAD_ARGUMENT',
      `--partitions takes numbers from 0 to ${topics.raw.partitions - 1}, not '${unknown}'`,
    )
  const writers = new Map<number, Writer>()
  for (const partition of partitions) writers.set(partition, await streams.writer(`featurizer-${topicIn}-${partition}`))
  const states = await readStates(streams, config, topicIn, partitions)
  const barsEnds = await streams.ends(topics.bars.name)
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
    if (state) job.restore(state, await readBars(streams, topics.bars.name, partition, state.bars_from))
    const writer = writers.get(partition)!
    const entry = { job, writer, from: state?.resume ?? 0, next: state?.offset ?? 0, barsEnd }
    jobs.set(partition, entry)
    if (!state) await commit(config, topicIn, entry)
  }
}

async function readStates(
  streams: Streams,
  config: Config,
  topicIn: string,
  partitions: number[],
): Promise<Map<number, PartitionState>> {
  const topic = config.topics.state.name
  const hash = configHash(config)
  const keys = partitions.map(partition => stateKey(topicIn, partition))
  const last = await readLast(streams, topic, keys)
  const states = new Map<number, PartitionState>()
  for (const value of last.values()) {
    const state = JSON.parse(value.toString()) as PartitionState
    if (state.spec_version !== specVersion || state.config_hash !== hash)
      throw new SpikeError(
        'BAD_CONFIG',
        `topic ${topic}: the featurizer's state is of spec ${state.spec_version}, configuration ${state.config_hash}, not ${specVersion}, ${hash}; go on with the old settings, or name other topics`,
      )
    states.set(state.partition, state)
  }
  return states
}

async function readBars(streams: Streams, topic: string, partition: number, from: number): Promise<Incoming[]> {
  const bars: Incoming[] = []
  const ends = await streams.ends(topic)
  const start = ends.map(end => ({ ...end, offset: end.partition === partition ? from : end.offset }))
  for await (const records of readAll(streams, topic, start)) bars.push(...records)
  return bars
}

async function follow(
  { streams, config, topicIn, stop, finish, onProgress }: FeaturizerOptions,
  jobs: Map<number, Job>,
  reader: Reader,
): Promise<void> {
  let ends: Map<number, number> | null = null
  const atEnd = (): boolean =>
    ends !== null &&
    reader.positions().every(({ partition, offset }) => !jobs.has(partition) || offset >= ends!.get(partition)!)
  while (!stop?.aborted) {
    touchHealth()
    if (ends === null && finish?.aborted)
      ends = new Map((await streams.ends(topicIn)).map(({ partition, offset }) => [partition, offset]))
    if (atEnd()) return
    const batch = await reader.poll(recordsAtOnce, 200)
    const touched = new Set<Job>()
    for (const record of batch) {
      const entry = jobs.get(record.partition)
      if (entry === undefined) continue
      entry.job.take(record)
      entry.next = Math.max(entry.next, record.offset + 1)
      touched.add(entry)
    }
    for (const entry of touched) await commit(config, topicIn, entry)
    if (touched.size > 0)
      onProgress?.(totalCounts([...jobs.values()].flatMap(({ job }) => Object.values(job.counts().products))))
  }
}

async function commit(config: Config, topicIn: string, entry: Job): Promise<void> {
  const { job, writer, next, barsEnd } = entry
  const records = job.drain()
  const state = job.state(barsEnd)
  const { partition } = state
  records.push({ topic: config.topics.state.name, key: stateKey(topicIn, partition), value: JSON.stringify(state) })
  const positions = [{ topic: topicIn, partition, offset: next }]
  const ends = await writer.commit({ records, group: 'featurizer', positions })
  const bars = ends.find(end => end.topic === config.topics.bars.name && end.partition === partition)
  if (bars) entry.barsEnd = bars.offset
}

interface Arguments {
  topic_in: string
  topic_out: string
  topics: string
  partitions?: number[]
  parquet: string
  config?: string
  untilEnd?: boolean
  json?: boolean
}

async function main(options: Arguments): Promise<void> {
  const config = readConfig(options.config)
  const streams = await openStreams(options.topics)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  try {
    const finish = options.untilEnd ? AbortSignal.abort() : undefined
    const result = await runFeaturizer({
      streams,
      config,
      topicIn: options.topic_in,
      topicOut: options.topic_out,
      partitions: options.partitions,
      stop: stop.signal,
      finish,
      onProgress: counts =>
        process.stderr.isTTY && process.stderr.write(`\r${counts.quotes} quotes, ${counts.rows} rows `),
    })
    const sunk = await sinkRows({ streams, config, topic: options.topic_out, out: options.parquet })
    const summary = { ...result.counts, dead: result.dead, digest: sunk.digest, rows: sunk.rows, out: options.parquet }
    if (options.json) console.log(JSON.stringify(summary))
    else
      console.log(
        `${summary.quotes} quotes, ${summary.trades} trades in; ${summary.rows} rows in ${options.parquet}; ${summary.late} late, ${summary.dead} dead letters; digest ${summary.digest}`,
      )
  } finally {
    await streams.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const program = command(
    'featurizer',
    'Reads market events from a topic, writes rows of features to a topic and, at its end, to Parquet.',
    'npm run featurize -- --topic_in ticks.raw --topic_out ticks.features',
  )
    .option('--topic_in <topic>', 'topic of market events', 'ticks.raw')
    .option('--topic_out <topic>', 'topic of rows', 'ticks.features')
    .option(
      '--topics <engine>',
      'embedded, embedded://FILE or kafka://HOST:PORT',
      process.env.SPIKE60_TOPICS ?? 'embedded',
    )
    .option('--partitions <n,n>', 'partitions to work on, all when absent', text => text.split(',').map(Number))
    .option('--parquet <file>', 'where all rows of the topic are written at the end', 'data/processed/features.parquet')
    .option('--config <file>', 'another config.yaml')
    .option('--until-end', 'stop at the end that the input topic has now')
    .option('--json', 'print the summary as one JSON line')
  await runCommand<Arguments>(program, main)
}
