import type { TopLevelSpec } from 'vega-lite'
import type { BlockCoverage } from '../../eda/coverage.ts'
import { colours, subtitle } from '../../theme.ts'
import { timeAxis } from './time_axis.ts'

/** Share of seconds, block by block, without a mid, with a carried one, and without the 60 returns that a label needs. */
export function plotCoverage(
  { block_s, blocks }: { block_s: number; blocks: BlockCoverage[] },
  simulated: boolean,
): TopLevelSpec {
  const kinds = ['no label', 'mid carried', 'no mid']
  const values = blocks.flatMap(({ product, time, without_mid, carried, unlabelled }) => [
    { product, time, kind: kinds[0], share: unlabelled },
    { product, time, kind: kinds[1], share: carried },
    { product, time, kind: kinds[2], share: without_mid },
  ])
  return {
    title: {
      text: 'What is missing, and when',
      subtitle: subtitle(simulated, `Share of the seconds of blocks of ${block_s / 60} min`),
    },
    data: { values },
    facet: { row: { field: 'product', type: 'nominal' } },
    spec: {
      width: 540,
      height: 100,
      mark: { type: 'line', strokeWidth: 1.5, interpolate: 'step-after' },
      encoding: {
        x: {
          field: 'time',
          type: 'temporal',
          scale: { type: 'utc' },
          axis: timeAxis(blocks.map(block => block.time)),
          title: 'Time (UTC)',
        },
        y: {
          field: 'share',
          type: 'quantitative',
          axis: { format: '.0%', tickCount: 4 },
          scale: { zero: true },
          title: 'Seconds (share)',
        },
        color: {
          field: 'kind',
          type: 'nominal',
          sort: kinds,
          scale: { domain: kinds, range: ['#0072b2', '#e69f00', colours.positive] },
          title: null,
        },
        strokeDash: {
          field: 'kind',
          type: 'nominal',
          sort: kinds,
          scale: {
            domain: kinds,
            range: [
              [1, 0],
              [5, 2],
              [2, 2],
            ],
          },
          title: null,
        },
      },
    },
  }
}
