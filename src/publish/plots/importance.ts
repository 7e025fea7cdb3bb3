import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { leadOf } from '../../core/models/judge/lead.ts'
import { colours, fullWidth, subtitle } from './theme.ts'

const most = 12

/** What the lead loses on validation when one feature's blocks change places. Undefined where that was not measured. */
export function plotImportance(evaluation: Evaluation): TopLevelSpec | undefined {
  const lead = leadOf(evaluation)
  if (lead === undefined) return undefined
  const values = evaluation.models[lead.name].importance.slice(0, most)
  if (values.length === 0) return undefined
  const y = {
    field: 'feature',
    type: 'nominal' as const,
    sort: values.map(({ feature }) => feature),
    title: null,
    axis: { ticks: false, domain: false, labelLimit: 0 },
  }
  const x = {
    field: 'drop',
    type: 'quantitative' as const,
    title: 'loss of PR-AUC on validation',
    axis: { tickCount: 5 },
  }
  return {
    title: {
      text: `What ${lead.title.replace(/^[A-Z]/, letter => letter.toLowerCase())} leans on`,
      subtitle: subtitle(evaluation.simulated, 'Bars: middle 95 % of the permutations; left of 0: no use here'),
    },
    ...fullWidth,
    height: 85 + 15 * values.length,
    data: { values },
    layer: [
      {
        transform: [{ aggregate: [{ op: 'count', as: 'rows' }] }],
        mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.5, color: colours.ink },
        encoding: { x: { datum: 0, type: 'quantitative' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 3, opacity: 0.55, color: colours.line },
        encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      { mark: { type: 'circle', size: 60, opacity: 1, color: colours.line }, encoding: { y, x } },
    ],
  }
}
