import type { Evaluation, ModelReport } from '../core/models/judge/evaluation.ts'
import { segmentNames } from '../core/models/split/split.ts'
import type { RunTable } from './run_record.ts'

/** What a reader of a training wants side by side: models, audit, segments, folds, parts of test. */
export function trainingTables(evaluation: Evaluation): RunTable[] {
  const { audit, splits, walk_forward } = evaluation
  const { validation, test } = splits
  const products = new Set(walk_forward?.folds.flatMap(({ tau }) => Object.keys(tau)))
  return [
    tableOf(
      'models.json',
      Object.values(test.models).map(({ name, kind, ...figures }) => ({
        model: name,
        kind,
        test_pr_auc: figures.pr_auc,
        low: figures.pr_auc_low,
        high: figures.pr_auc_high,
        test_prevalence: test.prevalence,
        walk_forward_pr_auc: walk_forward?.models[name]?.pr_auc ?? null,
        walk_forward_prevalence: walk_forward?.prevalence ?? null,
        test_roc_auc: figures.roc_auc,
        test_f1: figures.f1,
        test_brier: figures.brier,
        test_ece: figures.ece,
        validation_pr_auc: validation.models[name].pr_auc,
      })),
    ),
    tableOf(
      'audit.json',
      audit.checks.map(({ name, verdict, detail }) => ({ check: name, verdict, detail })),
    ),
    tableOf(
      'segments.json',
      segmentNames.map(segment => ({ segment, ...splits[segment] })),
    ),
    tableOf(
      'folds.json',
      (walk_forward?.folds ?? []).map(({ tau, pr_auc, ...fold }, step) => ({
        fold: step,
        ...fold,
        ...Object.fromEntries([...products].map(product => [`tau ${product}`, tau[product] ?? null])),
        ...prefixed('pr_auc ', pr_auc),
      })),
    ),
    tableOf(
      'parts_of_test.json',
      test.slices.map(({ pr_auc, ...slice }) => ({ ...slice, ...prefixed('pr_auc ', pr_auc) })),
    ),
  ].filter(({ data }) => data.length > 0)
}

/** What one model rests on, and its curves. */
export function modelTables({ weights, importance, curve, reliability }: ModelReport): RunTable[] {
  return [
    tableOf('weights.json', weights),
    tableOf('importance.json', importance),
    tableOf('precision_recall.json', curve),
    tableOf('reliability.json', reliability),
  ].filter(({ data }) => data.length > 0)
}

/** Columns are the keys of the first row; a value that JSON cannot hold is null. */
function tableOf(path: string, rows: object[]): RunTable {
  const columns = Object.keys(rows[0] ?? {})
  return {
    path,
    columns,
    data: rows.map(row =>
      columns.map(column => {
        const value: unknown = row[column as keyof typeof row]
        if (typeof value === 'number') return Number.isFinite(value) ? value : null
        return typeof value === 'string' || typeof value === 'boolean' ? value : null
      }),
    ),
  }
}

/** The same values, their keys with a prefix. */
export function prefixed<Value>(prefix: string, values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]))
}
