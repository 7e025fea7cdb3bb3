import { z } from 'zod'
import { emptyBar } from '../../core/features/bar/bar.ts'
import type { SettledLabel } from '../../core/features/label_json.ts'
import { type AlertRow, alertRules } from '../../core/indicators/alerts/alert_row.ts'
import type { AnomalyRecord, MinuteRecord, ScoredTrade } from '../../core/indicators/scored_trade.ts'
import type { SentimentRecord } from '../../core/indicators/sentiment/sentiment_record.ts'
import type { CandleRow } from '../../core/indicators/windows/candle_row.ts'
import type { JoinedFacts, SymbolRecord } from '../../core/indicators/windows/symbol_table.ts'
import type { WindowRow } from '../../core/indicators/windows/window_row.ts'
import type { LivePrediction } from '../../core/models/artifact/prediction_json.ts'
import type { SettledPrediction } from '../../core/models/artifact/settled_json.ts'
import type { LedgerEntry } from '../../core/trading/ledger.ts'
import type { SignalRecord } from '../../core/trading/signal_json.ts'

const text = z.string().min(1)
const exact = z.string().nullable()
const known = z.number().nullable()
const number = z.number()
const dated = { product: text, time: z.int() }

export const labelRecord = z.strictObject({ ...dated, sigma_future: known }) satisfies z.ZodType<SettledLabel>

export const barRecord = z.strictObject({
  product: text,
  ...Object.fromEntries(Object.keys(emptyBar(0)).map(name => [name, known])),
  second: z.int(),
})

const judged = { model: text, probability: number, alarm: z.boolean(), tau: number }
const predicted = { ...dated, ...judged, trained_until: z.string().optional(), ewma: number.optional() }
export const predictionRecord = z.strictObject(predicted) satisfies z.ZodType<LivePrediction>
const label = z.union([z.literal(0), z.literal(1)]).nullable()
export const settledRecord = z.strictObject({
  ...predicted,
  sigma_future: known,
  label,
}) satisfies z.ZodType<SettledPrediction>

const span = { product: text, start: z.int(), end: z.int() }
const prices = { open: number, high: number, low: number, close: number }
const revised = { revision: z.int().min(1), final: z.boolean() }
export const windowRecord = z.strictObject({
  ...{ ...span, trades: z.int().min(0), volume: exact, notional: exact, vwap: known, moving_average: number },
  ...{ price_std: known, return_std: known, ...prices, ...revised, source: z.enum(['trades', 'ticker']) },
  ...{ base_asset: z.string(), quote_asset: z.string(), category: z.string() },
}) satisfies z.ZodType<WindowRow & JoinedFacts>
export const candleRecord = z.strictObject({
  ...{ ...span, ...prices, volume: exact, trades: z.int().nullable(), source: z.enum(['trades', 'exchange']) },
  ...revised,
}) satisfies z.ZodType<CandleRow>

export const symbolRecord = z.strictObject({
  format: z.literal('spike60-symbol'),
  product: text,
  facts: z.array(
    z.strictObject({ valid_from: z.int(), base_asset: z.string(), quote_asset: z.string(), category: z.string() }),
  ),
}) satisfies z.ZodType<SymbolRecord>

const signal = z.enum(['BUY', 'SELL', 'HOLD'])
const indicators = { ma20: known, ma50: known, rsi: known }
export const signalRecord = z.strictObject({
  ...{ product: text, start: z.int(), ...prices, volume: number, ...indicators, signal, reason: z.string() },
  ...{ action: signal, crypto: number, budget: number, total_value: number },
}) satisfies z.ZodType<SignalRecord>

const posting = z.strictObject({
  account: z.enum(['cash', 'coins', 'fees', 'market', 'capital']),
  unit: z.enum(['money', 'coin']),
  amount: number,
})
const fill = z.strictObject({
  ...{ side: z.enum(['BUY', 'SELL']), amount: number, price: number, price_source: z.string(), fee: number },
  ...{ fee_rate: number, reason: z.string(), rule: z.string(), signal_start: z.int() },
  inputs: z.strictObject({ ...indicators, spike: known.optional() }),
})
export const ledgerRecord = z.strictObject({
  ...{ product: text, id: text, kind: z.enum(['opening', 'fill']), start: z.int() },
  postings: z.array(posting),
  fill: fill.nullable(),
}) satisfies z.ZodType<LedgerEntry>

const trade = { ...dated, id: text, price: number, size: number }
export const scoredRecord = z.strictObject({
  ...trade,
  flags: z.array(z.enum(['correction', 'not_last', 'not_volume'])).optional(),
  ...{ vwap_1min: known, vwap_5min: known, rolling_avg_5min: known, volume_zscore: known, volume_zscore_excl: known },
  ...{ volume_zscore_minute: known, price_momentum: known, vwap_deviation: known, vwap_deviation_pct: known },
  ...{ trade_frequency: known, anomaly_score: known, anomaly: z.boolean().nullable(), model_version: known },
}) satisfies z.ZodType<ScoredTrade>
export const minuteRecord = z.strictObject({
  ...{ ...span, vwap_1min: known, vwap_5min: known, rolling_avg_5min: known, trades: z.int(), volume: number },
  ...{ volume_zscore: known, volume_zscore_minute: known, price_momentum: known, close: number },
}) satisfies z.ZodType<MinuteRecord>
export const anomalyRecord = z.strictObject({
  ...{ ...trade, anomaly_score: number, model_version: number, feature_vector: z.record(z.string(), number) },
  ...{ scored: z.int(), flagged: z.int(), contamination: known },
}) satisfies z.ZodType<AnomalyRecord>

export const sentimentRecord = z.strictObject({
  ...{ ...dated, id: text, headline: z.string(), source: z.string(), url: z.string(), sentiment_score: number },
  sentiment_label: z.enum(['positive', 'negative', 'neutral']),
  vader_scores: z.strictObject({ neg: number, neu: number, pos: number, compound: number }),
  ...{ correlated_anomaly: z.boolean().nullable(), volume_zscore_at_publish: known },
  correlation_strength: z.enum(['strong', 'moderate', 'weak', 'none']).nullable(),
  base_rate: known,
  revision: z.union([z.literal(1), z.literal(2)]),
  final: z.boolean(),
}) satisfies z.ZodType<SentimentRecord>

export const alertRecord = z.strictObject({
  ...{ id: text, rule: z.enum(alertRules), product: text, time: number, value: number, limit: known, unit: z.string() },
}) satisfies z.ZodType<AlertRow>

/** Where a process stands; what else is in it is its own, and nobody else's to read. */
export const stateRecord = z.looseObject({
  format: z.enum(['spike60-job', 'spike60-publisher', 'spike60-feeder', 'spike60-redrive', 'spike60-retry']),
  version: z.int().min(1),
})
