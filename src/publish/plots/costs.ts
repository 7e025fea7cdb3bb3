import type { TopLevelSpec } from 'vega-lite'
import { maximum } from '../../core/math/extremes.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { costCurves } from '../cost_curves.ts'
import { colours, fullWidth, subtitle } from './theme.ts'

/** What acting on the recipe costs, by a user's own ratio of costs. Undefined where there is nothing to act on. */
export function plotCosts(evaluation: Evaluation): TopLevelSpec | undefined {
  const curves = costCurves(evaluation)
  if (curves === undefined) return undefined
  const { lead, hindsight, baseline } = curves
  const shown = [
    { ...lead, title: `${lead.title}, at its word`, colour: colours.line, dash: [1, 0] },
    { ...hindsight, title: `${hindsight.title}, best threshold in hindsight`, colour: '#7fb8d8', dash: [6, 3] },
    { ...baseline, title: `${baseline.title}, best threshold in hindsight`, colour: colours.positive, dash: [6, 3] },
  ]
  const domain = shown.map(({ title }) => title)
  const values = shown.flatMap(({ title, points }) => points.map(point => ({ ...point, line: title })))
  const highest = Math.min(2, Math.max(1.2, maximum(values.map(({ cost }) => cost))))
  return {
    ...fullWidth,
    title: {
      text: 'What acting on it costs, by your own costs',
      subtitle: subtitle(
        evaluation.simulated,
        'Test; 1 is the better of never and always alarming, below it an alarm is worth having',
      ),
    },
    height: 270,
    layer: [
      {
        data: { values: [{ at: 1 }] },
        mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.5, color: colours.ink },
        encoding: { y: { field: 'at', type: 'quantitative' } },
      },
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 2.2, clip: true },
        encoding: {
          x: {
            field: 'ratio',
            type: 'quantitative',
            scale: { type: 'log', domain: [1, 100] },
            axis: { values: [1, 2, 5, 10, 20, 50, 100], format: 'd' },
            title: 'A missed second of a spike costs so many times a second of false alarm',
          },
          y: {
            field: 'cost',
            type: 'quantitative',
            scale: { domain: [0, highest], nice: false },
            title: 'Expected cost',
          },
          color: {
            field: 'line',
            type: 'nominal',
            sort: domain,
            scale: { domain, range: shown.map(({ colour }) => colour) },
            legend: { title: null, orient: 'top', direction: 'vertical', symbolType: 'stroke', labelLimit: 500 },
          },
          strokeDash: {
            field: 'line',
            type: 'nominal',
            sort: domain,
            scale: { domain, range: shown.map(({ dash }) => dash) },
            legend: { title: null },
          },
        },
      },
    ],
  }
}
