import type { TradeFlag } from '../events/event.ts'
import { decodeRecord } from '../events/json_record.ts'
import type { AnomalyVerdict } from './ticker_activity.ts'
import type { MinuteAggregates, TradeAggregates } from './trade_aggregates.ts'
import type { TradeValues } from './trade_values.ts'

/** A trade with what is said of it, as it stands on `market.scored`. */
export interface ScoredTrade extends TradeValues, TradeAggregates, AnomalyVerdict {
  product: string
  id: string
  flags?: TradeFlag[]
}

/** A minute of a product with trades, once it is over, as it stands on `market.aggregations`; start and end in seconds. */
export interface MinuteRecord extends Omit<MinuteAggregates, 'minute'> {
  product: string
  start: number
  end: number
}

/** A trade that stands apart, as it stands on `market.anomalies`. */
export interface AnomalyRecord extends TradeValues {
  product: string
  id: string
  anomaly_score: number
  model_version: number
  /** What the model looked at, by name. */
  feature_vector: Record<string, number>
  /** Trades of the product that were scored up to this one, and how many of them were flagged. */
  scored: number
  flagged: number
  /** The share that the model flags of the trades that it was made of; null for a fixed line. */
  contamination: number | null
}

export function encodeScoredTrade(trade: ScoredTrade): string {
  return JSON.stringify(trade)
}

/** @returns null for anything else. */
export function decodeScoredTrade(text: string): ScoredTrade | null {
  return decodeRecord<ScoredTrade>(
    text,
    ({ product, id, time, price, size, anomaly_score }) =>
      typeof product === 'string' &&
      typeof id === 'string' &&
      [time, price, size].every(Number.isFinite) &&
      anomaly_score !== undefined,
  )
}

export function encodeMinute(product: string, { minute, ...aggregates }: MinuteAggregates): string {
  return JSON.stringify({ product, start: 60 * minute, end: 60 * (minute + 1), ...aggregates } satisfies MinuteRecord)
}

/** @returns null for anything else. */
export function decodeMinute(text: string): MinuteRecord | null {
  return decodeRecord<MinuteRecord>(
    text,
    ({ product, start, end, volume_zscore_minute, trades }) =>
      typeof product === 'string' && [start, end, trades].every(Number.isFinite) && volume_zscore_minute !== undefined,
  )
}

export function encodeAnomaly(anomaly: AnomalyRecord): string {
  return JSON.stringify(anomaly)
}

/** @returns null for anything else. */
export function decodeAnomaly(text: string): AnomalyRecord | null {
  return decodeRecord<AnomalyRecord>(
    text,
    ({ product, id, time, anomaly_score, feature_vector }) =>
      typeof product === 'string' &&
      typeof id === 'string' &&
      [time, anomaly_score].every(Number.isFinite) &&
      Object(feature_vector) === feature_vector,
  )
}
