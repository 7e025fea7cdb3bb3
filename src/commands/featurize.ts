import { Option } from 'commander'
import type { Logger } from 'pino'
import { type Config, projectConfig, readConfig } from '../config.ts'
import type { EngineCounts } from '../core/features/engine_counts.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { onceCaughtUp } from '../jobs/featurize/caught_up.ts'
import { refuseOtherFile } from '../jobs/featurize/former_file.ts'
import type { FeaturizerPartition, RowForm } from '../jobs/featurize/partition.ts'
import { rowsMetadata, runFeaturizer } from '../jobs/featurize/run.ts'
import { sinkRows } from '../jobs/featurize/sink.ts'
import { featurizerMetrics, resultOf } from '../jobs/featurize/status.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { type DeadTally, tellDead } from '../jobs/partitions/dead_tally.ts'
import { newJobStatus } from '../jobs/status.ts'
import { command, outputFile, port, runCommand, topicsOption, wholeNumbers } from '../operations/command.ts'
import { withProgress } from '../operations/progress.ts'
import { runPaths } from '../run_paths.ts'
import { logFiles } from '../streams/open.ts'
import type { Streams } from '../streams/port.ts'

interface Arguments {
  topic_in: string
  topic_out: string
  topics: string
  partitions?: number[]
  parquet: string
  rows: RowForm
  config?: string
  untilEnd?: boolean
  metricsPort?: number
  metricsEmf?: boolean
  json?: boolean
}

async function main(options: Arguments): Promise<void> {
  const config = readConfig(options.config)
  const { topic_in: topicIn, topic_out: topicOut, partitions: own, rows, untilEnd } = options
  keepInputs(
    { '--config': options.config ?? projectConfig, '--topics': logFiles(options.topics) },
    { '--parquet': options.parquet },
  )
  const formerRows = await refuseOtherFile(options.parquet)
  const status = newJobStatus<FeaturizerPartition>()
  const metrics = () => featurizerMetrics(status, Date.now() * 1000)
  const shown = { job: 'featurizer', status, reads: [topicIn], metrics }
  const finish = untilEnd ? AbortSignal.abort() : undefined
  await runJobProcess(
    { ...options, name: 'featurizer', finite: untilEnd, ...shown },
    async ({ streams, stop, log }) => {
      if (formerRows > 0)
        log.info(
          { file: options.parquet, rows: formerRows },
          `stays as it is unless topic ${topicOut} holds all of its rows at the end; name another with --parquet`,
        )
      const run = { streams, config, topicIn, topicOut, rows, own, stop, finish, status, log }
      const stopWatching = untilEnd
        ? () => {}
        : onceCaughtUp(streams, topicIn, status, () =>
            log.info({ topic: topicIn }, `caught up, waits for more; Ctrl-C ends it and writes ${options.parquet}`),
          )
      let sunk: Sunk | null = null
      // Also a run that fails, or finds no market events, says what it took in.
      try {
        await withProgress(!options.json, say =>
          runFeaturizer({ ...run, onProgress: ({ quotes, rows }) => say(`${quotes} quotes, ${rows} rows`) }),
        )
        sunk = await sink(options, config, streams, stop, log)
      } finally {
        stopWatching()
        const { counts, dead } = resultOf(status)
        print(options, { ...counts, dead, dead_letters: status.dead }, sunk)
      }
    },
  )
}

interface Sunk {
  rows: number
  digest: string
  out: string
}

type Taken = EngineCounts & { dead: number; dead_letters: DeadTally }

function print({ json }: Arguments, taken: Taken, sunk: Sunk | null): void {
  if (json) console.log(JSON.stringify({ ...taken, ...sunk }))
  else {
    const { quotes, trades, clocks, gaps, withdrawn, late, backfilled, duplicates, dead_letters } = taken
    const rows = sunk ? `${sunk.rows} rows in ${sunk.out}` : `${taken.rows} rows`
    console.log(
      `${quotes} quotes, ${trades} trades, ${clocks} clocks, ${gaps - withdrawn} gaps in; ${rows}; ${late} late, ${backfilled} back-filled, ${duplicates} repeated, ${tellDead(dead_letters)}${sunk ? `; digest ${sunk.digest}` : ''}`,
    )
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
): Promise<Sunk | null> {
  const { topic_out: topic, parquet: out } = options
  const giveUp = stop.aborted ? AbortSignal.timeout(sinkWithinMs) : undefined
  try {
    const metadata = await rowsMetadata(streams, { config, topicIn: options.topic_in, topicOut: topic })
    const { rows, digest } = await sinkRows({ streams, config, topic, out, keepMore: true, metadata, giveUp })
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
  .addOption(
    new Option('--rows <form>', 'form of rows on the topic; all commands read either')
      .choices(['json', 'binary'])
      .default('json'),
  )
  .option('--config <file>', 'another config.yaml')
  .option('--until-end', 'stop at the end that the input topic has now')
  .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
  .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
  .option('--json', 'print the summary as one JSON line')

export const featurizeCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
