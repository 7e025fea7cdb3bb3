import { join } from 'node:path'
import { metadataKeys } from '../../core/features/metadata.ts'
import { type FeatureTable, takeRows } from '../../core/features/table.ts'
import type { Experiment } from '../../core/models/experiment.ts'
import { type Evaluation, encodeEvaluation } from '../../core/models/judge/evaluation.ts'
import { logistic } from '../../core/models/recipes/logistic.ts'
import { segmentNames } from '../../core/models/split/split.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { replaceTogether } from '../../files/together.ts'
import { besideFeatures, runPaths } from '../../run_paths.ts'
import type { Metadata } from '../../stores/metadata.ts'
import { writeTable } from '../../stores/parquet.ts'
import { writePredictions } from '../../stores/predictions.ts'
import { replacingNote, saveModel } from '../../tracking/model_folder.ts'
import type { TrainingFiles } from '../../tracking/train_runs.ts'

/** Files that a training run wrote. */
export interface TrainFiles extends TrainingFiles {
  train: string
  validation: string
  test: string
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
    model: join(models, logistic.name),
  }
  const learned = artifacts.filter(({ name }) => evaluation.models[name].kind === 'learned')
  const folders = learned.map(({ name }) => join(models, name))
  const { model: _, ...single } = files
  const labelling = { [metadataKeys.tau]: JSON.stringify(tau.tau), [metadataKeys.tauSource]: tau.source }
  await replaceTogether(join(models, replacingNote), [...Object.values(single), ...folders], async staged => {
    for (const segment of segmentNames) {
      const rows = takeRows({ ...table, label: labels }, split[segment])
      await writeTable(staged(files[segment]), rows, { ...metadata, ...labelling, [metadataKeys.segment]: segment })
    }
    const judged = takeRows({ ...table, columns: scores, label: labels }, split.test)
    await writePredictions(staged(files.predictions), judged, judged.label!, judged.columns, {
      ...metadata,
      ...labelling,
    })
    await writeFileAtomically(staged(files.evaluation), encodeEvaluation(evaluation))
    const now = new Date()
    for (const [i, artifact] of learned.entries()) saveModel(staged(folders[i]), artifact, now)
  })
  return files
}
