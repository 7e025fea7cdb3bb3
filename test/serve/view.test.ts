import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alertOf } from '../../src/core/indicators/alerts/alert_row.ts'
import { PrecisionInterval } from '../../src/serve/precision_interval.ts'
import { Recent } from '../../src/serve/recent.ts'
import { marketRoutes } from '../../src/serve/routes_of_market.ts'
import { modelRoutes } from '../../src/serve/routes_of_models.ts'
import { turnedOut } from '../../src/serve/turned_out.ts'
import { View } from '../../src/serve/view.ts'
import { encodeDeadLetter } from '../../src/streams/dead_letter.ts'

const candle = { product: 'BTC-USD', start: 60, end: 120, open: 1, high: 2, low: 1, close: 2, volume: '3', trades: 4 }

describe('the view', () => {
  test('holds the newest by number whatever the order of arrival, one a number', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 })), fc.integer({ min: 1, max: 9 }), (keys, most) => {
        const recent = new Recent<number>(most)
        for (const key of keys) recent.put(key, key)
        const all = [...new Set(keys)].sort((a, b) => a - b)
        expect(recent.last()).toEqual(all.slice(-most))
        expect(recent.newest()).toBe(all.at(-1))
      }),
    )
  })

  test('shows the highest revision of a candle, and the one of the exchange before its own', () => {
    const view = new View()
    const put = (more: object): boolean => view.take('candle', JSON.stringify({ ...candle, ...more }))
    const close = (): unknown => view.find('btc-usd')?.candles.newest()?.close
    put({ source: 'trades', revision: 2, close: 5 })
    put({ source: 'trades', revision: 1, close: 4 })
    expect(close()).toBe(5)
    put({ source: 'exchange', revision: 1, close: 6 })
    put({ source: 'trades', revision: 3, close: 7 })
    expect(close()).toBe(6)
  })

  test('what its topic should not hold is counted and left out; a thousand and one products are a thousand', () => {
    const view = new View()
    for (const text of ['', '{', 'null', '[]', '{"product":1}', '{"product":"A","time":"x"}'])
      for (const kind of [
        'raw',
        'candle',
        'window',
        'feature',
        'prediction',
        'settled',
        'signal',
        'ledger',
        'alert',
        'late',
        'dead',
      ] as const)
        expect(view.take(kind, text)).toBe(false)
    expect(view.leftOut.unreadable).toBe(66)
    for (let i = 0; i <= 1000; i++) view.take('feature', JSON.stringify({ product: `P${i}`, time: 1 }))
    expect(view.products.size).toBe(1000)
    expect(view.leftOut.too_many_products).toBe(1)
  })

  test('late events and dead letters are counted, and make no product', () => {
    const view = new View()
    for (const id of ['1', '2']) view.take('late', JSON.stringify({ type: 'trade', product: 'LATE', time: 1, id }))
    view.take(
      'dead',
      encodeDeadLetter({ topic: 'ticks.raw', partition: 0, offset: 7, value: Buffer.of(255) }, 'not_json'),
    )
    expect(view.counts).toMatchObject({ late: 2, dead: 1 })
    expect([view.products.size, view.leftOut.unreadable]).toEqual([0, 0])
  })

  test('alerts are held in the order in which they were given, the newest two hundred, and make no product', () => {
    const view = new View()
    for (let time = 0; time < 250; time++)
      view.take('alert', JSON.stringify(alertOf('dlq_rate', 'partition-0', time, 2, 1)))
    expect([view.alerts.length, view.alerts[0].time, view.products.size]).toEqual([200, 50, 0])
    const [{ answer }] = modelRoutes.filter(({ path }) => path === '/alerts')
    expect(answer(view, null, new URLSearchParams('limit=1')).body).toEqual({
      simulated: null,
      alerts: [
        {
          ...{ time: 249, product: 'partition-0', kind: 'dlq_rate', came_true: null },
          text: 'dlq_rate 2 %, limit 1',
        },
      ],
    })
  })

  test('the interval of PR-AUC is that of the blocks that trainings draw, from ten minutes on, and made once a minute', () => {
    const settled = Array.from({ length: 1200 }, (_, i) => {
      const label: 0 | 1 = i % 200 < 40 ? 1 : 0
      const probability = (i % 7) / 10 + 0.2 * label
      return {
        product: 'A',
        time: 60e6 + 1e6 * i,
        model: 'm',
        tau: 1,
        sigma_future: 1,
        alarm: false,
        probability,
        label,
      }
    })
    const interval = new PrecisionInterval()
    expect(interval.of([])).toBeNull()
    expect(interval.of(settled.slice(0, 599))).toBeNull()
    const whole = interval.of(settled)!
    const { pr_auc: precision } = turnedOut(settled, new Map())
    expect(whole.low).toBeLessThan(precision!)
    expect(whole.high).toBeGreaterThan(precision!)
    expect(new PrecisionInterval().of(settled)).toEqual(whole)
    expect(interval.of(settled.slice(0, 1199))).toBe(whole)
    expect(interval.of(settled.slice(60))).not.toEqual(whole)
    const unlabelled = settled.map(one => ({ ...one, label: null }))
    expect(new PrecisionInterval().of(unlabelled)).toBeNull()
    expect(new PrecisionInterval().of(settled.map(one => ({ ...one, label: 0 as const })))).toBeNull()
  })

  test('a model stands beside the rules over the seconds whose row is here, and no others', () => {
    const said = { product: 'A', model: 'm', tau: 2, sigma_future: 1, alarm: false }
    const settled = [0.9, 0.2, 0.4, 0.7].map((probability, i) => ({
      ...{ ...said, time: i, probability, label: (i % 2) as 0 | 1 },
    }))
    const volatilities = new Map([
      [0, { persistence: 1, ewma: 3 }],
      [1, { persistence: 2, ewma: 1 }],
      [2, { persistence: 0, ewma: 2 }],
    ])
    expect(turnedOut(settled, volatilities).rules).toEqual({ settled: 3, model: 1 / 3, persistence: 1, ewma: 1 / 3 })
    expect(turnedOut(settled, new Map()).rules).toEqual({ settled: 0, model: null, persistence: null, ewma: null })
  })

  test('rules go by the first of their inputs that a row has', () => {
    const view = new View()
    const row = { product: 'A', ewma_volatility_120s: null, ewma_volatility_60s: 0.5, volatility_60s: 0.25 }
    view.take('feature', JSON.stringify({ ...row, time: 1 }))
    view.take('feature', JSON.stringify({ product: 'A', time: 2, volatility_60s: null }))
    expect(view.find('A')!.volatilities.last()).toEqual([
      { time: 1, persistence: 0.25, ewma: 0.5 },
      { time: 2, persistence: 0, ewma: 0 },
    ])
  })

  test('anomalies come newest first, articles at their highest revision, a minute fills the aggregates', () => {
    const view = new View()
    const trade = {
      product: 'A',
      id: '1',
      price: 1,
      size: 1,
      anomaly_score: -0.1,
      model_version: 3,
      feature_vector: { x: 1 },
    }
    for (const time of [5e6, 9e6, 7e6]) view.take('anomaly', JSON.stringify({ ...trade, time }))
    const article = { product: 'A', id: 'n', time: 6e6, headline: 'Up', source: 's', url: 'u', sentiment_score: 0.5 }
    const final = { sentiment_label: 'positive', correlation_strength: 'strong', revision: 2, final: true }
    view.take('article', JSON.stringify({ ...article, ...final }))
    view.take('article', JSON.stringify({ ...article, sentiment_label: 'positive', revision: 1, final: false }))
    view.take(
      'minute',
      JSON.stringify({
        product: 'A',
        start: 60,
        end: 120,
        trades: 3,
        volume_zscore: 2,
        volume_zscore_minute: 1,
        price_momentum: 4,
      }),
    )
    view.take('feature', JSON.stringify({ product: 'A', time: 9e6 }))
    const said = (path: string): Record<string, unknown> =>
      marketRoutes.find(route => route.path === path)!.answer(view, 'A', new URLSearchParams()).body as Record<
        string,
        unknown
      >
    const { anomalies } = said('/anomalies/{ticker}') as { anomalies: { timestamp: string }[] }
    expect(anomalies.map(({ timestamp }) => timestamp.slice(17, 19))).toEqual(['09', '07', '05'])
    expect(said('/sentiment/{ticker}')).toMatchObject({
      count: 1,
      items: [{ final: true }],
      summary: { positive: 1, strong_correlations: 1 },
    })
    expect(said('/features/{ticker}')).toMatchObject({ volume_zscore: 2, price_momentum: 4, missing: {} })
  })

  test('of how predictions turned out nothing is said that is not known', () => {
    expect(turnedOut([], new Map())).toMatchObject({ settled: 0, base_rate: null, pr_auc: null, brier: null })
    const said = { product: 'A', time: 1, model: 'm', tau: 1, sigma_future: 1 }
    const settled = [
      { ...said, probability: 0.95, alarm: true, label: 1 as const },
      { ...said, probability: 1, alarm: true, label: 0 as const },
      { ...said, probability: 0.15, alarm: false, label: 0 as const },
      { ...said, probability: 0.5, alarm: false, label: null },
    ]
    const { bins, ...rest } = turnedOut(settled, new Map())
    expect(rest).toMatchObject({
      settled: 3,
      unlabelled: 1,
      spikes: 1,
      base_rate: 1 / 3,
      alarms: 2,
      alarms_came_true: 1,
    })
    expect(rest.pr_auc).toBe(0.5)
    expect(bins[9]).toEqual({ from: 0.9, to: 1, predictions: 2, came_true: 1 })
    expect(bins[1].predictions).toBe(1)
  })
})
