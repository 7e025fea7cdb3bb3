import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { JudgedStretch } from '../../core/models/judge/stretch.ts'
import { inSentence } from '../numbers.ts'
import { colours, subtitle } from './theme.ts'

/** Ratios beyond these are drawn at the edge. */
const edges = [0.25, 8]
/** The figures stand here, right of the highest bar. */
const margin = 18
const samples = { test: 'test segment', walk: 'walk-forward' }

/**
 * How many times a baseline's PR-AUC each other model reaches, both resampled together: a panel per baseline, a line per model, on a
 * log axis. Undefined where no ratio was made.
 */
export function plotLifts({ models, splits, walk_forward, simulated }: Evaluation): TopLevelSpec | undefined {
  const values = [
    ...pointsOf(splits.test, samples.test, models),
    ...(walk_forward ? pointsOf(walk_forward, samples.walk, models) : []),
  ]
  const titles = Object.values(models).map(({ title }) => `over ${inSentence(title)}`)
  const baselines = titles.filter(title => values.some(({ baseline }) => baseline === title))
  const shown = values.filter(({ model }) => !baselines.includes(`over ${inSentence(model)}`))
  if (shown.length === 0) return undefined
  return {
    title: {
      text: 'How many times the PR-AUC of each baseline?',
      subtitle: subtitle(simulated, 'Bars: paired 95 % interval; a bar that crosses 1 shows no difference'),
    },
    data: { values: shown },
    facet: { column: { field: 'baseline', type: 'nominal', sort: baselines } },
    spacing: 12,
    spec: {
      width: 137,
      height: { step: 14, for: 'offset' } as unknown as number,
      layer: layersOf([...new Set(shown.map(({ sample }) => sample))], [...new Set(shown.map(({ model }) => model))]),
    },
  }
}

function pointsOf(stretch: JudgedStretch, sample: string, models: Evaluation['models']) {
  return Object.values(stretch.models)
    .filter(({ name }) => name in models)
    .flatMap(({ title, lift }) =>
      Object.entries(lift).map(([baseline, { value, low, high }]) => ({
        model: title,
        baseline: `over ${inSentence(models[baseline].title)}`,
        sample,
        value: inside(value),
        low: low === null ? null : inside(low),
        high: high === null ? null : inside(high),
        text: value.toFixed(2),
      })),
    )
}

function inside(value: number): number {
  return Math.min(edges[1], Math.max(edges[0], value))
}

/** The line at 1, bars, dots and figures. @param domain of the samples. */
function layersOf(domain: string[], models: string[]) {
  const color = {
    field: 'sample',
    type: 'nominal' as const,
    scale: { domain, range: domain.map(sample => (sample === samples.test ? colours.faint : colours.line)) },
    legend: { title: null, orient: 'top' as const, symbolType: 'circle' },
  }
  const y = {
    field: 'model',
    type: 'nominal' as const,
    sort: models,
    title: null,
    axis: { ticks: false, domain: false, labelFontSize: 10.5, labelLimit: 0 },
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
  const text = { field: 'text' }
  return [
    {
      transform: [{ aggregate: [{ op: 'count' as const, as: 'rows' }] }],
      mark: { type: 'rule' as const, strokeDash: [1, 3], strokeWidth: 1.5, color: colours.ink },
      encoding: { x: { datum: 1, type: 'quantitative' as const, scale } },
    },
    {
      mark: { type: 'rule' as const, strokeWidth: 2.6, opacity: 0.6 },
      encoding: { y, yOffset, x: { ...x, field: 'low' }, x2: { field: 'high' }, color },
    },
    { mark: { type: 'circle' as const, size: 46, opacity: 1 }, encoding: { y, yOffset, x, color } },
    {
      mark: { type: 'text' as const, align: 'right' as const, fontSize: 9.5 },
      encoding: { y, yOffset, x: { datum: margin, type: 'quantitative' as const, scale }, text, color },
    },
  ]
}
