import type { TopLevelSpec } from 'vega-lite'
import type { FeatureBin } from '../../eda/relations.ts'
import { colours, subtitle } from '../theme.ts'
import { lineLegend, productScales } from './products.ts'

/** Share of spike seconds over ten bins of equal count of each feature; one that never varies is left out. */
export function plotSpikeShareByFeature(bins: FeatureBin[], percentile: number, simulated: boolean): TopLevelSpec {
  const scales = productScales(bins.map(({ product }) => product))
  const tenths = (feature: string): number =>
    new Set(bins.filter(bin => bin.feature === feature).map(bin => bin.percentile)).size
  const shown = [...new Set(bins.map(({ feature }) => feature))].filter(feature => tenths(feature) > 1)
  return {
    title: {
      text: 'Where do the spikes lie?',
      subtitle: subtitle(
        simulated,
        `Spikes by tenths of each feature, training rows only; dotted: ${100 - percentile} %, the share over all of it`,
      ),
    },
    data: { values: bins.filter(({ feature }) => shown.includes(feature)) },
    facet: { field: 'feature', type: 'nominal', sort: shown },
    columns: 3,
    spec: {
      width: 165,
      height: 120,
      layer: [
        {
          transform: [{ aggregate: [{ op: 'count', as: 'rows' }] }],
          mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.4, color: colours.ink },
          encoding: { y: { datum: 1 - percentile / 100 } },
        },
        {
          mark: { type: 'line', strokeWidth: 1.6, point: { size: 22 } },
          encoding: {
            x: {
              field: 'percentile',
              type: 'quantitative',
              scale: { domain: [0, 100] },
              axis: { values: [0, 50, 100] },
              title: 'Percentile of the feature',
            },
            y: {
              field: 'spike_share',
              type: 'quantitative',
              axis: { format: '.0%', tickCount: 4 },
              title: 'Spike seconds (share)',
            },
            color: {
              field: 'product',
              type: 'nominal',
              scale: scales.colour,
              legend: { ...lineLegend, orient: 'top' },
            },
            strokeDash: {
              field: 'product',
              type: 'nominal',
              scale: scales.dash,
              legend: { ...lineLegend, orient: 'top' },
            },
          },
        },
      ],
    },
  }
}
