import { existsSync, globSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { placeNow } from '../files/together.ts'
import { runPaths } from '../run_paths.ts'
import { replacingNote } from '../tracking/model_folder.ts'
import { findTraining, type Recorded, recordArtifacts } from '../tracking/tracker.ts'
import { writeModelPlots, writePlots } from './plots/write_plots.ts'
import { readEvaluation } from './read_evaluation.ts'

/**
 * Attaches to the tracked run of a training what was made of it: PDF, model card, exploration, plots, and the drift reports
 * that are not older than it; to the run of each model its own pictures.
 * @param run folder that training wrote to. @param uri address of an MLflow server; without it they stay in the journal.
 * @returns null where the journal does not hold that training.
 */
export async function attachReports(run: string, experiment: string, uri?: string): Promise<Recorded | null> {
  const journal = join(run, runPaths.journal)
  const evaluation = placeNow(join(run, runPaths.models, replacingNote), join(run, runPaths.evaluation))
  const training = findTraining(journal, evaluation)
  if (training === null) return null
  const trained = statSync(evaluation).mtimeMs
  const judged = readEvaluation(evaluation)
  const plots = await writePlots(join(run, runPaths.plots), judged)
  const reports = [runPaths.evaluationPdf, runPaths.modelCard, runPaths.exploration]
  const drift = globSync(join(run, runPaths.drift, '*_vs_*.{html,json}'))
    .filter(file => statSync(file).mtimeMs >= trained)
    .sort()
  const artifacts = [
    ...reports.map(path => ({ path, file: join(run, path) })).filter(({ file }) => existsSync(file)),
    ...plots.map(file => ({ path: `plots/${basename(file)}`, file })),
    ...drift.map(file => ({ path: `drift/${basename(file)}`, file })),
  ]
  const pictures = await writeModelPlots(join(run, runPaths.plots), judged)
  const ofModels = Object.entries(pictures).flatMap(([name, files]) => {
    const id = training.models[name]
    return id === undefined ? [] : [[id, files.map(file => ({ path: `plots/${basename(file)}`, file }))]]
  })
  const added = { [training.id]: artifacts, ...Object.fromEntries(ofModels) }
  return recordArtifacts(added, { experiment, journal, uri })
}
