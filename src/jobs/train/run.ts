import { dirname, join, relative } from 'node:path'
import { type Config, configHash } from '../../config.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { specVersion } from '../../core/features/spec.ts'
import { type FeatureTable, takeRows } from '../../core/features/table.ts'
import { type Experiment, runExperiment, type Source } from '../../core/models/experiment.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { logistic } from '../../core/models/recipes/logistic.ts'
import { segmentNames } from '../../core/models/split/split.ts'
import { SpikeError } from '../../errors.ts'
import { checkFolderPlace } from '../../files/place.ts'
import { runPaths } from '../../run_paths.ts'
import { digestOf } from '../../stores/digest.ts'
import { type Metadata, simulatedFile } from '../../stores/metadata.ts'
import { readTable } from '../../stores/parquet.ts'
import type { RunDataset } from '../../tracking/run_record.ts'
import { type Recorded, recordRuns } from '../../tracking/tracker.ts'
import { runsOf } from '../../tracking/train_runs.ts'
import { type TrainFiles, writeTraining } from './files.ts'
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
    digest: { stated: metadata[metadataKeys.digest], found: digestOf(table) },
    perturbation: metadata[metadataKeys.perturbation],
    unread,
    simulated: simulatedFile(metadata),
    config_hash: configHash(config),
  }
  const { experiment, evaluation } = await judgeFile(table, source, options)
  onProgress('writing segments, predictions and model')
  const files = await writeTraining(table, metadata, experiment, evaluation, options)
  onProgress('recording the runs')
  const times = { started_at, ended_at: Date.now() }
  const runs = runsOf(evaluation, files, datasetsOf(table, experiment, files), config, times)
  const tracking = await recordRuns(runs, {
    experiment: config.mlflow.experiment,
    journal: join(out, runPaths.journal),
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
    const evaluation: Evaluation = { ...experiment.evaluation, ...(await walk.report) }
    return { experiment, evaluation }
  } finally {
    await walk.stop()
  }
}

function datasetsOf(table: FeatureTable, { split, artifacts }: Experiment, files: TrainFiles): RunDataset[] {
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
