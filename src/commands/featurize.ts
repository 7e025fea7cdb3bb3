import type { Logger } from 'pino'
import { type Config, readConfig } from '../config.ts'
import type { EngineCounts } from '../core/features/engine_counts.ts'
import { SpikeError } from '../errors.ts'
import type { FeaturizerPartition } from '../jobs/featurize/partition.ts'
import { runFeaturizer } from '../jobs/featurize/run.ts'
import { sinkRows } from '../jobs/featurize/sink.ts'
import { featurizerMetrics } from '../jobs/featurize/status.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { newJobStatus } from '../jobs/status.ts'
import { command, outputFile, runCommand, topicsOption, wholeNumber, wholeNumbers } from '../operations/command.ts'
import { runPaths } from '../run_paths.ts'
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
  const { topic_in: topicIn, topic_out: topicOut, partitions: own, untilEnd } = options
  const status = newJobStatus<FeaturizerPartition>()
  const metrics = () => featurizerMetrics(status, Date.now() * 1000)
  const shown = { job: 'featurizer', status, reads: [topicIn], metrics }
  const finish = untilEnd ? AbortSignal.abort() : undefined
  const onProgress = process.stderr.isTTY
    ? ({ quotes, rows }: EngineCounts) => process.stderr.write(`\r${quotes} quotes, ${rows} rows `)
    : undefined
  await runJobProcess({ ...options, name: 'featurizer', ...shown }, async ({ streams, stop, log }) => {
    const run = { streams, config, topicIn, topicOut, own, stop, finish, status, log, onProgress }
    const { counts, dead } = await runFeaturizer(run)
    print(options, { ...counts, dead }, await sink(options, config, streams, stop, log))
  })
}

interface Sunk {
  rows: number
  digest: string
  out: string
}

function print({ json }: Arguments, counts: EngineCounts & { dead: number }, sunk: Sunk | null): void {
  const summary = { ...counts, ...sunk }
  if (json) console.log(JSON.stringify(summary))
  else
    console.log(
      `${summary.quotes} quotes, ${summary.trades} trades in; ${summary.rows} rows${sunk ? ` in ${sunk.out}` : ''}; ${summary.late} late, ${summary.dead} dead letters${sunk ? `; digest ${sunk.digest}` : ''}`,
    )
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
): Promise<Sunk | null> {
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
