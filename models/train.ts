import { dirname, join, relative } from 'node:path'
import { writeFileAtomically } from '../atomic.ts'
import { command, outputFolder, runCommand } from '../cli.ts'
import { type Config, configHash, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { digestOf } from '../features/digest.ts'
import { specVersion } from '../features/spec.ts'
import { type FeatureTable, takeRows } from '../features/table.ts'
import { checkFolderPlace } from '../place.ts'
import { simulatedFile } from '../tables/metadata.ts'
import { type Metadata, readTable } from '../tables/parquet.ts'
import type { Evaluation } from './evaluation.ts'
import { type Experiment, runExperiment, type Source } from './experiment.ts'
import { judgeCaptures } from './full.ts'
import { describeCaptures } from './full_table.ts'
import type { RunDataset } from './run_record.ts'
import { segmentNames } from './split.ts'
import { type Recorded, recordRuns } from './tracker.ts'
import { type TrainFiles, writeTraining } from './train_files.ts'
import { runsOf } from './train_runs.ts'
import { describeTraining } from './train_table.ts'
import { walkBeside } from './walk_beside.ts'

export interface TrainOptions {
  /** Parquet file of features. The files of the segments and the predictions are written beside it. */
  features: string
  /** Folder under which `models/artifacts/` and the journal `mlruns/` lie. */
  out: string
  config: Config
  /** Address of an MLflow server; without it the runs stay in the journal. */
  trackingUri?: string
  onProgress?: (what: string) => void
}

export type TrainResult = Evaluation & { files: TrainFiles; tracking: Recorded }

/**
 * Trains, judges and audits on one feature file, then writes segments, predictions, evaluation and model, and records the
 * runs. Nothing is written before the audit has passed.
 * @throws SpikeError BAD_FILE, BAD_TABLE, TOO_FEW_ROWS, ONE_CLASS, BAD_CONFIG (exit 2); AUDIT_FAILED (exit 3).
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { features, out, config, onProgress = () => {} } = options
  const started_at = Date.now()
  onProgress(`reading ${features}`)
  const { table, metadata, unread } = await readTable(features)
  checkSpec(features, metadata)
  checkFolderPlace(dirname(features), `${dirname(features)}, where segments and predictions go`)
  onProgress(`splitting, fitting and auditing ${table.rows} rows`)
  const source = {
    file: relative(out, features),
    digest: metadata['spike60.digest'],
    perturbation: metadata['spike60.perturbation'],
    unread,
    simulated: simulatedFile(metadata),
    config_hash: configHash(config),
  }
  const { experiment, evaluation } = await judgeFile(table, source, options)
  onProgress('writing segments, predictions and model')
  const files = await writeTraining(table, metadata, { ...experiment, evaluation }, options)
  onProgress('recording the runs')
  const times = { started_at, ended_at: Date.now() }
  const runs = runsOf(evaluation, files, datasetsOf(table, experiment, files), config, times)
  const tracking = await recordRuns(runs, {
    experiment: config.mlflow.experiment,
    journal: join(out, 'mlruns'),
    uri: options.trackingUri,
  })
  return { ...evaluation, files, tracking }
}

/** The experiment, and beside it the walk-forward. @throws SpikeError AUDIT_FAILED and what `runExperiment` throws. */
async function judgeFile(table: FeatureTable, source: Source, { features, config, onProgress }: TrainOptions) {
  const walk = walkBeside(table, config)
  try {
    const experiment = runExperiment(table, source, config)
    if (!experiment.evaluation.audit.passed)
      throw new SpikeError(
        'AUDIT_FAILED',
        experiment.evaluation.audit.checks
          .filter(({ verdict }) => verdict === 'failed')
          .map(({ name, detail }) => `${features}: audit failed, ${name}: ${detail}; no model is written`),
      )
    onProgress?.('walking forward through the file')
    return { experiment, evaluation: { ...experiment.evaluation, ...(await walk.report) } }
  } finally {
    await walk.stop()
  }
}

function datasetsOf(table: FeatureTable, { split, artifact }: Experiment, files: TrainFiles): RunDataset[] {
  return segmentNames.map(segment => ({
    name: `features_${segment}`,
    digest: digestOf(takeRows(table, split[segment])).slice(0, 32),
    source: files[segment],
    context: segment === 'train' ? 'training' : segment,
    rows: split[segment].length,
    columns: artifact.inputs,
  }))
}

function checkSpec(path: string, metadata: Metadata): void {
  const segment = metadata['spike60.segment']
  if (segment !== undefined)
    throw new SpikeError(
      'BAD_TABLE',
      `${path}: is the ${segment} segment that a training wrote; train on the whole file that scripts/replay.ts wrote`,
    )
  const found = metadata['spike60.spec_version']
  if (found !== undefined && found !== specVersion)
    throw new SpikeError(
      'BAD_TABLE',
      `${path}: holds features of spec ${found}, this program has spec ${specVersion}; write it anew with scripts/replay.ts`,
    )
}

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
    console.log(JSON.stringify(result))
    return
  }
  console.log(describeTraining(result))
  console.log(`\nmodel ${result.files.model}, predictions ${result.files.predictions}`)
  console.log(result.tracking.link ?? `${result.tracking.journalled} runs journalled in ${join(out, 'mlruns')}`)
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
  const file = join(out, 'reports', 'walk_forward')
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

if (import.meta.main)
  await runCommand<Arguments>(
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
  )
