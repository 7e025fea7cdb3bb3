import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { score } from '../numbers.ts'
import { colours, modelStyles, subtitle } from './theme.ts'

/** Predicted probability against the share that came true, in bins on test, a panel per model; the diagonal is perfect. */
export function plotReliability(evaluation: Evaluation): TopLevelSpec {
  const all = Object.values(evaluation.models)
  const styles = modelStyles(all)
  const models = all.filter(model => model.reliability.length > 0)
  const judged = evaluation.splits.test.models
  const named = ({ name, title }: (typeof models)[number]): string => `${title}, ECE ${score(judged[name].ece)}`
  const domain = models.map(named)
  const range = models.map(model => styles.find(style => style.name === model.name)?.colour ?? colours.line)
  const values = models.flatMap(model => model.reliability.map(bin => ({ ...bin, model: named(model) })))
  const highest = Math.max(0.1, ...values.flatMap(({ predicted, observed }) => [predicted, observed]))
  const edge = Math.ceil(10 * highest) / 10
  const color = { field: 'model', type: 'nominal' as const, scale: { domain, range }, legend: null }
  const scale = { domain: [0, edge] }
  const axis = { tickCount: 5 }
  const x = { field: 'predicted', type: 'quantitative' as const, scale, axis, title: 'Predicted' }
  const y = { field: 'observed', type: 'quantitative' as const, scale, axis, title: 'Came true' }
  return {
    title: {
      text: 'Are the probabilities right?',
      subtitle: subtitle(
        evaluation.simulated,
        'Ten equal bins on test; area of a dot: rows in the bin; dotted: perfect; ECE: mean distance from it',
      ),
    },
    data: { values },
    facet: { field: 'model', type: 'nominal', sort: domain },
    columns: 3,
    spacing: 16,
    spec: {
      width: 160,
      height: 130,
      layer: [
        {
          transform: [{ aggregate: [{ op: 'count', as: 'bins' }] }],
          mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.5, color: colours.ink },
          encoding: { x: { datum: 0 }, y: { datum: 0 }, x2: { datum: edge }, y2: { datum: edge } },
        },
        { mark: { type: 'line', strokeWidth: 1.2 }, encoding: { x, y, color } },
        {
          mark: { type: 'circle', opacity: 0.85, clip: false },
          encoding: {
            x,
            y,
            size: {
              field: 'rows',
              type: 'quantitative',
              scale: { range: [12, 400] },
              legend: {
                title: 'rows',
                tickCount: 3,
                format: ',d',
                symbolFillColor: '#999999',
                symbolStrokeColor: '#999999',
              },
            },
            color,
          },
        },
      ],
    },
  }
}
