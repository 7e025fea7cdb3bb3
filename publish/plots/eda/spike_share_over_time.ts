import type { TopLevelSpec } from 'vega-lite'
import type { TauChoice } from '../../eda/tau_choice.ts'
import { colours, subtitle } from '../../theme.ts'
import { lineLegend } from './products.ts'
import { timeAxis } from './time_axis.ts'

/** Share of spike seconds block by block under each candidate for tau; vertical rules: validation and test begin. */
export function plotSpikeShareOverTime(
  { chosen, blocks, block_s, validation_from, test_from }: TauChoice,
  simulated: boolean,
): TopLevelSpec {
  const percentiles = [...new Set(blocks.map(({ percentile }) => percentile))]
  const name = (percentile: number): string => (percentile === chosen ? `P${percentile}, chosen` : `P${percentile}`)
  const domain = percentiles.map(name)
  const others = ['#56b4e9', '#555555', '#cc79a7']
  const range = percentiles.map((p, i) => (p === chosen ? colours.positive : others[i % others.length]))
  const dash = percentiles.map((p, i) =>
    p === chosen
      ? [1, 0]
      : [
          [5, 3],
          [5, 3],
          [2, 2],
        ][i % 3],
  )
  const values = blocks.map(({ percentile, ...rest }) => ({ ...rest, name: name(percentile) }))
  const products = [...new Set(blocks.map(({ product }) => product))]
  const time = { type: 'temporal' as const, scale: { type: 'utc' as const } }
  return {
    title: {
      text: 'How the share of spikes moves',
      subtitle: subtitle(
        simulated,
        `Blocks of ${block_s / 60} min; tau from training alone; vertical rules: validation and test begin`,
      ),
    },
    spacing: 14,
    vconcat: products.map((product, i) => ({
      width: 560,
      height: 115,
      title: { text: product, fontSize: 11, offset: 2 },
      layer: [
        {
          data: { values: [{ at: validation_from }, { at: test_from }] },
          mark: { type: 'rule', strokeDash: [1, 3], strokeWidth: 1.4, color: colours.ink },
          encoding: { x: { field: 'at', ...time } },
        },
        {
          data: { values: values.filter(value => value.product === product) },
          mark: { type: 'line', strokeWidth: 1.6, point: { size: 24 } },
          encoding: {
            x: {
              field: 'time',
              ...time,
              axis: timeAxis(blocks.map(block => block.time)),
              title: i === products.length - 1 ? 'Time (UTC)' : null,
            },
            y: {
              field: 'prevalence',
              type: 'quantitative',
              axis: { format: '.0%', tickCount: 4 },
              title: 'Spike seconds (share)',
            },
            color: { field: 'name', type: 'nominal', sort: domain, scale: { domain, range }, legend: lineLegend },
            strokeDash: {
              field: 'name',
              type: 'nominal',
              sort: domain,
              scale: { domain, range: dash },
              legend: lineLegend,
            },
          },
        },
      ],
    })),
  }
}
