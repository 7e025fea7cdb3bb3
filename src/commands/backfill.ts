import { availableParallelism } from 'node:os'
import { projectConfig, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { backfill } from '../jobs/backfill/run.ts'
import { command, outputFolder, runCommand, wholeNumber } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { withProgress } from '../operations/progress.ts'

interface Arguments {
  raw?: string[]
  archive?: string
  out: string
  workers: number
  spark?: string | true
  chunk: number
  config?: string
  json?: boolean
}

const daySeconds = 86_400

async function main({ raw, archive, out, workers, spark, chunk, config: configPath, json }: Arguments): Promise<void> {
  const config = readConfig(configPath)
  if (raw === undefined && archive === undefined)
    throw new SpikeError(
      'BAD_ARGUMENT',
      'nothing to read: name raw data with --raw, or an archive of it with --archive',
    )
  if (daySeconds % chunk !== 0)
    throw new SpikeError(
      'BAD_ARGUMENT',
      `--chunk takes seconds that divide a day, such as 1200, 3600 or 86400, not '${chunk}'`,
    )
  const outputs = { '--out': out, ...(raw && archive && { '--archive': archive }) }
  keepInputs({ '--raw': raw, '--config': configPath ?? projectConfig }, outputs)
  const from = raw ? { raw } : { archive: archive! }
  const work = { out, workers, chunk, config, configPath, spark: spark === true ? `local[${workers},4]` : spark }
  const options = { from, ...(raw && { keepArchive: archive }), ...work }
  const result = await withProgress(!json, say => backfill({ ...options, say }))
  if (json) console.log(JSON.stringify(result))
  else
    console.log(
      [
        `${out}: ${result.rows} rows in ${result.chunks} chunks by ${spark ? 'Spark' : `${workers} workers`}${result.simulated ? ' (simulated)' : ''}`,
        `${result.events_read} events taken in, warm-ups among them, in ${result.seconds} s (${result.archive_seconds} s of it to read the raw data)`,
        `digest ${result.digest}`,
      ].join('\n'),
    )
}

export const backfillCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'backfill',
      'Makes features of years of raw data on all cores: the rows and the digest of replay, as Parquet files by day and product.',
      "npm run backfill -- --raw 'data/raw/*.ndjson' --workers 2 --out data/backfill",
    )
      .option('--raw <file...>', 'bronze files or captures; a quoted pattern is expanded', files('--raw'))
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
