import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Evaluation } from '../core/models/judge/evaluation.ts'
import { leadOf } from '../core/models/judge/lead.ts'
import { SpikeError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { refuseLinksOut } from '../files/inside.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { keepOthers } from '../files/keep_others.ts'
import { placeNow } from '../files/together.ts'
import { besideFeatures, runPaths } from '../run_paths.ts'
import { replacingNote } from '../tracking/model_folder.ts'
import { isModelCard, writeModelCard } from './documents/model_card.ts'
import { explore } from './eda/explore.ts'
import { writeEvaluationPdf } from './pdf/evaluation_pdf.ts'
import { isOurPdf } from './pdf/typst.ts'
import { readEvaluation } from './read_evaluation.ts'
import { readRunFeatures } from './run_features.ts'
import { readStrip, type Watched } from './strip.ts'

export interface Reports {
  exploration: string
  evaluation_pdf: string
  model_card: string
}

/**
 * What a reader gets of a training run: the exploration of its feature file, the evaluation PDF, the model card, under
 * `reports/` of the run. The features are those that `models/artifacts/evaluation.json` names, the same to the digest.
 * @param run folder that training wrote to.
 * @throws SpikeError BAD_FILE when a part of the run is missing or another run has replaced the features.
 */
export async function writeReports(run: string, config: Config): Promise<Reports> {
  const evaluation = readEvaluation(join(run, runPaths.evaluation))
  const features = join(run, evaluation.source.file)
  const { test, predictions } = judgedFiles(run, features)
  if (!existsSync(test)) throw new SpikeError('BAD_FILE', `${test}: does not exist; train again (npm run train)`)
  const reports = reportsOf(run)
  refuseLinksOut(run, [runPaths.reports])
  refuseOtherReports(run)
  keepInputs({ '--run': [join(run, runPaths.evaluation), features, test, predictions] }, { ...reports })
  const { table, metadata } = await readRunFeatures(run, evaluation)
  const exploration = explore(table, metadata, config)
  const strip = await readStrip(test, evaluation.tau, watchedOf(evaluation, predictions))
  await writeFileAtomically(reports.exploration, `${JSON.stringify(exploration)}\n`)
  await writeEvaluationPdf(reports.evaluation_pdf, evaluation, strip, exploration)
  await writeModelCard(reports.model_card, evaluation)
  return reports
}

function reportsOf(run: string): Reports {
  return {
    exploration: join(run, runPaths.exploration),
    evaluation_pdf: join(run, runPaths.evaluationPdf),
    model_card: join(run, runPaths.modelCard),
  }
}

/** @throws SpikeError BAD_FILE for files of others under the names of a run's reports. */
export function refuseOtherReports(run: string): void {
  const { exploration, evaluation_pdf, model_card } = reportsOf(run)
  keepOthers([exploration], first => /^\{"simulated":(true|false),"source":\{"spec_version":/.test(first))
  keepOthers([evaluation_pdf], isOurPdf)
  keepOthers([model_card], isModelCard)
}

/** The test segment and the predictions, as the last training left them. */
export function judgedFiles(run: string, features: string): { test: string; predictions: string } {
  const note = join(run, runPaths.models, replacingNote)
  const { test, predictions } = besideFeatures(features)
  return { test: placeNow(note, test), predictions: placeNow(note, predictions) }
}

/** The model that the verdict speaks of, where it has a threshold. */
export function watchedOf(evaluation: Evaluation, predictions: string): Watched | undefined {
  const lead = leadOf(evaluation)
  if (lead === undefined || lead.threshold === null || !existsSync(predictions)) return undefined
  return { predictions, name: lead.name, title: lead.title, threshold: lead.threshold }
}
