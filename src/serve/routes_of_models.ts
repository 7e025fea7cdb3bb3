import { z } from 'zod'
import { measureOf } from '../core/indicators/alerts/alert_row.ts'
import type { LivePrediction } from '../core/models/artifact/prediction_json.ts'
import { alertsBody, portfolioBody, predictionsBody, signalsBody } from './bodies.ts'
import { portfolioOf } from './portfolio.ts'
import { plainRoute, productRoute, type Route, whole } from './route.ts'
import { turnedOut } from './turned_out.ts'
import type { ModelView, ProductView, View } from './view.ts'

/** What stands on the topics of predictions, signals and the ledger. */
export const modelRoutes: Route[] = [
  productRoute({
    path: '/predictions/{product}',
    summary: 'Probability of a spike in the next 60 seconds, and how such predictions turned out.',
    query: z.object({ model: z.string().max(64).optional(), limit: whole(1, 3600, 1800) }),
    body: predictionsBody,
    cacheSeconds: 1,
    answer({ product, models, volatilities }, { model, limit }, view) {
      const name = model ?? newestModel(models)
      const own = name === null ? undefined : models.get(name)
      if (model !== undefined && own === undefined) return `${product}: no predictions of a model ${model}`
      const history = (own?.predictions.last(limit) ?? []).map(pointOf)
      const until = name === null ? 0 : view.trainedUntil(name)
      const settled = (own?.settled.last() ?? []).filter(({ time }) => time > until)
      return {
        ...{ product, model: name, models: [...models.keys()], horizon_s: 60, simulated: view.simulated() },
        reason: own === undefined ? 'no prediction has come yet: see /health for what is missing' : null,
        ...{ latest: history.at(-1) ?? null, history },
        turned_out: {
          ...{ after: until / 1e6, ...turnedOut(settled, new Map(volatilities.last().map(one => [one.time, one]))) },
          pr_auc_interval: own?.precision.of(settled) ?? null,
          strip: settled
            .slice(-limit)
            .map(({ time, label, probability }) => ({ time: time / 1e6, label, probability })),
        },
      }
    },
  }),
  productRoute({
    path: '/signals/{product}',
    summary: 'Signals of the last candles, oldest first.',
    query: z.object({ limit: whole(1, 1500, 240) }),
    body: signalsBody,
    answer({ product, signals }, { limit }, view) {
      const rows = signals.last(limit).map(({ start, close, ma20, ma50, rsi, signal, reason, action }) => ({
        ...{ start: start / 1e6, close, ma20, ma50, rsi, signal, reason, action },
      }))
      const reason =
        rows.length === 0 ? 'no signal yet: the signals job has seen no closed candle of this product' : null
      return { product, simulated: view.simulated(), reason, signals: rows }
    },
  }),
  plainRoute({
    path: '/portfolio',
    summary: 'The paper portfolio of each product, beside buying and holding. No order is ever placed.',
    query: z.object({ limit: whole(1, 1500, 240) }),
    body: portfolioBody,
    answer: (view, { limit }) => ({
      body: {
        ...{ simulated: view.simulated(), note: 'paper: no order is ever placed' },
        portfolios: [...view.products.values()].filter(hasPortfolio).map(product => portfolioOf(product, limit)),
      },
    }),
  }),
  plainRoute({
    path: '/alerts',
    summary:
      'Alerts by the rules of the config, alarms of the newest model at their onset, and gaps of the feed, newest first.',
    query: z.object({ limit: whole(1, 200, 50) }),
    body: alertsBody,
    answer: (view, { limit }) => ({ body: { simulated: view.simulated(), alerts: alertsOf(view).slice(0, limit) } }),
  }),
]

/** The model that spoke last; of those of one time the first by name. */
function newestModel(models: Map<string, ModelView>): string | null {
  let newest: { name: string; time: number } | null = null
  for (const [name, { predictions }] of [...models].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const time = predictions.newest()?.time ?? 0
    if (newest === null || time > newest.time) newest = { name, time }
  }
  return newest?.name ?? null
}

function pointOf({ time, probability, alarm, tau }: LivePrediction) {
  return { time: time / 1e6, probability, alarm, tau }
}

function hasPortfolio({ signals, ledger }: ProductView): boolean {
  return signals.newest() !== undefined || ledger.length > 0
}

function alertsOf(view: View) {
  const alerts: z.infer<typeof alertsBody>['alerts'] = [...view.products.values()].flatMap(
    ({ product, gaps, models }) => [
      ...gaps.last().map(({ time, reason, missing }) => ({
        ...{ time: time / 1e6, product, kind: 'gap' as const, came_true: null },
        text: `gap of the feed: ${reason}${missing === null ? '' : `, ${missing} missing`}`,
      })),
      ...onsetsOf(product, models),
    ],
  )
  for (const alert of view.alerts) {
    const { time, product, rule: kind } = alert
    alerts.push({ time, product, kind, text: `${kind} ${measureOf(alert)}`, came_true: null })
  }
  return alerts.sort((a, b) => b.time - a.time)
}

function onsetsOf(product: string, models: Map<string, ModelView>) {
  const name = newestModel(models)
  if (name === null) return []
  const { predictions, settled } = models.get(name)!
  const labels = new Map(settled.last().map(({ time, label }) => [time, label]))
  const points = predictions.last()
  return points.flatMap(({ time, alarm, probability }, i) => {
    if (!alarm || points[i - 1]?.alarm === true) return []
    const label = labels.get(time) ?? null
    const text = `${name}: ${(100 * probability).toFixed(0)} % for a spike in the next 60 s`
    return [
      { time: time / 1e6, product, kind: 'spike_alarm' as const, text, came_true: label === null ? null : label === 1 },
    ]
  })
}
