import { dirname, join } from 'node:path'
import type { Evaluation, Metrics, ModelResult } from './evaluation.ts'
import type { RunDataset, RunRecord } from './run_record.ts'
import { runId } from './tracker.ts'

/** Files that a training run wrote. */
export interface TrainFiles {
  train: string
  validation: string
  test: string
  predictions: string
  evaluation: string
  /** Model folder of the logistic model; those of the other learned models lie beside it. */
  model: string
}

export interface TrainTimes {
  /** Milliseconds since the epoch. */
  started_at: number
  ended_at: number
}

/** The runs of one training: a parent, and under it one a model, with its metrics on validation and on test. */
export function runsOf(
  evaluation: Evaluation,
  files: TrainFiles,
  datasets: RunDataset[],
  { started_at, ended_at }: TrainTimes,
): RunRecord[] {
  const { source, splits, audit } = evaluation
  const tags = {
    'spike60.simulated': String(evaluation.simulated),
    'spike60.spec_version': evaluation.spec_version,
    'spike60.digest': source.digest,
    'spike60.tau_source': evaluation.tau_source,
    'spike60.audit': audit.passed ? 'passed' : 'failed',
  }
  const shared = { started_at, ended_at, datasets }
  const parent = identified({
    ...shared,
    name: `train ${source.products.join(' ')} ${source.from.slice(0, 16)}${evaluation.simulated ? ' (simulated)' : ''}`,
    params: {
      horizon_s: evaluation.horizon_s,
      percentile: evaluation.percentile,
      embargo_s: splits.embargo_s,
      config_hash: evaluation.config_hash,
      ...prefixed('tau_', evaluation.tau),
      train: `${splits.train.from} to ${splits.train.to}`,
      validation: `${splits.validation.from} to ${splits.validation.to}`,
      test: `${splits.test.from} to ${splits.test.to}`,
    },
    metrics: (['train', 'validation', 'test'] as const).flatMap(name => [
      { key: `${name}_rows`, value: splits[name].rows },
      { key: `${name}_positives`, value: splits[name].positives },
      { key: `${name}_episodes`, value: splits[name].episodes },
      { key: `${name}_prevalence`, value: splits[name].prevalence },
    ]),
    tags,
    artifacts: [
      { path: 'evaluation.json', file: files.evaluation },
      { path: 'predictions.parquet', file: files.predictions },
    ],
  })
  const children = Object.values(evaluation.models).map(model =>
    identified({
      ...shared,
      name: model.name,
      parent: parent.id,
      params: { kind: model.kind, ...model.params },
      metrics: [...metricsOf('validation', model.validation), ...metricsOf('test', model.test)],
      tags: { ...tags, ...undefinedOf(model), 'mlflow.note.content': model.recipe },
      artifacts:
        model.kind === 'learned' ? [{ path: 'model.json', file: join(folderOf(model, files), 'model.json') }] : [],
      ...(model.kind === 'learned' && {
        model: { registered: `spike60-${model.name}`, folder: folderOf(model, files), alias: 'champion' },
      }),
    }),
  )
  return [parent, ...children]
}

function folderOf({ name }: ModelResult, { model }: TrainFiles): string {
  return join(dirname(model), name)
}

function identified(record: Omit<RunRecord, 'id'>): RunRecord {
  return { id: runId(record), ...record }
}

function prefixed(prefix: string, values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]))
}

function metricsOf(segment: string, { degenerate: _, floored, ...metrics }: Metrics): { key: string; value: number }[] {
  const counted = { ...metrics, floored_predicted: floored?.predicted, floored_realised: floored?.realised }
  return Object.entries(counted).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key: `${segment}_${key}`, value }],
  )
}

/** Why a metric is missing, one tag a segment. */
function undefinedOf({ validation, test }: ModelResult): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ validation, test }).flatMap(([segment, { degenerate }]) => {
      const reasons = Object.entries(degenerate).map(([metric, reason]) => `${metric}: ${reason}`)
      return reasons.length > 0 ? [[`spike60.undefined_${segment}`, reasons.join('; ')]] : []
    }),
  )
}
