import type { TopLevelSpec } from 'vega-lite'
import type { LagCorrelation } from '../../eda/autocorrelation.ts'
import { colours, subtitle } from '../theme.ts'
import { lineLegend, productScales } from './products.ts'

/** Autocorrelation of absolute returns and of volatility, lags on a log scale. */
export function plotAutocorrelation(lags: LagCorrelation[], simulated: boolean): TopLevelSpec {
  const scales = productScales(lags.map(({ product }) => product))
  return {
    title: {
      text: 'How long volatility remembers',
      subtitle: subtitle(
        simulated,
        'Correlation with itself some time earlier; 60 s volatilities from lag 60 s on, where none share returns',
      ),
    },
    data: { values: lags },
    facet: { column: { field: 'series', type: 'nominal', sort: [...new Set(lags.map(({ series }) => series))] } },
    resolve: { scale: { x: 'independent', y: 'independent' } },
    spec: {
      width: 250,
      height: 190,
      layer: [
        {
          transform: [{ aggregate: [{ op: 'count', as: 'rows' }] }],
          mark: { type: 'rule', color: colours.faint, strokeWidth: 1 },
          encoding: { y: { datum: 0 } },
        },
        {
          mark: { type: 'line', strokeWidth: 1.6, point: { size: 22 } },
          encoding: {
            x: {
              field: 'lag_s',
              type: 'quantitative',
              scale: { type: 'log', nice: false },
              axis: { values: [1, 10, 60, 300, 900, 3600], format: 'd' },
              title: 'Lag (s, log)',
            },
            y: { field: 'correlation', type: 'quantitative', title: 'Correlation' },
            color: { field: 'product', type: 'nominal', scale: scales.colour, legend: lineLegend },
            strokeDash: { field: 'product', type: 'nominal', scale: scales.dash, legend: lineLegend },
          },
        },
      ],
    },
  }
}
