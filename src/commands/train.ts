import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectConfig, readConfig } from '../config.ts'
import { anchoredRecipe } from '../core/models/anchor/recipe.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { keepOthers } from '../files/keep_others.ts'
import { checkFilePlace } from '../files/place.ts'
import { replaceTogether } from '../files/together.ts'
import { judgeCaptures } from '../jobs/train/judge_captures.ts'
import { judgeOthers } from '../jobs/train/judge_others.ts'
import { train } from '../jobs/train/run.ts'
import { nextRecord, readJournal, sealRecord } from '../jobs/train/sealed_record.ts'
import { command, outputFolder, plainNumber, runCommand, warn } from '../operations/command.ts'
import { commitOfCode } from '../operations/commit.ts'
import { withProgress } from '../operations/progress.ts'
import { redactJson } from '../operations/redact.ts'
import { describeCaptures } from '../publish/terminal/captures_table.ts'
import { describeJudged } from '../publish/terminal/judged_files_table.ts'
import { describeTraining } from '../publish/terminal/train_table.ts'
import { besideFeatures, runPaths } from '../run_paths.ts'
import { modelsByName } from './models_by_name.ts'

interface Arguments {
  features?: string
  full?: boolean
  captures?: string[]
  judge?: string
  percentile?: number[]
  out: string
  config?: string
  json?: boolean
}

async function main(given: Arguments): Promise<void> {
  const { features, out, config, json, full, captures, judge, percentile } = given
  if (full) return await (judge === undefined ? judgeFully(given) : judgeOtherFiles(given, judge))
  const stray = Object.entries({ '--captures': captures, '--judge': judge, '--percentile': percentile }).find(
    ([, value]) => value,
  )
  if (stray) throw new SpikeError('BAD_ARGUMENT', `${stray[0]} belongs to --full; add --full, or leave it out`)
  if (features === undefined)
    throw new SpikeError('BAD_ARGUMENT', '--features FILE is needed, or --full with --captures DIR')
  keepInputs({ '--features': features, '--config': config ?? projectConfig }, writtenBy(features, out))
  const settings = readConfig(config)
  const trackingUri = process.env.MLFLOW_TRACKING_URI
  const result = await withProgress(!json, say => train({ features, out, config: settings, trackingUri, say }))
  if (result.tracking.warning !== null) warn(`warning: ${result.tracking.warning}`)
  if (json) {
    console.log(redactJson(JSON.stringify({ ...result, models: modelsByName(result) })))
    return
  }
  console.log(describeTraining(result, settings))
  console.log(`\nmodel ${result.files.model}, predictions ${result.files.predictions}`)
  console.log(result.tracking.link ?? `${result.tracking.journalled} runs journalled in ${join(out, runPaths.journal)}`)
}

/** Every file of a training, and the folder of its models. */
function writtenBy(features: string, out: string) {
  const { scores: _, ...beside } = besideFeatures(features)
  return { ...beside, '--out': [join(out, runPaths.evaluation), join(out, runPaths.models)] }
}

/** The walk-forward on saved captures: a table a percentile, kept as text and JSON; nothing is fitted for keeps. */
async function judgeFully({ captures, percentile, features, out, config: path, json }: Arguments): Promise<void> {
  if (captures === undefined || features !== undefined)
    throw new SpikeError('BAD_ARGUMENT', '--full takes --captures DIR, a folder of captures, and no --features')
  const file = join(out, runPaths.walkForward)
  const files = [`${file}.json`, `${file}.txt`]
  keepInputs({ '--captures': captures, '--config': path ?? projectConfig }, { '--out': files })
  for (const place of files) checkFilePlace(place)
  keepOthers([files[0]], first => /^\{"simulated":(true|false),"files":\[/.test(first))
  keepOthers([files[1]], () => existsSync(files[0]))
  const config = readConfig(path)
  const [folder, ...more] = captures
  if (more.length > 0) throw new SpikeError('BAD_ARGUMENT', '--captures takes one folder, or several with --judge DIR')
  const percentiles = percentile ?? [config.label.percentile]
  const result = await withProgress(!json, say => judgeCaptures({ captures: folder, percentiles, config, say }))
  const text = describeCaptures(result)
  await replaceTogether(`${file}.replacing`, files, async staged => {
    writeFileSync(staged(`${file}.json`), `${JSON.stringify(result)}\n`)
    writeFileSync(staged(`${file}.txt`), `${text}\n`)
  })
  console.log(`${text}\n\n${file}.txt, ${file}.json`)
  if (json) console.log(JSON.stringify(result))
}

/** The anchored recipe learnt from some captures and judged once on others; a sealed record says how often these were looked at. */
async function judgeOtherFiles(given: Arguments, judge: string): Promise<void> {
  const { captures, percentile, features, out, config: path, json } = given
  if (captures === undefined || features !== undefined || percentile !== undefined)
    throw new SpikeError(
      'BAD_ARGUMENT',
      '--judge DIR goes with --full and --captures DIR…, and without --features and --percentile',
    )
  const file = join(out, runPaths.judged)
  const journal = join(out, runPaths.judgements)
  const files = [`${file}.json`, `${file}.txt`]
  keepInputs(
    { '--captures': captures, '--judge': judge, '--config': path ?? projectConfig },
    { '--out': [...files, journal] },
  )
  for (const place of [...files, journal]) checkFilePlace(place)
  keepOthers([files[0]], first => first.startsWith('{"recipe":'))
  keepOthers([files[1]], () => existsSync(files[0]))
  readJournal(journal)
  const config = readConfig(path)
  const result = await withProgress(!json, say => judgeOthers({ captures, judge, config, say }))
  const { fitted_on, judged } = result
  const about = { at: new Date().toISOString(), commit: commitOfCode(), fitted_on, judged }
  const record = nextRecord(journal, { ...about, recipe: anchoredRecipe, figures: result })
  const text = describeJudged(result, record)
  await sealRecord(journal, record)
  await replaceTogether(`${file}.replacing`, files, async staged => {
    writeFileSync(staged(`${file}.json`), `${JSON.stringify({ ...result, look: record.look })}\n`)
    writeFileSync(staged(`${file}.txt`), `${text}\n`)
  })
  console.log(`${text}\n\n${file}.txt, ${file}.json, sealed as look ${record.look} in ${journal}`)
  if (json) console.log(JSON.stringify({ ...result, look: record.look }))
}

function percentiles(text: string, before: number[] = []): number[] {
  const value = plainNumber(text)
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
      .option('--captures <dir...>', 'folder of captures, for --full; several with --judge')
      .option('--judge <dir>', 'judge on these captures, once, what is learnt from those of --captures; with --full')
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
