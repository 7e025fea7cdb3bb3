import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { metadataKeys } from '../core/features/metadata.ts'
import type { Evaluation } from '../core/models/judge/evaluation.ts'
import { SpikeError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { besideFeatures, runPaths } from '../run_paths.ts'
import { digestOf } from '../stores/digest.ts'
import { readTable } from '../stores/parquet.ts'
import { writeModelCard } from './documents/model_card.ts'
import { explore } from './eda/explore.ts'
import { leadOf } from './headline.ts'
import { writeEvaluationPdf } from './pdf/evaluation_pdf.ts'
import { readEvaluation } from './read_evaluation.ts'
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
  const { file, digest } = evaluation.source
  const features = join(run, file)
  const { test, predictions } = besideFeatures(features)
  const missing = [features, test].filter(path => !existsSync(path))
  if (missing.length > 0)
    throw new SpikeError(
      'BAD_FILE',
      missing.map(path => `${path}: does not exist; train again (npm run train)`),
    )
  const { table, metadata } = await readTable(features)
  const found = metadata[metadataKeys.digest] ?? digestOf(table)
  if (found !== digest)
    throw new SpikeError(
      'BAD_FILE',
      `${features}: has digest ${found}, the evaluation was made of ${digest}; train again (npm run train)`,
    )
  const exploration = explore(table, metadata, config)
  const reports: Reports = {
    exploration: join(run, runPaths.exploration),
    evaluation_pdf: join(run, runPaths.evaluationPdf),
    model_card: join(run, runPaths.modelCard),
  }
  const strip = await readStrip(test, evaluation.tau, watchedOf(evaluation, predictions))
  await writeFileAtomically(reports.exploration, `${JSON.stringify(exploration)}\n`)
  await writeEvaluationPdf(reports.evaluation_pdf, evaluation, strip, exploration)
  await writeModelCard(reports.model_card, evaluation)
  return reports
}

/** The model that the verdict speaks of, where it has a threshold. */
export function watchedOf(evaluation: Evaluation, predictions: string): Watched | undefined {
  const lead = leadOf(evaluation)
  if (lead === undefined || lead.threshold === null || !existsSync(predictions)) return undefined
  return { predictions, name: lead.name, title: lead.title, threshold: lead.threshold }
}
