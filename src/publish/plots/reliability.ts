import type { TopLevelSpec } from 'vega-lite'
import { maximum } from '../../core/math/extremes.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { highlightsOf } from '../headline.ts'
import { score } from '../numbers.ts'
import { colours, lookOf, subtitle } from './theme.ts'

/** Predicted probability against the share that came true on test, in tenths of the rows, a panel a model; the diagonal is perfect. */
export function plotReliability(evaluation: Evaluation): TopLevelSpec {
  const highlights = highlightsOf(evaluation)
  const models = Object.values(evaluation.models).filter(model => model.reliability.length > 0)
  const judged = evaluation.splits.test.models
  const named = ({ name, title }: (typeof models)[number]): string => `${title}, ECE ${score(judged[name].ece)}`
  const domain = models.map(named)
  const range = models.map(({ name }) => (name === highlights.lead ? lookOf(name, highlights).colour : '#777777'))
  const values = models.flatMap(model => model.reliability.map(bin => ({ ...bin, model: named(model) })))
  const highest = maximum([0.05, ...values.flatMap(({ predicted, high }) => [predicted, high])])
  const edge = Math.min(1, Math.ceil(20 * highest) / 20)
  const color = { field: 'model', type: 'nominal' as const, scale: { domain, range }, legend: null }
  const scale = { domain: [0, edge], nice: false }
  const axis = { tickCount: 4 }
  const x = { field: 'predicted', type: 'quantitative' as const, scale, axis, title: 'Predicted' }
  const y = { field: 'observed', type: 'quantitative' as const, scale, axis, title: 'Came true' }
  return {
    title: {
      text: 'Are the probabilities right?',
      subtitle: subtitle(
        evaluation.simulated,
        'Each dot a tenth of the test rows, by probability; bars: 95 %, a row counted as a 60th; dotted: perfect',
      ),
    },
    data: { values },
    facet: { field: 'model', type: 'nominal', sort: domain },
    columns: 3,
    spacing: 18,
    spec: {
      ...(models.length > 1 ? { width: 178, height: 130 } : { width: 540, height: 300 }),
      layer: [
        {
          transform: [{ aggregate: [{ op: 'count', as: 'bins' }] }],
          mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.5, color: colours.ink },
          encoding: { x: { datum: 0 }, y: { datum: 0 }, x2: { datum: edge }, y2: { datum: edge } },
        },
        {
          mark: { type: 'rule', strokeWidth: 1.6, opacity: 0.5, clip: true },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
        },
        { mark: { type: 'circle', size: 34, opacity: 1 }, encoding: { x, y, color } },
      ],
    },
  }
}
