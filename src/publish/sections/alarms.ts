import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { AlarmSummary } from '../../core/models/metrics/alarms.ts'
import { score } from '../numbers.ts'

/** What a user of alarms feels, a line per model, a random score as smooth as a volatility last. */
export function alarmTable({ splits: { test }, walk_forward }: Evaluation) {
  const stretches = walk_forward ? [test, walk_forward] : [test]
  return {
    groups: walk_forward ? ['Test', 'Walk-forward'] : ['Test'],
    header: ['Caught', 'Median lead', 'False an hour'],
    rows: [
      ...Object.values({ ...test.models, ...walk_forward?.models }).map(({ name, title }) => [
        title,
        ...stretches.flatMap(({ models }) => cells(models[name]?.alarms)),
      ]),
      ['A random smooth score', ...stretches.flatMap(({ random_alarms }) => cells(random_alarms))],
    ],
  }
}

/** Onsets caught and their lead where fewer false alarms are allowed, a line a model; null where that was not looked for. */
export function rarerAlarms({ splits: { test }, walk_forward }: Evaluation) {
  const { models, alarm_rates, random_alarms } = walk_forward ?? test
  if (alarm_rates.length === 0) return null
  const rateOf = (name: string): AlarmSummary[] => alarm_rates.map(rate => rate.models[name])
  return {
    source: walk_forward ? 'walk-forward' : 'test',
    groups: [...alarm_rates.map(({ per_hour }) => per_hour), 6].map(rate => `${rate} an hour`),
    header: ['Caught', 'Median lead'],
    rows: [
      ...Object.values(models).map(({ name, title, alarms }) => [
        title,
        ...[...rateOf(name), alarms].flatMap(one => cells(one).slice(0, 2)),
      ]),
      [
        'A random smooth score',
        ...[...alarm_rates.map(({ random }) => random), random_alarms].flatMap(one => cells(one).slice(0, 2)),
      ],
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
