import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { highlightsOf } from '../headline.ts'
import { score } from '../numbers.ts'
import { colours, fullWidth, lookOf, subtitle } from './theme.ts'

/** PR-AUC on test with its bootstrap interval, a line per model, against prevalence. Models without one are left out. */
export function plotScores(evaluation: Evaluation): TopLevelSpec {
  const { prevalence, models: judged } = evaluation.splits.test
  const highlights = highlightsOf(evaluation)
  const models = Object.values(judged).filter(model => model.pr_auc !== null)
  const domain = models.map(model => model.title)
  const range = models.map(({ name }) => lookOf(name, highlights).colour)
  const values = models.map(model => ({
    model: model.title,
    value: model.pr_auc,
    low: model.pr_auc_low,
    high: model.pr_auc_high,
    end: model.pr_auc_high ?? model.pr_auc,
    text: score(model.pr_auc),
  }))
  const color = { field: 'model', type: 'nominal' as const, scale: { domain, range }, legend: null }
  const y = {
    field: 'model',
    type: 'nominal' as const,
    sort: domain,
    title: null,
    axis: { ticks: false, domain: false, labelLimit: 0 },
  }
  return {
    ...fullWidth,
    title: {
      text: 'PR-AUC on test',
      subtitle: subtitle(
        evaluation.simulated,
        `Bars: 95 % block-bootstrap interval; dotted: prevalence ${score(prevalence)}`,
      ),
    },
    height: 80 + 14 * models.length,
    data: { values },
    layer: [
      {
        data: { values: [{ level: prevalence }] },
        mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.5, color: colours.ink },
        encoding: { x: { field: 'level', type: 'quantitative' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 3, opacity: 0.55 },
        encoding: {
          y,
          x: {
            field: 'low',
            type: 'quantitative',
            title: 'PR-AUC (average precision)',
            scale: { zero: true, nice: true },
            axis: { tickCount: 7 },
          },
          x2: { field: 'high' },
          color,
        },
      },
      {
        mark: { type: 'circle', size: 60, opacity: 1 },
        encoding: { y, x: { field: 'value', type: 'quantitative' }, color },
      },
      {
        mark: { type: 'text', align: 'left', dx: 6, fontSize: 9.5 },
        encoding: { y, x: { field: 'end', type: 'quantitative' }, text: { field: 'text' } },
      },
    ],
  }
}
