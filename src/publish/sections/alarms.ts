import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { AlarmSummary } from '../../core/models/metrics/alarms.ts'
import { score } from '../numbers.ts'

/** What a user of alarms feels, a line a model, a random score as smooth as a volatility last. Undefined where nothing was counted. */
export function alarmTable({ models, random_alarms, walk_forward: report }: Evaluation) {
  const onTest = Object.values(models).filter(({ alarms }) => alarms !== undefined)
  if (onTest.length === 0 && !report) return undefined
  const line = (title: string, test: AlarmSummary | undefined, pooled: AlarmSummary | undefined): string[] => [
    title,
    ...(onTest.length > 0 ? cells(test) : []),
    ...(report ? cells(pooled) : []),
  ]
  const names = [...new Set([...onTest.map(({ name }) => name), ...Object.keys(report?.models ?? {})])]
  return {
    groups: [...(onTest.length > 0 ? ['Test'] : []), ...(report ? ['Walk-forward'] : [])],
    header: ['Caught', 'Median lead', 'False an hour'],
    rows: [
      ...names.map(name =>
        line(
          models[name]?.title ?? report?.models[name].title ?? name,
          models[name]?.alarms,
          report?.models[name]?.alarms,
        ),
      ),
      line('A random smooth score', random_alarms, report?.random_alarms),
    ],
  }
}

function cells(alarms: AlarmSummary | undefined): string[] {
  if (alarms === undefined) return ['–', '–', '–']
  const { caught, onsets, lead_s, false_alarms, hours } = alarms
  return [
    `${caught} of ${onsets}`,
    lead_s === null ? '–' : `${lead_s.toFixed(0)} s`,
    score(hours > 0 ? false_alarms / hours : null, 1),
  ]
}
