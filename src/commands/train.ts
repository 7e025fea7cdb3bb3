import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { judgeCaptures } from '../jobs/train/judge_captures.ts'
import { train } from '../jobs/train/run.ts'
import { command, outputFolder, runCommand } from '../operations/command.ts'
import { describeCaptures } from '../publish/terminal/captures_table.ts'
import { describeTraining } from '../publish/terminal/train_table.ts'
import { runPaths } from '../run_paths.ts'
import { modelsByName } from './models_by_name.ts'

interface Arguments {
  features?: string
  full?: boolean
  captures?: string
  percentile?: number[]
  out: string
  config?: string
  json?: boolean
}

async function main(given: Arguments): Promise<void> {
  const { features, out, config, json, full, captures, percentile } = given
  if (full) return await judgeFully(given)
  const stray = Object.entries({ '--captures': captures, '--percentile': percentile }).find(([, value]) => value)
  if (stray) throw new SpikeError('BAD_ARGUMENT', `${stray[0]} belongs to --full; add --full, or leave it out`)
  if (features === undefined)
    throw new SpikeError('BAD_ARGUMENT', '--features FILE is needed, or --full with --captures DIR')
  const result = await train({
    features,
    out,
    config: readConfig(config),
    trackingUri: process.env.MLFLOW_TRACKING_URI,
    onProgress: what => console.error(what),
  })
  if (result.tracking.warning !== null) console.error(`warning: ${result.tracking.warning}`)
  if (json) {
    console.log(JSON.stringify({ ...result, models: modelsByName(result) }))
    return
  }
  console.log(describeTraining(result))
  console.log(`\nmodel ${result.files.model}, predictions ${result.files.predictions}`)
  console.log(result.tracking.link ?? `${result.tracking.journalled} runs journalled in ${join(out, runPaths.journal)}`)
}

/** The walk-forward on saved captures: a table a percentile, kept as text and JSON; nothing is fitted for keeps. */
async function judgeFully({ captures, percentile, features, out, config: path, json }: Arguments): Promise<void> {
  if (captures === undefined || features !== undefined)
    throw new SpikeError('BAD_ARGUMENT', '--full takes --captures DIR, a folder of captures, and no --features')
  const config = readConfig(path)
  const result = await judgeCaptures({
    captures,
    percentiles: percentile ?? [config.label.percentile],
    config,
    onProgress: what => console.error(what),
  })
  const file = join(out, runPaths.walkForward)
  await writeFileAtomically(`${file}.json`, `${JSON.stringify(result)}\n`)
  await writeFileAtomically(`${file}.txt`, `${describeCaptures(result)}\n`)
  console.log(`${describeCaptures(result)}\n\n${file}.txt, ${file}.json`)
  if (json) console.log(JSON.stringify(result))
}

function percentiles(text: string, before: number[] = []): number[] {
  const value = Number(text)
  if (!(value > 50 && value < 100))
    throw new SpikeError('BAD_ARGUMENT', `--percentile takes a number above 50 and below 100, not '${text}'`)
  return [...before, value]
}

export const trainCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'train',
      'Trains on a feature file by time, judges against the baselines, audits for leaks, saves the model.',
      'npm run train -- --features data/processed/features.parquet',
    )
      .option('--features <file>', 'Parquet file that scripts/replay.ts wrote')
      .option('--full', 'judge the fixed recipe by walk-forward on captures instead; needs --captures')
      .option('--captures <dir>', 'folder of captures, for --full')
      .option('--percentile <p...>', "percentile of each fold's training that is tau, for --full", percentiles)
      .option(
        '--out <dir>',
        'folder for models/artifacts and mlruns, with --full for reports',
        outputFolder('--out'),
        '.',
      )
      .option('--config <file>', "another config than the project's config.yaml")
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
