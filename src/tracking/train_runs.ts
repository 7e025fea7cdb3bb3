import { basename, dirname, join } from 'node:path'
import type { Config } from '../config.ts'
import type { Evaluation, ModelReport } from '../core/models/judge/evaluation.ts'
import { modelMetrics, trainingMetrics } from './run_metrics.ts'
import { noteOf } from './run_note.ts'
import type { RunDataset, RunRecord } from './run_record.ts'
import { modelTables, prefixed, trainingTables } from './run_tables.ts'
import { tags } from './tags.ts'
import { runId } from './tracker.ts'

/** Under this name models are registered, and by this alias the one that is meant is found. */
export const [registeredName, championAlias] = ['spike60', 'champion']

/** Where a training left what its runs hold. */
export interface TrainingFiles {
  predictions: string
  evaluation: string
  /** Model folder of the base; those of the other learned models lie beside it. */
  model: string
}

/** From when to when, in milliseconds since the epoch. */
export interface Stretch {
  started_at: number
  ended_at: number
}

/** When, by whom and with which code a training was done. */
export interface TrainOrigin extends Stretch {
  /** When each model was fitted, in the order of the evaluation. */
  fits: Stretch[]
  user: string
  /** Git commit of the code, null where it is no checkout. */
  commit: string | null
}

/**
 * The runs of one training: a parent with what is known of data, audit and folds, and under it one per model.
 * @param config settings that are recorded as they were.
 */
export function runsOf(
  evaluation: Evaluation,
  files: TrainingFiles,
  datasets: RunDataset[],
  config: Config,
  { started_at, ended_at, fits, user, commit }: TrainOrigin,
): RunRecord[] {
  const own = {
    ...tagsOf(evaluation),
    'mlflow.user': user,
    'mlflow.source.name': 'models/train.ts',
    ...(commit && { 'mlflow.source.git.commit': commit }),
  }
  const parent = identified({
    ...{ started_at, ended_at, datasets },
    name: nameOf(evaluation),
    params: paramsOf(evaluation, config),
    metrics: trainingMetrics(evaluation),
    tags: { ...own, ...warningsOf(evaluation), 'mlflow.note.content': noteOf(evaluation) },
    artifacts: [
      { path: basename(files.evaluation), file: files.evaluation },
      { path: basename(files.predictions), file: files.predictions },
    ],
    tables: trainingTables(evaluation),
  })
  const children = Object.values(evaluation.models).map((model, i) =>
    identified({
      ...fits[i],
      datasets,
      name: model.name,
      parent: parent.id,
      params: { kind: model.kind, ...model.params },
      metrics: modelMetrics(model, evaluation),
      tags: { ...own, ...undefinedOf(model, evaluation), 'mlflow.note.content': `${model.title}. ${model.recipe}` },
      artifacts:
        model.kind === 'learned' ? [{ path: 'model.json', file: join(folderOf(model, files), 'model.json') }] : [],
      tables: modelTables(model),
      ...(model.kind === 'learned' && {
        model: {
          registered: registeredName,
          folder: folderOf(model, files),
          ...(model.name === evaluation.base && { alias: championAlias }),
        },
      }),
    }),
  )
  return [parent, ...children]
}

function nameOf({ source, simulated }: Evaluation): string {
  return `train ${source.products.join(' ')} ${source.from.slice(0, 16)}${simulated ? ' (simulated)' : ''}`
}

function tagsOf({ simulated, spec_version, source, tau_source, audit }: Evaluation): Record<string, string> {
  return {
    [tags.simulated]: String(simulated),
    [tags.specVersion]: spec_version,
    [tags.digest]: source.digest,
    [tags.tauSource]: tau_source,
    [tags.audit]: audit.passed ? 'passed' : 'failed',
  }
}

function paramsOf(evaluation: Evaluation, { models, walk_forward }: Config): RunRecord['params'] {
  const { splits, source, tau } = evaluation
  const { trees, ...settings } = models
  return {
    features: source.file,
    products: source.products.join(', '),
    horizon_s: evaluation.horizon_s,
    percentile: evaluation.percentile,
    embargo_s: splits.embargo_s,
    config_hash: evaluation.config_hash,
    ...prefixed('tau_', tau),
    train: `${splits.train.from} to ${splits.train.to}`,
    validation: `${splits.validation.from} to ${splits.validation.to}`,
    test: `${splits.test.from} to ${splits.test.to}`,
    ...settings,
    ...prefixed('trees_', trees),
    ...prefixed('walk_forward_', walk_forward),
  }
}

/** What the audit only warns of, by name. */
function warningsOf({ audit }: Evaluation): Record<string, string> {
  const names = audit.checks.filter(({ verdict }) => verdict === 'warning').map(({ name }) => name)
  return names.length > 0 ? { [tags.auditWarnings]: names.join(', ') } : {}
}

function folderOf({ name }: ModelReport, { model }: TrainingFiles): string {
  return join(dirname(model), name)
}

function identified(record: Omit<RunRecord, 'id'>): RunRecord {
  return { id: runId(record), ...record }
}

/** Why a metric is missing, one tag per segment. */
function undefinedOf({ name }: ModelReport, { splits }: Evaluation): Record<string, string> {
  return Object.fromEntries(
    (['validation', 'test'] as const).flatMap(segment => {
      const { degenerate } = splits[segment].models[name]
      const reasons = Object.entries(degenerate).map(([metric, reason]) => `${metric}: ${reason}`)
      return reasons.length > 0 ? [[tags.undefined[segment], reasons.join('; ')]] : []
    }),
  )
}
