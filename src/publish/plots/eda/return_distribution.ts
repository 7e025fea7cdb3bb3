import type { TopLevelSpec } from 'vega-lite'
import { minimum } from '../../../core/math/extremes.ts'
import type { ReturnBin } from '../../eda/distributions.ts'
import { colours, subtitle } from '../theme.ts'

/** One-second returns against a normal distribution of the same mean and standard deviation, shares on a log scale. */
export function plotReturnDistribution(bins: ReturnBin[], simulated: boolean): TopLevelSpec {
  const least = Math.min(0.1, minimum(bins.filter(({ share }) => share > 0).map(({ share }) => share)))
  const y = { type: 'quantitative' as const, scale: { type: 'log' as const, domain: [least / 2, 1] } }
  const x = {
    field: 'z',
    type: 'quantitative' as const,
    title: 'Return of one second (standard deviations)',
    axis: { values: [-10, -5, 0, 5, 10] },
  }
  return {
    title: {
      text: 'Returns of one second against a normal distribution',
      subtitle: subtitle(
        simulated,
        'Dots: observed, bins of 0.5; dashed: a normal distribution; |return| above 12 in the last bin',
      ),
    },
    data: { values: bins },
    facet: { column: { field: 'product', type: 'nominal' } },
    spec: {
      width: 260,
      height: 190,
      layer: [
        {
          transform: [{ filter: `datum.normal >= ${least / 2}` }],
          mark: { type: 'line', strokeDash: [5, 3], strokeWidth: 1.4, color: colours.faint },
          encoding: { x, y: { field: 'normal', ...y } },
        },
        {
          transform: [{ filter: 'datum.share > 0' }],
          mark: { type: 'circle', size: 26, opacity: 1, color: colours.line },
          encoding: {
            x,
            y: {
              field: 'share',
              ...y,
              title: 'Share of seconds (log)',
              axis: { format: '.0e', values: [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6] },
            },
          },
        },
      ],
    },
  }
}
