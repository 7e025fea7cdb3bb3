import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { Paired } from '../../core/models/metrics/group_bootstrap.ts'
import { inSentence } from '../numbers.ts'
import { colours, subtitle } from '../theme.ts'

/** Ratios beyond these are drawn at the edge. */
const edges = [0.25, 8]
/** The figures stand here, right of the highest bar. */
const margin = 18
const samples = { test: 'test segment', walk: 'walk-forward' }

/**
 * How many times a baseline's PR-AUC each other model reaches, both resampled together: a panel a baseline, a line a model, on a
 * log axis. Undefined where no ratio was made.
 */
export function plotLifts({ models, walk_forward: report, simulated }: Evaluation): TopLevelSpec | undefined {
  const titleOf = (name: string): string => models[name]?.title ?? report?.models[name]?.title ?? name
  const point = (name: string, baseline: string, sample: string, { value, low, high }: Paired) => ({
    model: titleOf(name),
    baseline: `over ${inSentence(titleOf(baseline))}`,
    sample,
    ...Object.fromEntries(Object.entries({ value, low, high }).map(([key, x]) => [key, x === null ? null : inside(x)])),
    text: value.toFixed(2),
  })
  const values = [
    ...Object.values(models).flatMap(({ name, against = [] }) =>
      against.map(({ baseline, ratio }) => point(name, baseline, samples.test, ratio)),
    ),
    ...Object.values(report?.models ?? {})
      .filter(({ name }) => name in models)
      .flatMap(({ name, lift }) =>
        Object.entries(lift).map(([baseline, ratio]) => point(name, baseline, samples.walk, ratio)),
      ),
  ]
  const rivals = Object.values(models).map(({ title }) => `over ${inSentence(title)}`)
  const baselines = rivals.filter(rival => values.some(({ baseline }) => baseline === rival))
  const shown = values.filter(({ model }) => !baselines.includes(`over ${inSentence(model)}`))
  if (shown.length === 0) return undefined
  const domain = [...new Set(shown.map(({ sample }) => sample))]
  const color = {
    field: 'sample',
    type: 'nominal' as const,
    scale: { domain, range: domain.map(sample => (sample === samples.test ? colours.faint : colours.line)) },
    legend: { title: null, orient: 'top' as const, symbolType: 'circle' },
  }
  const y = {
    field: 'model',
    type: 'nominal' as const,
    sort: [...new Set(shown.map(({ model }) => model))],
    title: null,
    axis: { ticks: false, domain: false, labelFontSize: 11, labelLimit: 0 },
  }
  const yOffset = { field: 'sample', type: 'nominal' as const, sort: domain }
  const scale = { type: 'log' as const, domain: [edges[0], margin], nice: false }
  const x = {
    field: 'value',
    type: 'quantitative' as const,
    scale,
    axis: { values: [0.5, 1, 2, 4], format: '~g' },
    title: 'ratio of PR-AUC (log)',
  }
  return {
    title: {
      text: 'How many times the PR-AUC of each baseline?',
      subtitle: subtitle(simulated, 'Bars: paired 95 % interval; a bar that crosses 1 shows no difference'),
    },
    data: { values: shown },
    facet: { column: { field: 'baseline', type: 'nominal', sort: baselines } },
    spacing: 12,
    spec: {
      width: 175,
      height: { step: 13, for: 'offset' } as unknown as number,
      layer: [
        {
          transform: [{ aggregate: [{ op: 'count', as: 'rows' }] }],
          mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.5, color: colours.ink },
          encoding: { x: { datum: 1, type: 'quantitative', scale } },
        },
        {
          mark: { type: 'rule', strokeWidth: 2.6, opacity: 0.6 },
          encoding: { y, yOffset, x: { ...x, field: 'low' }, x2: { field: 'high' }, color },
        },
        {
          mark: { type: 'circle', size: 46, opacity: 1 },
          encoding: { y, yOffset, x, color },
        },
        {
          mark: { type: 'text', align: 'right', fontSize: 9 },
          encoding: { y, yOffset, x: { datum: margin, type: 'quantitative', scale }, text: { field: 'text' }, color },
        },
      ],
    },
  }
}

function inside(value: number): number {
  return Math.min(edges[1], Math.max(edges[0], value))
}
