import type { AuditCheck, Evaluation, Metrics, ModelResult } from '../core/models/judge/evaluation.ts'
import type { FullModel } from '../core/models/judge/full_report.ts'
import type { AlarmSummary } from '../core/models/metrics/alarms.ts'
import type { Paired } from '../core/models/metrics/group_bootstrap.ts'
import type { RunMetric } from './run_record.ts'

/** What is known of the data, the audit and the walk-forward, whatever the model. Folds are steps. */
export function trainingMetrics({
  splits,
  audit,
  walk_forward,
  within_chance,
  random_alarms,
}: Evaluation): RunMetric[] {
  const segments = (['train', 'validation', 'test'] as const).flatMap(name => {
    const { rows, positives, episodes, prevalence } = splits[name]
    return flatten(name, { rows, positives, episodes, prevalence })
  })
  const walked = walk_forward && {
    folds: walk_forward.folds.length,
    rows: walk_forward.rows,
    positives: walk_forward.positives,
    episodes: walk_forward.episodes,
    prevalence: walk_forward.prevalence,
    chance_within_top10: walk_forward.within_prevalence?.top10,
    chance_within_top25: walk_forward.within_prevalence?.top25,
    random_alarms_caught: walk_forward.random_alarms.caught,
  }
  return [
    ...segments,
    { key: 'purged_rows', value: splits.purged_rows },
    ...auditMetrics(audit.checks),
    ...flatten('chance', { within_top10: within_chance?.top10, within_top25: within_chance?.top25 }),
    ...(random_alarms ? flatten('random_alarms', alarmFigures(random_alarms)) : []),
    ...(walked ? flatten('walk_forward', walked) : []),
    ...(walk_forward?.folds ?? []).flatMap(({ rows, train_rows, positives, episodes, prevalence, tau }, step) =>
      [...flatten('fold', { rows, train_rows, positives, episodes, prevalence }), ...flatten('fold_tau', tau)].map(
        metric => ({ ...metric, step }),
      ),
    ),
  ]
}

/** All figures of one model: on validation and test, against its rivals, walked forward, and fold by fold as steps. */
export function modelMetrics(model: ModelResult, { walk_forward }: Evaluation): RunMetric[] {
  const { name, validation, test, against = [], alarms } = model
  const walked = walk_forward?.models[name]
  return [
    ...segmentMetrics('validation', validation),
    ...segmentMetrics('test', test),
    ...against.flatMap(({ baseline, ratio, difference }) => [
      ...pairedMetrics(`test_lift_over_${baseline}`, ratio),
      ...pairedMetrics(`test_gain_over_${baseline}`, difference),
    ]),
    ...(alarms ? flatten('test_alarms', alarmFigures(alarms)) : []),
    ...(walked ? walkedMetrics(walked) : []),
    ...(walk_forward?.folds ?? []).flatMap(({ pr_auc }, step) =>
      flatten('fold', { pr_auc: pr_auc?.[name] }).map(metric => ({ ...metric, step })),
    ),
  ]
}

function segmentMetrics(segment: string, { degenerate: _, floored, ...metrics }: Metrics): RunMetric[] {
  return [...flatten(segment, metrics), ...flatten(`${segment}_floored`, { ...floored })]
}

function walkedMetrics({ name: _, title, kind, lift, gain, rmse_ratio, alarms, floored, ...figures }: FullModel) {
  return [
    ...flatten('walk_forward', figures),
    ...Object.entries(lift).flatMap(([rival, paired]) => pairedMetrics(`walk_forward_lift_over_${rival}`, paired)),
    ...Object.entries(gain).flatMap(([rival, paired]) => pairedMetrics(`walk_forward_gain_over_${rival}`, paired)),
    ...(rmse_ratio ? pairedMetrics('walk_forward_rmse_ratio', rmse_ratio) : []),
    ...flatten('walk_forward_floored', { ...floored }),
    ...flatten('walk_forward_alarms', alarmFigures(alarms)),
  ]
}

function pairedMetrics(key: string, { value, low, high }: Paired): RunMetric[] {
  return [...(Number.isFinite(value) ? [{ key, value }] : []), ...flatten(key, { low, high })]
}

function auditMetrics(checks: AuditCheck[]): RunMetric[] {
  const count = (verdict: AuditCheck['verdict']) => checks.filter(check => check.verdict === verdict).length
  return [
    ...flatten('audit', { passed: count('passed'), warnings: count('warning'), failed: count('failed') }),
    ...checks.flatMap(({ name, figures }) => flatten(`audit_${name}`, { ...figures })),
  ]
}

function alarmFigures({ onsets, caught, false_alarms, hours, lead_s, threshold }: AlarmSummary) {
  return { onsets, caught, false_alarms, hours, lead_s, threshold }
}

/** One metric for each finite value. */
function flatten(prefix: string, values: Record<string, number | null | undefined>): RunMetric[] {
  return Object.entries(values).flatMap(([key, value]) =>
    typeof value === 'number' && Number.isFinite(value) ? [{ key: `${prefix}_${key}`, value }] : [],
  )
}
