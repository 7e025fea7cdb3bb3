import { userInfo } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { type Config, configHash } from '../../config.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { specVersion } from '../../core/features/spec.ts'
import { type FeatureTable, takeRows } from '../../core/features/table.ts'
import { type Experiment, runExperiment, type Source } from '../../core/models/experiment.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { logistic } from '../../core/models/recipes/logistic.ts'
import { type SegmentName, segmentNames } from '../../core/models/split/split.ts'
import { SpikeError } from '../../errors.ts'
import { checkFolderPlace } from '../../files/place.ts'
import { commitOfCode } from '../../operations/commit.ts'
import type { Say } from '../../operations/progress.ts'
import { runPaths } from '../../run_paths.ts'
import { digestOf } from '../../stores/digest.ts'
import { type Metadata, simulatedFile } from '../../stores/metadata.ts'
import { readTable } from '../../stores/parquet.ts'
import { checkTracking } from '../../tracking/client.ts'
import type { RunDataset } from '../../tracking/run_record.ts'
import { type Recorded, recordRuns } from '../../tracking/tracker.ts'
import { runsOf, type TrainOrigin } from '../../tracking/train_runs.ts'
import { finishFormerTraining, type TrainFiles, writeTraining } from './files.ts'
import { FitTimes } from './fit_times.ts'
import { walkBeside } from './walk_beside.ts'

export interface TrainOptions {
  /** Parquet file of features. The files of the segments and the predictions are written beside it. */
  features: string
  /** Folder under which `models/artifacts/` and the journal `mlruns/` lie. */
  out: string
  config: Config
  /** Address of an MLflow server; without it the runs stay in the journal. */
  trackingUri?: string
  say?: Say
}

export type TrainResult = Evaluation & { files: TrainFiles; tracking: Recorded }

/** A feature file as a training reads it. */
export interface TrainingInput {
  table: FeatureTable
  metadata: Metadata
  source: Source
}

/**
 * Trains, judges and audits on one feature file, then writes segments, predictions, evaluation and model, and records the
 * runs. All places and addresses are checked before any work, and nothing is written before the audit has passed.
 * @throws SpikeError BAD_ARGUMENT, BAD_FILE, BAD_TABLE, TOO_FEW_ROWS, ONE_CLASS, BAD_CONFIG (exit 2); AUDIT_FAILED (exit 3).
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { out, config, say = () => {} } = options
  const started_at = Date.now()
  checkPlaces(options)
  await finishFormerTraining(options)
  const input = await readTraining(options)
  const { table, metadata, source } = input
  checkFolderPlace(dirname(options.features), `${dirname(options.features)}, where segments and predictions go`)
  const { experiment, evaluation, fits } = await judgeFile(table, source, options)
  say('writing segments, predictions and models')
  const files = await writeTraining(table, metadata, experiment, evaluation, options)
  say('recording the runs')
  const runs = runsOf(evaluation, files, datasetsOf(table, experiment, files), config, originOf(started_at, fits))
  const tracking = await recordRuns(runs, {
    experiment: config.mlflow.experiment,
    journal: join(out, runPaths.journal),
    uri: options.trackingUri,
  })
  return { ...evaluation, files, tracking }
}

/** @throws SpikeError BAD_ARGUMENT for an address that MLflow cannot have, BAD_FILE for places of models or journal that cannot be written. */
export function checkPlaces({ out, trackingUri }: Pick<TrainOptions, 'out' | 'trackingUri'>): void {
  if (trackingUri) checkTracking(trackingUri)
  for (const [what, place] of Object.entries({
    'the models go': join(out, runPaths.models),
    'the journal goes': join(out, runPaths.journal),
  }))
    checkFolderPlace(place, `${place}, where ${what}`)
}

/** @throws SpikeError BAD_FILE, BAD_TABLE. */
export async function readTraining({ features, out, config, say = () => {} }: TrainOptions): Promise<TrainingInput> {
  say(`reading ${features}`)
  const { table, metadata, unread } = await readTable(features)
  checkSpec(features, metadata)
  const source = {
    file: relative(out, features),
    digest: { stated: metadata[metadataKeys.digest], found: digestOf(table) },
    perturbation: metadata[metadataKeys.perturbation],
    unread,
    simulated: simulatedFile(metadata),
    config_hash: configHash(config),
  }
  return { table, metadata, source }
}

/** When, by whom and with which code a training that ends now was done. */
export function originOf(started_at: number, fits: TrainOrigin['fits']): TrainOrigin {
  return { started_at, ended_at: Date.now(), fits, user: userInfo().username, commit: commitOfCode() }
}

/** The experiment, and beside it the walk-forward. @throws SpikeError AUDIT_FAILED and what `runExperiment` throws. */
export async function judgeFile(
  table: FeatureTable,
  source: Source,
  { features, config, say = () => {} }: TrainOptions,
) {
  const walk = walkBeside(table, config)
  try {
    const times = new FitTimes()
    const experiment = runExperiment(table, source, config, (what, ...much) => {
      times.note(what, ...much)
      const beside = walk.standing()
      say(beside === '' ? what : `${what} (beside it: ${beside})`, ...much)
    })
    if (!experiment.evaluation.audit.passed)
      throw new SpikeError(
        'AUDIT_FAILED',
        experiment.evaluation.audit.checks
          .filter(({ verdict }) => verdict === 'failed')
          .map(({ name, detail }) => `${features}: audit failed, ${name}: ${detail}; no model is written`),
      )
    walk.standing()
    walk.follow(say)
    const evaluation: Evaluation = { ...experiment.evaluation, ...(await walk.report) }
    return { experiment, evaluation, fits: times.fits }
  } finally {
    await walk.stop()
  }
}

/** The three segments as a run's data. */
export function datasetsOf(
  table: FeatureTable,
  { split, artifacts }: Experiment,
  files: Pick<TrainFiles, SegmentName>,
): RunDataset[] {
  const columns = artifacts.find(({ name }) => name === logistic.name)!.inputs
  return segmentNames.map(segment => ({
    name: `features_${segment}`,
    digest: digestOf(takeRows(table, split[segment])).slice(0, 32),
    source: files[segment],
    context: segment === 'train' ? 'training' : segment,
    rows: split[segment].length,
    columns,
  }))
}

function checkSpec(path: string, metadata: Metadata): void {
  const segment = metadata[metadataKeys.segment]
  if (segment !== undefined)
    throw new SpikeError(
      'BAD_TABLE',
      `${path}: is the ${segment} segment that a training wrote; train on the whole file that scripts/replay.ts wrote`,
    )
  const found = metadata[metadataKeys.specVersion]
  if (found !== undefined && found !== specVersion)
    throw new SpikeError(
      'BAD_TABLE',
      `${path}: holds features of spec ${found}, this program has spec ${specVersion}; write it anew with scripts/replay.ts`,
    )
}
