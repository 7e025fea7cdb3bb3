import type { TopLevelSpec } from 'vega-lite'
import { maximum } from '../../../core/math/extremes.ts'
import type { BlockCoverage } from '../../eda/coverage.ts'
import { colours, subtitle } from '../theme.ts'
import { lineLegend } from './products.ts'
import { cutTime, isInside, type TimePanel, timeScale } from './time_axis.ts'

interface Missing {
  time: string
  kind: string
  share: number
}

const kinds = ['no label', 'mid carried', 'no mid']

/** Share of seconds, block by block, without a mid, with a carried one, and without the 60 returns that a label needs. */
export function plotCoverage(
  { block_s, blocks }: { block_s: number; blocks: BlockCoverage[] },
  simulated: boolean,
): TopLevelSpec {
  const products = [...new Set(blocks.map(({ product }) => product))]
  const panels = cutTime(
    blocks.map(({ time }) => time),
    1000 * block_s,
    560,
  )
  const highest = Math.max(0.01, maximum(blocks.flatMap(block => [block.unlabelled, block.carried, block.without_mid])))
  const missing = (product: string, panel: TimePanel): Missing[] =>
    blocks
      .filter(block => block.product === product && isInside(block.time, panel))
      .flatMap(({ time, without_mid, carried, unlabelled }) => [
        { time, kind: kinds[0], share: unlabelled },
        { time, kind: kinds[1], share: carried },
        { time, kind: kinds[2], share: without_mid },
      ])
  return {
    title: {
      text: 'What is missing, and when',
      subtitle: subtitle(simulated, `Share of the seconds of blocks of ${block_s / 60} min`),
    },
    spacing: 14,
    vconcat: products.map((product, row) => ({
      title: { text: product, fontSize: 11, offset: 2 },
      spacing: 14,
      hconcat: panels.map((panel, column) =>
        drawPanel(missing(product, panel), panel, panels, highest, row === products.length - 1, column === 0),
      ),
    })),
  }
}

function drawPanel(
  values: Missing[],
  panel: TimePanel,
  panels: TimePanel[],
  highest: number,
  isLast: boolean,
  isFirst: boolean,
) {
  const kind = { field: 'kind', type: 'nominal' as const, sort: kinds }
  return {
    width: panel.width,
    height: 100,
    data: { values },
    mark: { type: 'line' as const, strokeWidth: 1.5, interpolate: 'step-after' as const },
    encoding: {
      x: { field: 'time', ...timeScale(panel, panels), title: isLast && isFirst ? 'Time (UTC)' : null },
      y: {
        field: 'share',
        type: 'quantitative' as const,
        scale: { domain: [0, highest] },
        axis: { format: '.0%', tickCount: 4, labels: isFirst },
        title: isFirst ? 'Seconds (share)' : null,
      },
      color: { ...kind, scale: { domain: kinds, range: ['#0072b2', '#e69f00', colours.positive] }, legend: lineLegend },
      strokeDash: {
        ...kind,
        scale: {
          domain: kinds,
          range: [
            [1, 0],
            [5, 2],
            [2, 2],
          ],
        },
        legend: lineLegend,
      },
    },
  }
}
