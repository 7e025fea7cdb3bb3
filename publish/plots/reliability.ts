import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../models/evaluation.ts'
import { colours, modelStyles, subtitle } from '../theme.ts'

/** Predicted probability against the share that came true, in bins on test; the diagonal is perfect. */
export function plotReliability(evaluation: Evaluation): TopLevelSpec {
  const all = Object.values(evaluation.models)
  const styles = modelStyles(all)
  const models = all.filter(model => model.reliability.length > 0)
  const domain = models.map(model => model.title)
  const range = models.map(model => styles.find(style => style.name === model.name)?.colour ?? colours.line)
  const values = models.flatMap(model => model.reliability.map(bin => ({ ...bin, model: model.title })))
  return {
    title: {
      text: 'Are the probabilities right?',
      subtitle: subtitle(
        evaluation.simulated,
        'Ten equal bins on test; area of a dot: rows in the bin; dotted: perfect',
      ),
    },
    width: 300,
    height: 260,
    layer: [
      {
        data: { values: [{ from: 0, to: 1 }] },
        mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.5, color: colours.ink },
        encoding: {
          x: { field: 'from', type: 'quantitative' },
          y: { field: 'from', type: 'quantitative' },
          x2: { field: 'to' },
          y2: { field: 'to' },
        },
      },
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.2 },
        encoding: {
          x: {
            field: 'predicted',
            type: 'quantitative',
            scale: { domain: [0, 1] },
            title: 'Predicted probability of a spike',
          },
          y: { field: 'observed', type: 'quantitative', scale: { domain: [0, 1] }, title: 'Share that became a spike' },
          color: { field: 'model', type: 'nominal', scale: { domain, range }, title: null },
        },
      },
      {
        data: { values },
        mark: { type: 'circle', opacity: 0.85 },
        encoding: {
          x: { field: 'predicted', type: 'quantitative' },
          y: { field: 'observed', type: 'quantitative' },
          size: {
            field: 'rows',
            type: 'quantitative',
            scale: { range: [12, 500] },
            legend: {
              title: 'rows',
              tickCount: 3,
              format: ',d',
              symbolFillColor: '#999999',
              symbolStrokeColor: '#999999',
            },
          },
          color: { field: 'model', type: 'nominal', scale: { domain, range }, title: null },
        },
      },
    ],
  }
}
