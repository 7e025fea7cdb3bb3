import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { leadOf } from '../../core/models/judge/lead.ts'
import { score } from '../numbers.ts'
import { colours, fullWidth, subtitle } from './theme.ts'

const lines = [
  { name: 'precision', title: 'Precision', colour: colours.line },
  { name: 'recall', title: 'Recall', colour: '#009e73' },
  { name: 'alarmed', title: 'Share of seconds with an alarm', colour: colours.faint },
] as const

/** What each threshold of the recipe would have given on test, with the one that validation chose. Undefined where it has no curve. */
export function plotThresholds(evaluation: Evaluation): TopLevelSpec | undefined {
  const lead = leadOf(evaluation)
  const curve = evaluation.models[lead?.name ?? '']?.curve ?? []
  if (lead === undefined || curve.length === 0) return undefined
  const values = curve.flatMap(point =>
    lines.map(({ name, title }) => ({ threshold: point.score, share: point[name], line: title })),
  )
  const domain = lines.map(({ title }) => title)
  const chosen =
    lead.threshold === null
      ? []
      : [
          {
            data: { values: [{ at: lead.threshold }] },
            mark: { type: 'rule' as const, strokeDash: [4, 3], strokeWidth: 1.5, color: colours.positive },
            encoding: { x: { field: 'at', type: 'quantitative' as const } },
          },
        ]
  return {
    ...fullWidth,
    title: {
      text: `${lead.title}: what another threshold would give on test`,
      subtitle: subtitle(
        evaluation.simulated,
        lead.threshold === null ? 'No threshold was chosen' : `Dashed: ${score(lead.threshold)}, chosen on validation`,
      ),
    },
    height: 230,
    layer: [
      {
        data: { values },
        mark: { type: 'line', interpolate: 'step-before' },
        encoding: {
          x: { field: 'threshold', type: 'quantitative', title: 'Threshold: an alarm from this score on' },
          y: { field: 'share', type: 'quantitative', scale: { domain: [0, 1] }, title: 'Share' },
          color: {
            field: 'line',
            type: 'nominal',
            sort: domain,
            scale: { domain, range: lines.map(({ colour }) => colour) },
            legend: { title: null, orient: 'top', symbolType: 'stroke' },
          },
        },
      },
      ...chosen,
    ],
  }
}
