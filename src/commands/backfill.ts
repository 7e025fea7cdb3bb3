import { availableParallelism } from 'node:os'
import { type Config, projectConfig, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { type BackfillOptions, backfill } from '../jobs/backfill/run.ts'
import { command, outputFolder, runCommand, topicEngines, wholeNumber } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { withProgress } from '../operations/progress.ts'
import { openBucket } from '../stores/s3/client.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  raw?: string[]
  topics?: string
  topic_in?: string
  archive?: string
  out: string
  workers: number
  spark?: string | true
  chunk: number
  config?: string
  json?: boolean
}

const daySeconds = 86_400

async function main(given: Arguments): Promise<void> {
  const { raw, topics, archive, out, workers, spark, chunk, config: configPath, json } = given
  const config = readConfig(configPath)
  if (raw !== undefined && topics !== undefined) throw new SpikeError('BAD_ARGUMENT', 'name either --raw or --topics')
  const isNew = raw !== undefined || topics !== undefined
  if (!isNew && archive === undefined)
    throw new SpikeError(
      'BAD_ARGUMENT',
      'nothing to read: name raw data with --raw, a topic with --topics, or an archive of either with --archive',
    )
  if (daySeconds % chunk !== 0)
    throw new SpikeError(
      'BAD_ARGUMENT',
      `--chunk takes seconds that divide a day, such as 1200, 3600 or 86400, not '${chunk}'`,
    )
  const outputs = { '--out': out, ...(isNew && archive && { '--archive': archive }) }
  keepInputs({ '--raw': isBucket(raw) ? undefined : raw, '--config': configPath ?? projectConfig }, outputs)
  const work = { out, workers, chunk, config, configPath, spark: spark === true ? `local[${workers},4]` : spark }
  const { from, close } = await openSource(given, config)
  const options = { from, ...(isNew && { keepArchive: archive }), ...work }
  const result = await withProgress(!json, say => backfill({ ...options, say })).finally(close)
  if (json) console.log(JSON.stringify(result))
  else
    console.log(
      [
        `${out}: ${result.rows} rows in ${result.chunks} chunks by ${spark ? 'Spark' : `${workers} workers`}${result.simulated ? ' (simulated)' : ''}`,
        `${result.events_read} events taken in, warm-ups among them, in ${result.seconds} s (${result.archive_seconds} s of it to read the events)`,
        `digest ${result.digest}`,
      ].join('\n'),
    )
}

type Source = Pick<BackfillOptions, 'from'> & { close(): Promise<void> }

async function openSource({ raw, topics, topic_in, archive }: Arguments, config: Config): Promise<Source> {
  const close = async (): Promise<void> => {}
  if (topics !== undefined) {
    const streams = await openStreams(topics, 'there')
    return { from: { streams, topic: topic_in ?? config.topics.raw.name }, close: () => streams.close() }
  }
  if (raw === undefined) return { from: { archive: archive! }, close }
  return { from: isBucket(raw) ? { bucket: openBucket(raw[0]) } : { raw }, close }
}

/** @throws SpikeError BAD_ARGUMENT for a bucket beside anything else: their order would be anybody's guess. */
function isBucket(raw: string[] = []): boolean {
  const buckets = raw.filter(place => place.startsWith('s3://')).length
  if (buckets > 0 && raw.length > 1)
    throw new SpikeError('BAD_ARGUMENT', '--raw takes one s3://BUCKET/PREFIX alone, or files')
  return buckets > 0
}

export const backfillCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'backfill',
      'Makes features of years of raw data on all cores: the rows and the digest of replay, as Parquet files by day and product.',
      "npm run backfill -- --raw 'data/raw/*.ndjson' --workers 2 --out data/backfill",
    )
      .option(
        '--raw <file...>',
        'bronze files or captures; a quoted pattern is expanded; or s3://BUCKET/PREFIX, as archive filled it',
        files('--raw'),
      )
      .option('--topics <engine>', `${topicEngines}: market events of a topic, from its first record to its end now`)
      .option('--topic_in <topic>', 'topic of market events (default: topics.raw of the configuration)')
      .option('--archive <folder>', 'keep the events there, to begin from it without --raw next time')
      .requiredOption('--out <folder>', 'a new folder: dt=DAY/product=NAME/*.parquet', outputFolder('--out'))
      .option('--workers <n>', 'processes', wholeNumber('--workers', 1, 1024), availableParallelism())
      .option('--spark [master]', 'workers on Spark: a cluster such as spark://host:7077, else so many on this machine')
      .option(
        '--chunk <seconds>',
        'seconds of one product that are one piece of work',
        wholeNumber('--chunk', 1),
        daySeconds,
      )
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
