/**
 * `spike60/indicators`: averages, RSI and per-trade figures as folds, the same bits candle by candle and over whole files. Runs in
 * Node 20 and newer, a worker, a browser.
 * @module
 */
export { type CandleTable, type CandleValues, candleTable } from '../core/events/candle_values.ts'
export { candleColumns, type IndicatorColumns } from '../core/indicators/candle_columns.ts'
export { CandleIndicators, type IndicatorRow } from '../core/indicators/candle_indicators.ts'
export type { Indicator, RunningIndicator } from '../core/indicators/indicator.ts'
export { RollingForest, type RollingForestOptions } from '../core/indicators/isolation_forest/rolling_forest.ts'
export { meanPrice } from '../core/indicators/mean_price.ts'
export { momentum } from '../core/indicators/momentum.ts'
export { movingAverage } from '../core/indicators/moving_average.ts'
export { rsi } from '../core/indicators/rsi.ts'
export { tradeFrequency } from '../core/indicators/trade_frequency.ts'
export type { TradeValues } from '../core/indicators/trade_values.ts'
export { tradeZscore } from '../core/indicators/volume_zscore.ts'
export { vwap } from '../core/indicators/vwap.ts'
export { vwapDeviation } from '../core/indicators/vwap_deviation.ts'
