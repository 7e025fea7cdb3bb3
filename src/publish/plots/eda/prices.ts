import type { TopLevelSpec } from 'vega-lite'
import type { Config } from '../../../config.ts'
import type { FeatureTable } from '../../../core/features/table.ts'
import { splitAndLabel } from '../../../core/models/split/labelled_split.ts'
import { stripsOf } from '../../strip.ts'
import { plotPriceStrip } from '../price_strip.ts'

/** Price and volatility of every product over a whole file, spikes by the tau of training: what all else is about. */
export function plotPrices(table: FeatureTable, config: Config, simulated: boolean): TopLevelSpec {
  const { tau, labels } = splitAndLabel(table, config)
  const known = labels.filter(label => !Number.isNaN(label))
  const prevalence = known.reduce((sum, label) => sum + label, 0) / known.length
  return {
    spacing: 24,
    vconcat: stripsOf(table, tau.tau).map(strip => plotPriceStrip(strip, prevalence, simulated, 'the whole file')),
  }
}
