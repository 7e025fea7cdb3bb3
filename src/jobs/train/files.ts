import { dirname, join, resolve } from 'node:path'
import { metadataKeys } from '../../core/features/metadata.ts'
import { type FeatureTable, takeRows } from '../../core/features/table.ts'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { graphInputs } from '../../core/models/artifact/mlmodel.ts'
import type { Experiment } from '../../core/models/experiment.ts'
import { type Evaluation, encodeEvaluation, evaluationForm } from '../../core/models/judge/evaluation.ts'
import { recipesOf } from '../../core/models/recipes/all.ts'
import { segmentNames } from '../../core/models/split/split.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { keepOthers } from '../../files/keep_others.ts'
import { finishReplacing, replaceTogether } from '../../files/together.ts'
import { besideFeatures, runPaths } from '../../run_paths.ts'
import type { Metadata } from '../../stores/metadata.ts'
import { refuseOtherTables } from '../../stores/own_tables.ts'
import { writeTable } from '../../stores/parquet.ts'
import { writePredictions } from '../../stores/predictions.ts'
import { refuseOtherFiles, replacingNote, saveModel } from '../../tracking/model_folder.ts'
import type { TrainingFiles } from '../../tracking/train_runs.ts'

/** Files that a training run wrote. */
export interface TrainFiles extends TrainingFiles {
  train: string
  validation: string
  test: string
}

/** @throws SpikeError BAD_FILE for files of others among those that a training replaces. */
export async function refuseOtherTraining({ features, out }: { features: string; out: string }): Promise<void> {
  const models = join(out, runPaths.models)
  refuseOtherFiles(recipesOf('training').map(({ name }) => join(models, name)))
  keepOthers([join(out, runPaths.evaluation)], first => first.includes(`"format": "${evaluationForm.format}"`))
  await refuseOtherTables(tablesBeside(features))
}

/** Segments and predictions, which a training writes beside its features. */
export function tablesBeside(features: string): string[] {
  const { scores: _, ...beside } = besideFeatures(features)
  return Object.values(beside)
}

/**
 * Checks that nothing but a training's own files is replaced, and puts in its place what a training that was killed had made, so that this one begins where all is of one training.
 * @throws SpikeError BAD_FILE for a note of other files, and for files of others among those that are replaced.
 */
export async function finishFormerTraining({ features, out }: { features: string; out: string }): Promise<void> {
  const models = join(out, runPaths.models)
  await refuseOtherTraining({ features, out })
  const own = [...tablesBeside(features), join(out, runPaths.former)].map(path => resolve(path))
  finishReplacing(join(models, replacingNote), path => own.includes(path) || dirname(path) === resolve(models))
}

/**
 * Writes segments and predictions beside the features, evaluation and models under `out`. They appear together: whatever
 * happens in between, a reader finds those of one training.
 */
export async function writeTraining(
  table: FeatureTable,
  metadata: Metadata,
  { split, labels, tau, artifacts, scores }: Experiment,
  evaluation: Evaluation,
  { features, out }: { features: string; out: string },
): Promise<TrainFiles> {
  const { train, validation, test, predictions } = besideFeatures(features)
  const models = join(out, runPaths.models)
  const files: TrainFiles = {
    ...{ train, validation, test, predictions },
    evaluation: join(out, runPaths.evaluation),
    model: join(models, evaluation.base),
  }
  const learned = artifacts.filter(({ name }) => evaluation.models[name].kind === 'learned')
  const folders = learned.map(({ name }) => join(models, name))
  const { model: _, ...single } = files
  const labelling = { [metadataKeys.tau]: JSON.stringify(tau.tau), [metadataKeys.tauSource]: tau.source }
  await replaceTogether(join(models, replacingNote), [...Object.values(single), ...folders], async staged => {
    for (const segment of segmentNames) {
      const rows = takeRows({ ...table, label: labels }, split[segment])
      // What a volatility model takes beside the features: so its MLflow folder scores the file as it is.
      const own = Float64Array.from(rows.product, product => tau.tau[product] ?? Number.NaN)
      const columns = { ...rows.columns, tau: own }
      await writeTable(
        staged(files[segment]),
        { ...rows, columns },
        { ...metadata, ...labelling, [metadataKeys.segment]: segment },
      )
    }
    const judged = takeRows({ ...table, columns: scores, label: labels }, split.test)
    await writePredictions(staged(files.predictions), judged, judged.label!, judged.columns, {
      ...metadata,
      ...labelling,
    })
    await writeFileAtomically(staged(files.evaluation), encodeEvaluation(evaluation))
    const now = new Date()
    for (const [i, artifact] of learned.entries())
      saveModel(staged(folders[i]), artifact, now, exampleOf(artifact, table, split.train))
  })
  return files
}

/** The last row of training in which nothing is null, as the model's graph takes it; without one, the last with its nulls. */
function exampleOf(artifact: Artifact, table: FeatureTable, train: ArrayLike<number>): (number | null)[] {
  const valueAt = (name: string, row: number): number | null => {
    const value = name === 'tau' ? artifact.tau[table.product[row]] : table.columns[name][row]
    return Number.isFinite(value) ? value : null
  }
  const rowOf = (row: number) => graphInputs(artifact).map(name => valueAt(name, row))
  const whole = Array.from(train).findLast(row => !rowOf(row).includes(null))
  return rowOf(whole ?? train[train.length - 1])
}
