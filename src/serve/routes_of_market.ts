import { z } from 'zod'
import type { SentimentRecord } from '../core/indicators/sentiment/sentiment_record.ts'
import { isoTime } from '../core/math/time.ts'
import {
  aggregationsBody,
  anomaliesBody,
  candlesBody,
  featuresBody,
  quoteBody,
  sentimentBody,
  windowsBody,
} from './bodies.ts'
import { productRoute, type Route, whole } from './route.ts'
import type { FeatureRecord, ProductView, View } from './view.ts'

const nothing = z.object({})
const hours = z.object({ hours: whole(1, 168, 24) })
/** What is null while no minute of trades has been aggregated, or no window of a length has been given. */
function missingOf({ minute, windows }: ProductView, view: View): Record<string, string> {
  const noMinute = view.absent('minute') ?? 'no minute of its trades has been given yet'
  const without = (length: number, ...names: string[]): [string, string][] =>
    windows.has(length) ? [] : names.map(name => [name, `no window of ${length} s has been given yet`])
  return Object.fromEntries([
    ...without(60, 'vwap_1min'),
    ...without(300, 'vwap_5min', 'rolling_avg_5min'),
    ...(minute === null ? ['volume_zscore', 'price_momentum'].map(name => [name, noMinute]) : []),
  ])
}

/** What stands on the topics about prices, trades, windows and articles. */
export const marketRoutes: Route[] = [
  productRoute({
    path: '/quotes/{ticker}',
    summary: 'The last trade.',
    query: nothing,
    body: quoteBody,
    cacheSeconds: 1,
    answer({ product, trade }, _, view) {
      if (trade === null) return `${product}: no trade has come yet`
      const { price, size, time, sequence } = trade
      const at = { timestamp: isoTime(time), sequence_number: sequence, simulated: view.simulated() }
      return { ticker: product, price: Number(price), volume: Number(size), ...at }
    },
  }),
  productRoute({
    path: '/aggregations/{ticker}',
    summary: 'The newest windows of one minute and of five.',
    query: nothing,
    body: aggregationsBody,
    cacheSeconds: 5,
    answer(shown, _, view) {
      const { product, windows, minute: aggregated } = shown
      const [minute, five] = [windows.get(60)?.newest(), windows.get(300)?.newest()]
      const newest = minute ?? five
      if (newest === undefined) return `${product}: no window has been given yet`
      return {
        ...{ ticker: product, vwap_1min: minute?.vwap ?? null, vwap_5min: five?.vwap ?? null },
        ...{ rolling_avg_5min: five?.moving_average ?? null, volume_zscore: aggregated?.volume_zscore ?? null },
        price_momentum: aggregated?.price_momentum ?? null,
        ...{ window_start: isoTime(1e6 * newest.start), window_end: isoTime(1e6 * newest.end) },
        ...{ simulated: view.simulated(), missing: missingOf(shown, view) },
      }
    },
  }),
  productRoute({
    path: '/anomalies/{ticker}',
    summary: 'Anomalies of the last hours, newest first.',
    query: hours,
    body: anomaliesBody,
    answer({ product, anomalies, lastEvent }, { hours }, view) {
      const away = view.absent('anomaly')
      if (away !== null) return { away }
      const from = (lastEvent ?? 0) - hours * 3600e6
      const held = anomalies.filter(({ time }) => time >= from).sort((a, b) => b.time - a.time)
      const rows = held.map(({ time, anomaly_score, feature_vector, model_version }) => ({
        ...{ timestamp: isoTime(time), anomaly_score, feature_vector, model_version: `${model_version}` },
      }))
      return { ticker: product, anomalies: rows, simulated: view.simulated() }
    },
  }),
  productRoute({
    path: '/features/{ticker}',
    summary: 'The newest row of features.',
    query: nothing,
    body: featuresBody,
    cacheSeconds: 1,
    answer(shown, _, view) {
      const { product, row, windows, minute } = shown
      if (row === null) return `${product}: no row of features has been given yet`
      const { product: _name, time, ...rest } = row
      const { vwap_1min: _one, rolling_avg_5min: _five, ...missing } = missingOf(shown, view)
      return {
        ...{
          ticker: product,
          vwap_5min: windows.get(300)?.newest()?.vwap ?? null,
          volume_zscore: minute?.volume_zscore ?? null,
        },
        ...{
          price_momentum: minute?.price_momentum ?? null,
          trade_frequency: number(row.trades_60s),
          bid_ask_spread: spread(row),
        },
        ...{ updated_at: isoTime(time), simulated: view.simulated() },
        missing,
        feature_vector: rest as Record<string, number | null>,
      }
    },
  }),
  productRoute({
    path: '/sentiment/{ticker}',
    summary: 'Articles of the last hours with the sentiment of their headlines, newest first.',
    query: hours,
    body: sentimentBody,
    answer({ product, articles, lastEvent }, { hours }, view) {
      const from = (lastEvent ?? 0) - hours * 3600e6
      const held = [...articles.values()].filter(({ time }) => time >= from).sort((a, b) => b.time - a.time)
      const items = held.slice(0, mostArticles).map(shownArticle)
      const count = (label: string): number => items.filter(({ sentiment }) => sentiment.label === label).length
      return {
        ...{ ticker: product, hours, count: items.length, simulated: view.simulated(), items },
        summary: {
          ...{ positive: count('positive'), negative: count('negative'), neutral: count('neutral') },
          strong_correlations: items.filter(({ correlation_strength: strength }) => strength === 'strong').length,
          missing: view.absent('article'),
        },
      }
    },
  }),
  productRoute({
    path: '/candles/{product}',
    summary: 'The last candles of a minute, oldest first, with what the signals job says of them.',
    query: z.object({ limit: whole(1, 1500, 240) }),
    body: candlesBody,
    cacheSeconds: 1,
    answer({ product, candles, signals }, { limit }, view) {
      const said = new Map(signals.last().map(signal => [signal.start / 1e6, signal]))
      const rows = candles.last(limit).map(({ product: _, volume, ...row }) => {
        const { ma20 = null, ma50 = null, rsi = null, signal = null } = said.get(row.start) ?? {}
        return { ...row, volume: volume === null ? null : Number(volume), ma20, ma50, rsi, signal }
      })
      return { product, interval_s: 60, simulated: view.simulated(), candles: rows }
    },
  }),
  productRoute({
    path: '/windows/{product}',
    summary: 'The last windows of a length at their highest revision, oldest first.',
    query: z.object({ length: whole(1, 86_400, 60), limit: whole(1, 400, 60) }),
    body: windowsBody,
    cacheSeconds: 1,
    answer({ product, windows }, { length, limit }, view) {
      const rows = (windows.get(length)?.last(limit) ?? []).map(({ product: _, ...row }) => row)
      const facts = {
        length_s: length,
        lengths_s: [...windows.keys()].sort((a, b) => a - b),
        simulated: view.simulated(),
      }
      return { product, ...facts, windows: rows }
    },
  }),
]

const mostArticles = 50

function shownArticle(article: SentimentRecord) {
  const { time, headline, source, url, sentiment_score, sentiment_label } = article
  const { correlated_anomaly, volume_zscore_at_publish, correlation_strength, base_rate, final } = article
  return {
    ...{ timestamp: isoTime(time), headline, source, url },
    sentiment: { label: sentiment_label, compound: sentiment_score },
    ...{ correlated_anomaly, volume_zscore_at_publish, correlation_strength, base_rate, final },
  }
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

/** In quote currency. */
function spread({ spread_bps: bps, mid }: FeatureRecord): number | null {
  return typeof bps === 'number' && typeof mid === 'number' ? (bps * mid) / 1e4 : null
}
