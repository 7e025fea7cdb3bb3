import type { TopLevelSpec } from 'vega-lite'
import type { SpreadDistribution } from '../../eda/distributions.ts'
import { subtitle } from '../theme.ts'
import { lineLegend, productScales } from './products.ts'

/** Quantiles of the quoted spread over seconds. */
export function plotSpreadDistribution(spreads: SpreadDistribution[], simulated: boolean): TopLevelSpec {
  const values = spreads.flatMap(({ product, quantiles }) =>
    quantiles.filter(({ percentile }) => percentile <= 99).map(quantile => ({ product, ...quantile })),
  )
  const scales = productScales(spreads.map(({ product }) => product))
  return {
    title: {
      text: 'How wide is the spread?',
      subtitle: subtitle(simulated, 'Share of seconds with at most this spread, up to the 99th percentile'),
    },
    width: 420,
    height: 190,
    data: { values },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.8 },
    encoding: {
      x: { field: 'spread_bps', type: 'quantitative', title: 'Spread (bp of mid)', scale: { zero: true } },
      y: { field: 'percentile', type: 'quantitative', title: 'Seconds (cumulative, %)', scale: { domain: [0, 100] } },
      order: { field: 'percentile', type: 'quantitative' },
      color: { field: 'product', type: 'nominal', scale: scales.colour, legend: lineLegend },
      strokeDash: { field: 'product', type: 'nominal', scale: scales.dash, legend: lineLegend },
    },
  }
}
