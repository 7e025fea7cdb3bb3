/**
 * `spike60/features`: market events to feature rows. Runs wherever JavaScript of 2023 does: Node 20, a worker, a browser.
 * @module
 */
export { parseDecimal } from '../core/events/decimal.ts'
export type { Candle, Clock, EventBase, Gap, MarketEvent, Micros, News, Quote, Trade } from '../core/events/event.ts'
export { compareEvents } from '../core/events/event.ts'
export { decodeEvent, encodeEvent } from '../core/events/event_json.ts'
export { digestedBytes } from '../core/features/digest.ts'
export type { EngineOutput, EngineSettings } from '../core/features/engine.ts'
export { Engines } from '../core/features/engines.ts'
export type { FeatureSpec } from '../core/features/feature.ts'
export { futureVolatility, horizonSeconds } from '../core/features/label.ts'
export { decodeRow, encodeRow } from '../core/features/row_json.ts'
export { RowCollector } from '../core/features/rows.ts'
export { featureIndex, featureNames, features, specVersion } from '../core/features/spec.ts'
export type { FeatureTable } from '../core/features/table.ts'
export { defaultSettings } from './default_settings.ts'
export type { FeatureRow } from './feature_row.ts'
export { rowOf } from './row_of.ts'
