import type { TopLevelSpec } from 'vega-lite'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { basisPoints } from '../numbers.ts'
import { colours, subtitle } from './theme.ts'

/** Percentiles of sigma_future over training, one panel per product, with the tau that was chosen. */
export function plotSigmaPercentiles(evaluation: Evaluation): TopLevelSpec {
  const values = evaluation.sigma_percentiles.map(({ product, percentile, sigma }) => ({
    product,
    percentile,
    bp: 1e4 * sigma,
    tau: 1e4 * evaluation.tau[product],
    text: `tau ${basisPoints(evaluation.tau[product])}`,
  }))
  return {
    title: {
      text: 'How volatile is the next minute?',
      subtitle: subtitle(
        evaluation.simulated,
        `Percentiles of sigma_future over training rows; dashed: tau, the threshold of a spike`,
      ),
    },
    data: { values },
    facet: { field: 'product', type: 'nominal' },
    columns: 3,
    spacing: 20,
    resolve: { scale: { y: 'independent' } },
    spec: {
      width: 235,
      height: 190,
      layer: [
        {
          mark: { type: 'line', strokeWidth: 1.8, color: colours.line },
          encoding: {
            x: {
              field: 'percentile',
              type: 'quantitative',
              scale: { domain: [0, 100] },
              axis: { values: [0, 25, 50, 75, 90, 100], labelOverlap: false, labelFlush: false },
              title: 'Percentile of training seconds',
            },
            y: { field: 'bp', type: 'quantitative', title: 'sigma_future (bp of log return, 1 s)' },
          },
        },
        {
          transform: [{ aggregate: [{ op: 'max', field: 'tau', as: 'tau' }], groupby: ['product', 'text'] }],
          layer: [
            {
              mark: { type: 'rule', strokeDash: [4, 3], strokeWidth: 1.4, color: colours.positive },
              encoding: { y: { field: 'tau', type: 'quantitative' } },
            },
            {
              mark: {
                type: 'text',
                align: 'left',
                baseline: 'bottom',
                dx: 4,
                dy: -2,
                color: colours.positive,
                fontSize: 10.5,
              },
              encoding: {
                x: { datum: 0, type: 'quantitative' },
                y: { field: 'tau', type: 'quantitative' },
                text: { field: 'text' },
              },
            },
          ],
        },
      ],
    },
  }
}
