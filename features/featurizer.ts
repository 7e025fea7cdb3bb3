import { fileURLToPath } from 'node:url'
import { type Logger, pino } from 'pino'
import { command, runCommand } from '../cli.ts'
import { type Config, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { touchHealth } from '../health.ts'
import { deadLetterTopic } from '../streams/dead_letter.ts'
import { follow } from '../streams/follow.ts'
import { openStreams } from '../streams/open.ts'
import type { Incoming, Streams } from '../streams/port.ts'
import { sinkRows } from '../tables/sink.ts'
import type { EngineCounts } from './engine.ts'
import { commitJob, openJobs, type PartitionJob } from './featurizer_jobs.ts'
import { totalCounts } from './featurizer_partition.ts'

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
  const partitions = options.partitions ?? Array.from({ length: config.topics.raw.partitions }, (_, i) => i)
  checkPartitions(partitions, config.topics.raw.partitions)
  let jobs = new Map<number, PartitionJob>()
  await follow({
    streams,
    topic: topicIn,
    stop,
    finish,
    async begin(_, life) {
      await createTopics(options)
      jobs = await openJobs(options, partitions, life)
      const start = [...jobs].map(([partition, { from }]) => ({ topic: topicIn, partition, offset: from }))
      return {
        start,
        partitions,
        take: batch => take(options, jobs, batch).then(() => onProgress?.(countsOf(jobs).counts)),
      }
    },
    onTurn: touchHealth,
    onBegun: () => log?.info({ partitions, offsets: [...jobs.values()].map(({ next }) => next) }, 'ready'),
    onRetry: (error, pause_ms) => log?.warn({ code: error.code, reason: error.message, pause_ms }, 'begins anew'),
  })
  return countsOf(jobs)
}

function checkPartitions(partitions: number[], count: number): void {
  const unknown = partitions.find(p => !Number.isInteger(p) || p < 0 || p >= count)
  if (unknown !== undefined)
    throw new SpikeError('BAD_ARGUMENT', `--partitions takes numbers from 0 to ${count - 1}, not '${unknown}'`)
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

async function take(options: FeaturizerOptions, jobs: Map<number, PartitionJob>, batch: Incoming[]): Promise<void> {
  const touched = new Set<PartitionJob>()
  for (const record of batch) {
    const entry = jobs.get(record.partition)!
    entry.job.take(record)
    entry.next = Math.max(entry.next, record.offset + 1)
    touched.add(entry)
  }
  for (const entry of touched) await commitJob(options, entry)
}

function countsOf(jobs: Map<number, PartitionJob>): FeaturizerResult {
  const counts = [...jobs.values()].map(({ job }) => job.counts())
  const products = Object.assign({}, ...counts.map(count => count.products)) as Record<string, EngineCounts>
  return {
    counts: totalCounts(Object.values(products)),
    products,
    dead: counts.reduce((sum, count) => sum + count.dead, 0),
  }
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
      log: pino({ level: process.env.LOG_LEVEL ?? 'info' }, pino.destination({ dest: 2, sync: true })),
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
