import type { TopLevelSpec } from 'vega-lite'
import type { TauChoice } from '../../eda/tau_choice.ts'
import { basisPoints } from '../../numbers.ts'
import { colours, subtitle } from '../theme.ts'

/** The upper half of the percentiles of sigma_future over training, with the tau that each candidate would give. */
export function plotTauCandidates({ chosen, candidates, curve }: TauChoice, simulated: boolean): TopLevelSpec {
  const style = (percentile: number) => (percentile === chosen ? `P${percentile}, chosen` : `P${percentile}`)
  const names = [...new Set(candidates.map(({ percentile }) => percentile))]
  const scale = {
    domain: names.map(style),
    range: names.map(percentile => (percentile === chosen ? colours.positive : colours.faint)),
  }
  const marks = candidates.map(({ product, percentile, tau, low, high }) => ({
    product,
    percentile,
    name: style(percentile),
    bp: 1e4 * tau,
    low: 1e4 * low,
    high: 1e4 * high,
    text: percentile === chosen ? `P${percentile}  ${basisPoints(tau)}` : `P${percentile}`,
  }))
  const values = curve
    .filter(({ percentile }) => percentile >= 50)
    .map(({ product, percentile, sigma }) => ({ product, percentile, bp: 1e4 * sigma }))
  const x = {
    field: 'percentile',
    type: 'quantitative' as const,
    scale: { domain: [50, 100] },
    title: 'Percentile of training seconds',
  }
  const color = { field: 'name', type: 'nominal' as const, scale, legend: null }
  return {
    title: {
      text: 'What would be called a spike?',
      subtitle: subtitle(simulated, 'Percentiles of sigma_future over training; bars: tau with any one block left out'),
    },
    data: { values: [...values, ...marks] },
    facet: { field: 'product', type: 'nominal' },
    columns: 3,
    spacing: 20,
    resolve: { scale: { y: 'independent' } },
    spec: {
      width: 260,
      height: 200,
      layer: [
        {
          transform: [{ filter: '!isValid(datum.name)' }],
          mark: { type: 'line', strokeWidth: 1.8, color: colours.line },
          encoding: {
            x,
            y: { field: 'bp', type: 'quantitative', title: 'sigma_future (bp of log return, 1 s)' },
          },
        },
        {
          transform: [{ filter: 'isValid(datum.name)' }],
          mark: { type: 'rule', strokeWidth: 2.2 },
          encoding: { x, y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' }, color },
        },
        {
          transform: [{ filter: 'isValid(datum.name)' }],
          mark: { type: 'circle', size: 55, opacity: 1 },
          encoding: { x, y: { field: 'bp', type: 'quantitative' }, color },
        },
        {
          transform: [{ filter: 'isValid(datum.name)' }],
          mark: { type: 'text', align: 'right', dx: -7, dy: -7, fontSize: 10.5 },
          encoding: { x, y: { field: 'bp', type: 'quantitative' }, text: { field: 'text' }, color },
        },
      ],
    },
  }
}
