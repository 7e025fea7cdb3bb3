import type { TopLevelSpec } from 'vega-lite'
import { maximum } from '../../../core/math/extremes.ts'
import type { FeatureRelation } from '../../eda/relations.ts'
import { colours, subtitle } from '../theme.ts'

/** Rank correlation with the next minute's volatility, the strongest features first: over all of training, and within blocks. */
export function plotFeatureRelations(relations: FeatureRelation[], simulated: boolean, most = 22): TopLevelSpec {
  const shown = strongest(relations, most)
  const kinds = ['all of training: level and timing', 'within 20 minutes: timing alone']
  const values = relations
    .filter(({ feature }) => shown.includes(feature))
    .flatMap(({ product, feature, pooled, within }) => [
      { product, feature, kind: kinds[0], correlation: pooled },
      { product, feature, kind: kinds[1], correlation: within },
    ])
    .filter(({ correlation }) => correlation !== null)
  return {
    title: {
      text: 'What goes with the volatility of the next minute?',
      subtitle: subtitle(
        simulated,
        `Rank correlation with sigma_future, training rows only; the ${shown.length} strongest features`,
      ),
    },
    data: { values },
    facet: { column: { field: 'product', type: 'nominal' } },
    spec: {
      width: 205,
      height: { step: 14 },
      layer: [
        {
          transform: [{ aggregate: [{ op: 'count', as: 'rows' }] }],
          mark: { type: 'rule', color: colours.faint, strokeWidth: 1 },
          encoding: { x: { datum: 0 } },
        },
        {
          mark: { type: 'point', filled: true, size: 42, opacity: 1 },
          encoding: {
            x: { field: 'correlation', type: 'quantitative', title: 'Rank correlation (Spearman)' },
            y: {
              field: 'feature',
              type: 'nominal',
              sort: shown,
              title: null,
              axis: { grid: true, domain: false, ticks: false, labelLimit: 0 },
            },
            color: {
              field: 'kind',
              type: 'nominal',
              sort: kinds,
              scale: { domain: kinds, range: [colours.line, '#e69f00'] },
              legend: { orient: 'top', title: null },
            },
            shape: {
              field: 'kind',
              type: 'nominal',
              sort: kinds,
              scale: { domain: kinds, range: ['circle', 'diamond'] },
              title: null,
            },
          },
        },
      ],
    },
  }
}

/** The features of the largest |correlation|; of those that agree to three digits, as a volatility and its log, the first. */
function strongest(relations: FeatureRelation[], most: number): string[] {
  const byFeature = new Map<string, number[]>()
  for (const { feature, pooled } of relations) {
    const values = byFeature.get(feature)
    if (values === undefined) byFeature.set(feature, [pooled ?? 0])
    else values.push(pooled ?? 0)
  }
  const strength = (values: number[]): number => maximum(values.map(Math.abs))
  const seen = new Set<string>()
  return [...byFeature]
    .sort((a, b) => strength(b[1]) - strength(a[1]))
    .filter(([, values]) => {
      const key = values.map(value => value.toFixed(3)).join(' ')
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, most)
    .map(([feature]) => feature)
}
