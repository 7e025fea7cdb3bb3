import type { TopLevelSpec } from 'vega-lite'
import { maximum } from '../../../core/math/extremes.ts'
import type { MinuteVolatility } from '../../eda/minute_of_hour.ts'
import { colours, subtitle } from '../theme.ts'
import { productScales } from './products.ts'

/** Volatility of each minute of the hour against its own hour: median and quartiles over the hours. */
export function plotMinuteOfHour(minutes: MinuteVolatility[], simulated: boolean): TopLevelSpec {
  const scales = productScales(minutes.map(({ product }) => product))
  const color = { field: 'product', type: 'nominal' as const, scale: scales.colour, legend: null }
  const hours = minutes.map(minute => minute.hours)
  const range = hours.length === 0 ? 'no hour of 30 min of returns' : `at most ${maximum(hours)} hours`
  const x = {
    field: 'minute',
    type: 'quantitative' as const,
    scale: { domain: [0, 59], nice: false },
    axis: { values: [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55] },
    title: 'Minute of the hour (UTC)',
  }
  return {
    title: {
      text: 'Is there a clock in it?',
      subtitle: subtitle(simulated, `Volatility relative to its own hour; line: median, band: quartiles; ${range}`),
    },
    data: { values: minutes },
    facet: { row: { field: 'product', type: 'nominal' } },
    spec: {
      width: 540,
      height: 105,
      layer: [
        {
          transform: [{ aggregate: [{ op: 'count', as: 'rows' }] }],
          mark: { type: 'rule', color: colours.faint, strokeWidth: 1 },
          encoding: { y: { datum: 1 } },
        },
        {
          mark: { type: 'area', opacity: 0.22, interpolate: 'linear' },
          encoding: { x, y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' }, color },
        },
        {
          mark: { type: 'line', strokeWidth: 1.6 },
          encoding: {
            x,
            y: {
              field: 'median',
              type: 'quantitative',
              title: 'Volatility / its hour',
              axis: { tickCount: 4 },
              scale: { zero: true },
            },
            color,
          },
        },
      ],
    },
  }
}
