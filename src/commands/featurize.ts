import type { Logger } from 'pino'
import { type Config, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { serveJob } from '../jobs/endpoints.ts'
import type { FeaturizerPartition } from '../jobs/featurize/partition.ts'
import { runFeaturizer } from '../jobs/featurize/run.ts'
import { sinkRows } from '../jobs/featurize/sink.ts'
import { featurizerMetrics } from '../jobs/featurize/status.ts'
import { newJobStatus } from '../jobs/status.ts'
import { command, outputFile, runCommand, topicsOption, wholeNumber, wholeNumbers } from '../operations/command.ts'
import { createLog } from '../operations/log.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { runPaths } from '../run_paths.ts'
import { openStreams } from '../streams/open.ts'
import type { Streams } from '../streams/port.ts'

interface Arguments {
  topic_in: string
  topic_out: string
  topics: string
  partitions?: number[]
  parquet: string
  config?: string
  untilEnd?: boolean
  metricsPort?: number
  json?: boolean
}

async function main(options: Arguments): Promise<void> {
  const config = readConfig(options.config)
  const streams = await openStreams(options.topics)
  const stop = stopOnSignal('featurizer')
  const log = createLog()
  const status = newJobStatus<FeaturizerPartition>()
  const { metricsPort: port, topic_in: topic } = options
  const metrics = () => featurizerMetrics(status, Date.now() * 1000)
  const shown = { job: 'featurizer', status, streams, topics: [topic], metrics, log }
  const operations = port === undefined ? null : await serveJob({ port, ...shown })
  try {
    const finish = options.untilEnd ? AbortSignal.abort() : undefined
    const result = await runFeaturizer({
      streams,
      config,
      topicIn: options.topic_in,
      topicOut: options.topic_out,
      own: options.partitions,
      stop,
      finish,
      status,
      log,
      onProgress: process.stderr.isTTY
        ? counts => process.stderr.write(`\r${counts.quotes} quotes, ${counts.rows} rows `)
        : undefined,
    })
    const sunk = await sink(options, config, streams, stop, log)
    const summary = { ...result.counts, dead: result.dead, ...sunk }
    if (options.json) console.log(JSON.stringify(summary))
    else
      console.log(
        `${summary.quotes} quotes, ${summary.trades} trades in; ${summary.rows} rows${sunk ? ` in ${sunk.out}` : ''}; ${summary.late} late, ${summary.dead} dead letters${sunk ? `; digest ${sunk.digest}` : ''}`,
      )
  } finally {
    await operations?.close()
    await streams.close()
  }
}

/** A job that was told to stop does not read a long topic again: it gives up the file after so long. */
const sinkWithinMs = 2000

/** All rows of the topic as a file; null when it was told to stop and that took too long: the former file stays. */
async function sink(
  options: Arguments,
  config: Config,
  streams: Streams,
  stop: AbortSignal,
  log: Logger,
): Promise<{ rows: number; digest: string; out: string } | null> {
  const { topic_out: topic, parquet: out } = options
  const giveUp = stop.aborted ? AbortSignal.timeout(sinkWithinMs) : undefined
  try {
    const { rows, digest } = await sinkRows({ streams, config, topic, out, giveUp })
    return { rows, digest, out }
  } catch (error) {
    if (!giveUp?.aborted && !(stop.aborted && error instanceof SpikeError && error.retriable)) throw error
    log.warn(
      { out, reason: (error as Error).message },
      'the file of rows is not renewed; featurize --until-end makes it',
    )
    return null
  }
}

const program = command(
  'featurizer',
  'Reads market events from a topic, writes rows of features to a topic and, at its end, to Parquet.',
  'npm run featurize -- --topic_in ticks.raw --topic_out ticks.features',
)
  .option('--topic_in <topic>', 'topic of market events', 'ticks.raw')
  .option('--topic_out <topic>', 'topic of rows', 'ticks.features')
  .addOption(topicsOption())
  .option('--partitions <n,n>', 'partitions to work on, all when absent', wholeNumbers('--partitions'))
  .option(
    '--parquet <file>',
    'where all rows of the topic are written at the end',
    outputFile('--parquet'),
    runPaths.features,
  )
  .option('--config <file>', 'another config.yaml')
  .option('--until-end', 'stop at the end that the input topic has now')
  .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', wholeNumber('--metrics-port'))
  .option('--json', 'print the summary as one JSON line')

export const featurizeCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
