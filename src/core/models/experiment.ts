import type { Config } from '../../config.ts'
import { horizonSeconds } from '../features/label.ts'
import { specVersion } from '../features/spec.ts'
import { type FeatureTable, timeRange } from '../features/table.ts'
import { isoTime } from '../math/time.ts'
import type { Artifact } from './artifact/artifact.ts'
import { auditTraining } from './audit/audit.ts'
import { type Evaluation, evaluationForm } from './judge/evaluation.ts'
import { leadOf } from './judge/lead.ts'
import { judgeStretch } from './judge/stretch.ts'
import { logistic } from './recipes/logistic.ts'
import { type LabelledSplit, splitAndLabel } from './split/labelled_split.ts'
import { sigmaPercentiles } from './split/tau.ts'
import type { Tell } from './tell.ts'
import { artifactOf, foldOf, reportModel, type TrainedModel, trainModels } from './trained_model.ts'

/** Where the rows come from, as the feature file says. */
export interface Source {
  file: string
  /** Digest of the rows: as the file's metadata state it, undefined where they do not, and as found in the rows themselves. */
  digest: { stated?: string; found: string }
  perturbation?: string
  /** Columns of the file that the spec does not know; nothing reads them. */
  unread?: string[]
  simulated: boolean
  config_hash: string
}

/** A training run in memory; nothing is written yet. */
export interface Experiment extends LabelledSplit {
  /** Every fitted model, in the order shown; the learned ones are saved. */
  artifacts: Artifact[]
  /** Scores of every row of the table, by model. */
  scores: Record<string, Float64Array>
  /** All but the walk-forward, which is made beside it. */
  evaluation: Omit<Evaluation, 'walk_forward' | 'walk_forward_missing'>
}

/**
 * Split, tau, labels, fit, scores, judging, audit, in this order; the verdict of the audit is in the evaluation.
 * @param table rows sorted by (product, time), sigma_future known where it can be.
 * @throws SpikeError TOO_FEW_ROWS, ONE_CLASS, BAD_CONFIG.
 * @example
 * const { artifacts, evaluation } = runExperiment(table, { file, digest: { found: digestOf(table) }, simulated, config_hash }, config)
 * evaluation.splits.test.models.average.pr_auc // beside evaluation.splits.test.prevalence
 */
export function runExperiment(table: FeatureTable, source: Source, config: Config, tell: Tell = () => {}): Experiment {
  const labelled = splitAndLabel(table, config)
  const { split, labels, tau, segments } = labelled
  const trained = trainModels(table, labelled, config.models, tell)
  const splits = {
    train: segments.train,
    validation: judgeStretch([foldOf('validation', table, labelled, trained)], config.models),
    test: judgeStretch([foldOf('test', table, labelled, trained)], config.models),
    purged_rows: split.purged,
    embargo_s: config.split.embargo_s,
  }
  const artifacts = artifactsOf(trained, source, labelled)
  const scores = Object.fromEntries(trained.map(({ recipe, score }) => [recipe.name, score]))
  const audit = auditTraining(
    {
      ...{ table, split, labels, tau: tau.tau, splits, artifacts, scores, config },
      digest: source.digest,
      perturbation: source.perturbation,
      unread: source.unread ?? [],
    },
    tell,
  )
  const linear = trained.find(({ recipe }) => recipe.name === logistic.name)!.model
  const evaluation: Experiment['evaluation'] = {
    ...evaluationForm,
    simulated: source.simulated,
    spec_version: specVersion,
    config_hash: source.config_hash,
    source: describeRows(table, source, labelled),
    horizon_s: horizonSeconds,
    percentile: config.label.percentile,
    tau: tau.tau,
    tau_source: tau.source,
    splits,
    base: leadOf({ splits })?.name ?? logistic.name,
    models: Object.fromEntries(
      trained.map((one, i) => {
        tell('ranking features', i, trained.length)
        return [one.recipe.name, reportModel(table, labelled, one)]
      }),
    ),
    audit,
    dropped: linear.dropped ?? [],
    imputed: linear.linear!.indicators.map(input => linear.inputs[input]),
    sigma_percentiles: sigmaPercentiles(table, split.train),
  }
  return { ...labelled, artifacts, scores, evaluation }
}

function artifactsOf(
  trained: TrainedModel[],
  { digest, simulated, config_hash }: Source,
  { tau: { tau }, segments: { train } }: LabelledSplit,
): Artifact[] {
  const provenance = {
    version: 1 as const,
    spec_version: specVersion,
    config_hash,
    simulated,
    threshold: 0.5,
    tau,
    trained_on: { digest: digest.found, from: train.from, to: train.to, rows: train.rows },
  }
  return trained.flatMap(model => artifactOf(model, provenance) ?? [])
}

function describeRows(
  table: FeatureTable,
  { file, digest }: Source,
  { split: { train, validation, test, purged } }: LabelledSplit,
): Evaluation['source'] {
  const { rows, product } = table
  const [first, last] = timeRange(table)
  const labelled = train.length + validation.length + test.length + purged
  return {
    file,
    digest: digest.found,
    rows,
    labelled,
    products: [...new Set(product)],
    from: isoTime(first),
    to: isoTime(last),
  }
}
