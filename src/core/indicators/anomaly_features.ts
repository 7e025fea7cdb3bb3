import type { TradeAggregates } from './trade_aggregates.ts'
import type { TradeValues } from './trade_values.ts'

/**
 * What an Isolation Forest looks at in a trade; what is null counts 0, as in the original.
 * - `seed`: the original's six. Raw price makes the flagged share grow with every drift of the price.
 * - `relative` (the default): without it, and the distance from the VWAP in percent.
 */
export const anomalyFeatures = {
  seed: ({ price, size }: TradeValues, of: TradeAggregates): Float64Array =>
    Float64Array.of(
      price,
      size,
      of.volume_zscore ?? 0,
      of.price_momentum ?? 0,
      of.vwap_deviation ?? 0,
      of.trade_frequency ?? 0,
    ),
  relative: ({ size }: TradeValues, of: TradeAggregates): Float64Array =>
    Float64Array.of(
      size,
      of.volume_zscore ?? 0,
      of.price_momentum ?? 0,
      of.vwap_deviation_pct ?? 0,
      of.trade_frequency ?? 0,
    ),
}

/** Their names, in the order of the values. */
export const anomalyFeatureNames = {
  seed: ['price', 'volume', 'volume_zscore', 'price_momentum', 'vwap_deviation', 'trade_frequency'],
  relative: ['volume', 'volume_zscore', 'price_momentum', 'vwap_deviation_pct', 'trade_frequency'],
} as const

export type AnomalyFeatures = keyof typeof anomalyFeatures
