import { existsSync, globSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { findTraining, type Recorded, recordArtifacts } from '../tracking/tracker.ts'
import { readEvaluation } from './read_evaluation.ts'
import { writePlots } from './write_plots.ts'

/**
 * Attaches to the tracked run of a training what was made of it: PDF, model card, exploration, plots, and the drift reports
 * that are not older than it.
 * @param run folder that training wrote to. @param uri address of an MLflow server; without it they stay in the journal.
 * @returns null where the journal does not hold that training.
 */
export async function attachReports(run: string, experiment: string, uri?: string): Promise<Recorded | null> {
  const journal = join(run, 'mlruns')
  const evaluation = join(run, 'models/artifacts/evaluation.json')
  const id = findTraining(journal, evaluation)
  if (id === null) return null
  const trained = statSync(evaluation).mtimeMs
  const plots = await writePlots(join(run, 'reports/plots'), readEvaluation(evaluation))
  const reports = ['model_eval.pdf', 'model_card_v1.md', 'exploration.json'].map(name => join(run, 'reports', name))
  const drift = globSync(join(run, 'reports/evidently/*_vs_*.{html,json}'))
    .filter(file => statSync(file).mtimeMs >= trained)
    .sort()
  const artifacts = [
    ...reports.filter(file => existsSync(file)).map(file => ({ path: `reports/${basename(file)}`, file })),
    ...plots.map(file => ({ path: `plots/${basename(file)}`, file })),
    ...drift.map(file => ({ path: `drift/${basename(file)}`, file })),
  ]
  return recordArtifacts(id, artifacts, { experiment, journal, uri })
}
