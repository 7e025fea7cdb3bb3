import type { AuditCheck } from '../core/models/audit/check.ts'
import type { Evaluation, ModelReport } from '../core/models/judge/evaluation.ts'
import type { JudgedModel } from '../core/models/judge/judged_model.ts'
import type { Paired } from '../core/models/metrics/paired.ts'
import type { Segment } from '../core/models/split/segment.ts'
import { segmentNames } from '../core/models/split/split.ts'
import type { RunMetric } from './run_record.ts'

/** What is known of the data, the audit and the walk-forward, whatever the model. Folds are steps. */
export function trainingMetrics({ splits, audit, walk_forward }: Evaluation): RunMetric[] {
  const { within_chance, random_alarms } = splits.test
  const walked = walk_forward && {
    folds: walk_forward.folds.length,
    ...countsOf(walk_forward),
    chance_within_top10: walk_forward.within_chance?.top10,
    chance_within_top25: walk_forward.within_chance?.top25,
    random_alarms_caught: walk_forward.random_alarms.caught,
  }
  return [
    ...segmentNames.flatMap(name => flatten(name, countsOf(splits[name]))),
    { key: 'split/purged_rows', value: splits.purged_rows },
    ...auditMetrics(audit.checks),
    ...flatten('chance', { within_top10: within_chance?.top10, within_top25: within_chance?.top25 }),
    ...flatten('chance/alarms', random_alarms),
    ...(walked ? flatten('walk_forward', walked) : []),
    ...(walk_forward?.folds ?? []).flatMap((fold, step) => {
      const figures = flatten('fold', { train_rows: fold.train_rows, ...countsOf(fold) })
      return [...figures, ...flatten('fold/tau', fold.tau)].map(metric => ({ ...metric, step }))
    }),
  ]
}

/** All figures of one model: on validation and test, against the references, walked forward, and fold by fold as steps. */
export function modelMetrics({ name }: ModelReport, { splits, walk_forward }: Evaluation): RunMetric[] {
  const { validation, test } = splits
  const walked = walk_forward?.models[name]
  return [
    ...flatten('validation', countsOf(validation)),
    ...figureMetrics('validation', validation.models[name]),
    ...flatten('test', countsOf(test)),
    ...figureMetrics('test', test.models[name]),
    ...comparedMetrics('test', test.models[name]),
    ...(walked ? [...figureMetrics('walk_forward', walked), ...comparedMetrics('walk_forward', walked)] : []),
    ...(walked?.rmse_ratio ? pairedMetrics('walk_forward/rmse_ratio', walked.rmse_ratio) : []),
    ...(walk_forward?.folds ?? []).flatMap(({ pr_auc }, step) =>
      flatten('fold', { pr_auc: pr_auc[name] }).map(metric => ({ ...metric, step })),
    ),
  ]
}

function countsOf({ rows, positives, episodes, prevalence }: Segment) {
  return { rows, positives, episodes, prevalence }
}

function figureMetrics(prefix: string, model: JudgedModel): RunMetric[] {
  return [...flatten(prefix, model), ...flatten(`${prefix}/floored`, model.floored ?? {})]
}

/** Against the references, and as an alarm. */
function comparedMetrics(prefix: string, { lift, gain, alarms }: JudgedModel): RunMetric[] {
  return [
    ...Object.entries(lift).flatMap(([name, ratio]) => pairedMetrics(`${prefix}/lift_over_${name}`, ratio)),
    ...Object.entries(gain).flatMap(([name, difference]) => pairedMetrics(`${prefix}/gain_over_${name}`, difference)),
    ...flatten(`${prefix}/alarms`, alarms),
  ]
}

function pairedMetrics(key: string, { value, low, high }: Paired): RunMetric[] {
  return [{ key, value }, ...flatten(key, { low, high })]
}

function auditMetrics(checks: AuditCheck[]): RunMetric[] {
  const count = (verdict: AuditCheck['verdict']) => checks.filter(check => check.verdict === verdict).length
  return [
    ...flatten('audit', { passed: count('passed'), warnings: count('warning'), failed: count('failed') }),
    ...checks.flatMap(({ name, figures }) => flatten(`audit/${name}`, figures ?? {})),
  ]
}

/** One metric for each finite value. Up to its first slash a key names the section in which MLflow's pages show it. */
function flatten(prefix: string, values: object): RunMetric[] {
  const join = prefix.includes('/') ? '_' : '/'
  return Object.entries(values).flatMap(([key, value]) =>
    typeof value === 'number' && Number.isFinite(value) ? [{ key: `${prefix}${join}${key}`, value }] : [],
  )
}
