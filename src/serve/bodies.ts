import { z } from 'zod'
import { alertRules } from '../core/indicators/alerts/alert_row.ts'

/** Null where it is not known; a reason then stands in `missing`. */
const known = z.number().nullable()
const iso = z.string().describe('ISO 8601, UTC')
const seconds = z.number().describe('seconds since the epoch, market time')
const ticker = z.string()
/** Every body that shows a number says whether it comes of a simulated market; null before anything has come. */
const simulated = z.boolean().nullable()
const missing = z.record(z.string(), z.string()).describe('fields that are null, and why')

export const quoteBody = z.object({
  ...{ ticker, price: z.number(), volume: z.number(), timestamp: iso, sequence_number: z.number(), simulated },
})

export const aggregationsBody = z.object({
  ...{
    ticker,
    vwap_1min: known,
    vwap_5min: known,
    rolling_avg_5min: known,
    volume_zscore: known,
    price_momentum: known,
  },
  ...{ window_start: iso, window_end: iso, simulated, missing },
})

export const anomaliesBody = z.object({
  ticker,
  anomalies: z.array(
    z.object({
      ...{
        timestamp: iso,
        anomaly_score: z.number(),
        feature_vector: z.record(z.string(), known),
        model_version: z.string(),
      },
    }),
  ),
  simulated,
})

export const featuresBody = z.object({
  ...{ ticker, vwap_5min: known, volume_zscore: known, price_momentum: known, trade_frequency: known },
  ...{ bid_ask_spread: known, updated_at: iso, simulated, missing },
  feature_vector: z.record(z.string(), known).describe('all features of the row, by name'),
})

export const sentimentBody = z.object({
  ...{ ticker, hours: z.int(), count: z.int(), simulated },
  items: z.array(
    z.object({
      ...{ timestamp: iso, headline: z.string(), source: z.string(), url: z.string() },
      sentiment: z.object({ label: z.enum(['positive', 'negative', 'neutral']), compound: z.number() }),
      correlated_anomaly: z.boolean().nullable().describe('beside unusual volume; null until its minutes are over'),
      volume_zscore_at_publish: known,
      correlation_strength: z.enum(['strong', 'moderate', 'weak', 'none']).nullable(),
      base_rate: known.describe('share of random seconds that are beside unusual volume'),
      final: z.boolean(),
    }),
  ),
  summary: z.object({
    positive: z.int(),
    negative: z.int(),
    neutral: z.int(),
    strong_correlations: z.int(),
    missing: z.string().nullable().describe('why there can be no article'),
  }),
})

export const healthBody = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  consumer_lag: z.int().describe('records that the page does not show yet, over all topics'),
  dynamo_latency_p99: known.describe('milliseconds; null where no hot store is written'),
  ...{ uptime_seconds: z.number(), checked_at: iso, simulated },
  reasons: z.array(z.string()).describe('why it is not healthy, or what is missing'),
  products: z.array(z.object({ product: z.string(), feed: z.string().nullable(), last_event: seconds.nullable() })),
  events_per_s: known.describe('market events of the last ten seconds'),
  left_out: z.object({ unreadable: z.int(), too_many_products: z.int() }),
  topics: z.array(
    z.object({
      ...{ kind: z.string(), name: z.string(), there: z.boolean(), records: z.int(), lag: z.int() },
      ...{ idle_seconds: known, fault: z.string().nullable() },
    }),
  ),
  parts: z
    .array(z.object({ name: z.string(), state: z.string(), restarts: z.int(), note: z.string() }))
    .describe('what npm start runs; empty where the parts are started otherwise'),
})

const candleBody = z.object({
  ...{ start: seconds, end: seconds, open: z.number(), high: z.number(), low: z.number(), close: z.number() },
  volume: known,
  trades: known,
  source: z.enum(['trades', 'exchange']),
  ...{ revision: z.int(), final: z.boolean() },
  ...{ ma20: known, ma50: known, rsi: known },
  signal: z.enum(['BUY', 'SELL', 'HOLD']).nullable(),
})

export const candlesBody = z.object({
  ...{ product: z.string(), interval_s: z.int(), simulated, candles: z.array(candleBody) },
})

export const windowsBody = z.object({
  ...{ product: z.string(), length_s: z.int(), lengths_s: z.array(z.int()), simulated },
  windows: z.array(
    z.object({
      ...{ start: seconds, end: seconds, trades: z.int(), volume: z.string().nullable(), vwap: known },
      ...{ moving_average: z.number(), price_std: known, return_std: known },
      ...{ open: z.number(), high: z.number(), low: z.number(), close: z.number() },
      ...{ revision: z.int(), final: z.boolean(), source: z.enum(['trades', 'ticker']) },
    }),
  ),
})

const predictionPoint = z.object({
  ...{ time: seconds, probability: z.number(), alarm: z.boolean(), tau: z.number() },
})

export const predictionsBody = z.object({
  ...{
    product: z.string(),
    model: z.string().nullable(),
    models: z.array(z.string()),
    horizon_s: z.int(),
    simulated,
  },
  reason: z.string().nullable().describe('why there is no prediction'),
  latest: predictionPoint.nullable(),
  history: z.array(predictionPoint),
  turned_out: z.object({
    after: z.number().describe('only what was said of later seconds counts: what came before, the model was made of'),
    ...{ settled: z.int(), unlabelled: z.int(), spikes: z.int(), base_rate: known, pr_auc: known, brier: known },
    pr_auc_interval: z
      .object({ low: z.number(), high: z.number() })
      .nullable()
      .describe('95 %, of blocks of five minutes drawn again; up to a minute old; null of less than ten minutes'),
    rules: z
      .object({ settled: z.int(), model: known, persistence: known, ewma: known })
      .describe('PR-AUC of the model and of rules that are fitted on nothing, over the same seconds'),
    ...{ alarms: z.int(), alarms_came_true: z.int() },
    bins: z.array(z.object({ from: z.number(), to: z.number(), predictions: z.int(), came_true: z.int() })),
    strip: z.array(
      z.object({ time: seconds, label: z.union([z.literal(0), z.literal(1)]).nullable(), probability: z.number() }),
    ),
  }),
})

export const signalsBody = z.object({
  ...{ product: z.string(), simulated, reason: z.string().nullable() },
  signals: z.array(
    z.object({
      ...{ start: seconds, close: z.number(), ma20: known, ma50: known, rsi: known },
      ...{ signal: z.enum(['BUY', 'SELL', 'HOLD']), reason: z.string(), action: z.enum(['BUY', 'SELL', 'HOLD']) },
    }),
  ),
})

export const portfolioBody = z.object({
  ...{ simulated, note: z.string() },
  portfolios: z.array(
    z.object({
      ...{ product: z.string(), total_value: known, budget: known, coins: known, fees: z.number() },
      ...{
        started_with: known,
        buy_and_hold: known.describe('the first budget, all in at the first candle that is held here'),
      },
      balanced: z.boolean(),
      aside: z
        .object({ total_value: z.number(), fees: z.number(), balanced: z.boolean(), fills: z.int() })
        .nullable()
        .describe('the same rule, but nothing is bought while a spike is likely; null before its first candle'),
      history: z.array(z.object({ start: seconds, total_value: z.number(), holding: known, aside: known })),
      fills: z.array(
        z.object({
          ...{ start: seconds, side: z.enum(['BUY', 'SELL']), amount: z.number(), price: z.number(), fee: z.number() },
          ...{ reason: z.string(), rule: z.string() },
        }),
      ),
    }),
  ),
})

const driftSide = z.object({ rows: z.int(), from: iso.nullable(), to: iso.nullable() })

export const alertsBody = z.object({
  simulated,
  alerts: z.array(
    z.object({
      ...{ time: seconds, product: z.string(), kind: z.enum(['spike_alarm', 'gap', ...alertRules]), text: z.string() },
      came_true: z.boolean().nullable().describe('null until its minute is over, and for what is no prediction'),
    }),
  ),
})

export const driftBody = z.object({
  simulated,
  reason: z.string().nullable().describe('why there is no comparison'),
  report: z
    .object({
      advice: z.object({ action: z.string(), text: z.string(), why: z.string() }),
      reference: driftSide.describe('what the model was trained on'),
      current: driftSide.describe('the newest rows'),
      ...{ counted: z.int(), drifted: z.int(), undecided: z.int(), drifted_by_evidently: z.int() },
      columns: z.array(
        z.object({
          ...{ name: z.string(), used_by_model: z.boolean().nullable(), verdict: z.string() },
          ...{ distance: known, p: known, evidently: known, evidently_drifted: z.boolean(), shift: z.string() },
        }),
      ),
    })
    .nullable(),
})

export const faultBody = z.object({ error: z.string(), known: z.array(z.string()).optional() })
