import type { TopLevelSpec } from 'vega-lite'
import { features } from '../../../core/features/spec.ts'
import type { FeatureTable } from '../../../core/features/table.ts'
import { isoTime } from '../../../core/math/time.ts'
import { SpikeError } from '../../../errors.ts'
import { findProducts } from '../../eda/stretches.ts'
import { colours, subtitle } from '../theme.ts'

/** Which seconds of which product are looked at, and through which feature. */
export interface Look {
  product: string
  feature: string
  /** Minutes from the product's first row. */
  from: number
  minutes: number
}

const pointsWanted = 1200

/**
 * A feature second by second, between the price and what its seconds should foretell. Long stretches are thinned to 1200 steps, the
 * last second of each.
 * @throws SpikeError BAD_ARGUMENT for a product, feature or stretch that the table does not have.
 */
export function plotFeatureBesideTarget(table: FeatureTable, look: Look, simulated: boolean): TopLevelSpec {
  const { product, feature } = look
  const values = valuesOf(table, look)
  const { unit } = features.find(({ name }) => name === feature)!
  const panels = [
    { field: 'mid', title: 'Mid (USD)', color: colours.ink },
    { field: 'feature', title: `${feature} (${unit})`, color: colours.positive },
    { field: 'bp', title: 'sigma_future (bp)', color: colours.line },
  ]
  return {
    title: {
      text: `${product}: ${feature} beside the volatility of the next minute`,
      subtitle: subtitle(simulated, `${look.minutes} minutes from minute ${look.from} on`),
    },
    spacing: 4,
    data: { values },
    vconcat: panels.map(({ field, title, color }, i) => ({
      title: { text: title, fontSize: 11, fontWeight: 'normal' as const, offset: 4 },
      width: 560,
      height: 95,
      mark: { type: 'line' as const, strokeWidth: 1, color },
      encoding: {
        x: {
          field: 'time',
          type: 'temporal' as const,
          scale: { type: 'utc' as const },
          axis: { format: '%H:%M', grid: false, ...(i < 2 && { labels: false, ticks: false }) },
          title: i < 2 ? null : 'Time (UTC)',
        },
        y: { field, type: 'quantitative' as const, scale: { zero: false }, title: null, axis: { tickCount: 3 } },
      },
    })),
  }
}

function valuesOf(table: FeatureTable, { product, feature, from, minutes }: Look) {
  const stretch = findProducts(table).find(one => one.product === product)
  if (!stretch)
    throw new SpikeError('BAD_ARGUMENT', `no product ${product}; there are ${[...new Set(table.product)].join(', ')}`)
  if (!(feature in table.columns))
    throw new SpikeError('BAD_ARGUMENT', `no feature ${feature}; docs/feature_spec.md names them all`)
  const [begin, end] = [from, from + minutes].map(minute => table.time[stretch.from] + 60e6 * minute)
  const rows: number[] = []
  for (let row = stretch.from; row < stretch.to; row++)
    if (table.time[row] >= begin && table.time[row] < end) rows.push(row)
  if (rows.length === 0)
    throw new SpikeError('BAD_ARGUMENT', `no row of ${product} in the ${minutes} minutes from minute ${from} on`)
  const step = Math.ceil(rows.length / pointsWanted)
  const known = (value: number, scale = 1): number | null => (Number.isNaN(value) ? null : scale * value)
  return rows
    .filter((_, i) => i % step === step - 1)
    .map(row => ({
      time: isoTime(table.time[row]),
      mid: known(table.columns.mid[row]),
      feature: known(table.columns[feature][row]),
      bp: known(table.sigma_future[row], 1e4),
    }))
}
