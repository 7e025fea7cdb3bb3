import type { TopLevelSpec } from 'vega-lite'
import { maximum } from '../../../core/math/extremes.ts'
import type { TauChoice } from '../../eda/tau_choice.ts'
import { colours, subtitle } from '../theme.ts'
import { lineLegend } from './products.ts'
import { cutTime, isInside, type TimePanel, timeScale } from './time_axis.ts'

/** Share of spike seconds block by block under each candidate for tau; vertical rules: validation and test begin. */
export function plotSpikeShareOverTime(choice: TauChoice, simulated: boolean): TopLevelSpec {
  const { blocks, block_s } = choice
  const products = [...new Set(blocks.map(({ product }) => product))]
  const times = blocks.map(({ time }) => time)
  const panels = cutTime(times, 0, 560)
  const highest = Math.max(0, maximum(blocks.map(({ prevalence }) => prevalence)))
  return {
    title: {
      text: 'How the share of spikes moves',
      subtitle: subtitle(
        simulated,
        `Blocks of ${block_s / 60} min; tau from training alone; vertical rules: validation and test begin`,
      ),
    },
    spacing: 14,
    vconcat: products.map((product, row) => ({
      title: { text: product, fontSize: 11, offset: 2 },
      spacing: 14,
      hconcat: panels.map((panel, column) =>
        drawPanel(choice, product, panel, panels, highest, row === products.length - 1, column === 0),
      ),
    })),
  }
}

function drawPanel(
  { chosen, blocks, validation_from, test_from }: TauChoice,
  product: string,
  panel: TimePanel,
  panels: TimePanel[],
  highest: number,
  isLast: boolean,
  isFirst: boolean,
) {
  const percentiles = [...new Set(blocks.map(({ percentile }) => percentile))]
  const name = (percentile: number): string => (percentile === chosen ? `P${percentile}, chosen` : `P${percentile}`)
  const others = percentiles.filter(percentile => percentile !== chosen)
  const look = (percentile: number): [string, number[]] =>
    percentile === chosen
      ? [colours.positive, [1, 0]]
      : (
          [
            ['#56b4e9', [5, 3]],
            ['#cc79a7', [2, 2]],
            ['#555555', [8, 2, 2, 2]],
          ] as [string, number[]][]
        )[others.indexOf(percentile) % 3]
  const domain = percentiles.map(name)
  const range = percentiles.map(percentile => look(percentile)[0])
  const dashes = percentiles.map(percentile => look(percentile)[1])
  const time = timeScale(panel, panels)
  const title = isLast && isFirst ? 'Time (UTC)' : null
  const values = blocks
    .filter(block => block.product === product && isInside(block.time, panel))
    .map(({ time, prevalence, percentile }) => ({ time, prevalence, name: name(percentile) }))
  return {
    width: panel.width,
    height: 115,
    layer: [
      {
        data: { values: [validation_from, test_from].filter(at => isInside(at, panel)).map(at => ({ at })) },
        mark: { type: 'rule' as const, strokeDash: [1, 3], strokeWidth: 1.4, color: colours.ink },
        encoding: { x: { field: 'at', ...time, title } },
      },
      {
        data: { values },
        mark: { type: 'line' as const, strokeWidth: 1.6, point: { size: 24 } },
        encoding: {
          x: { field: 'time', ...time, title },
          y: {
            field: 'prevalence',
            type: 'quantitative' as const,
            scale: { domain: [0, highest] },
            axis: { format: '.0%', tickCount: 4, labels: isFirst },
            title: isFirst ? 'Spike seconds (share)' : null,
          },
          color: {
            field: 'name',
            type: 'nominal' as const,
            sort: domain,
            scale: { domain, range },
            legend: lineLegend,
          },
          strokeDash: {
            field: 'name',
            type: 'nominal' as const,
            sort: domain,
            scale: { domain, range: dashes },
            legend: lineLegend,
          },
        },
      },
    ],
  }
}
