import { describe, expect, test } from 'vitest'
import type { Trade } from '../../../src/core/events/event.ts'
import { anomalyFeatureNames, anomalyFeatures } from '../../../src/core/indicators/anomaly_features.ts'
import {
  decodeAnomaly,
  decodeMinute,
  decodeScoredTrade,
  encodeAnomaly,
  encodeMinute,
  encodeScoredTrade,
} from '../../../src/core/indicators/scored_trade.ts'
import {
  decodeSentiment,
  encodeSentiment,
  finalSentiment,
  provisionalSentiment,
} from '../../../src/core/indicators/sentiment/sentiment_record.ts'
import { tradeValuesOf } from '../../../src/core/indicators/ticker_trade.ts'
import { type MinuteAggregates, TradeAggregator } from '../../../src/core/indicators/trade_aggregates.ts'

const minutes: MinuteAggregates[] = []
const aggregator = new TradeAggregator(minute => minutes.push(minute))
const aggregates = aggregator.push({ time: 190e6, price: 10, size: 2 })
aggregator.clock(240e6)

const scored = {
  ...{ product: 'IBM', id: '1', time: 90e6, price: 10, size: 2, ...aggregates },
  ...{ anomaly_score: null, anomaly: null, model_version: null },
}
const anomaly = {
  ...{ product: 'IBM', id: '1', time: 90e6, price: 10, size: 2, anomaly_score: -0.7, model_version: 1 },
  ...{ feature_vector: { volume: 2 }, scored: 9, flagged: 1, contamination: 0.01 },
}
const article = provisionalSentiment({
  ...{
    type: 'news',
    feed: 'finnhub',
    product: 'IBM',
    time: 7,
    received_at: null,
    connection: 'c',
    sequence: 1,
    index: 0,
  },
  ...{ id: 'n1', headline: 'A good day', summary: '', source: 'wire', url: 'https://a.example' },
} as Parameters<typeof provisionalSentiment>[0])

const kinds: [string, object, (text: string) => unknown, string, object[]][] = [
  [
    ...(['a scored trade', scored, decodeScoredTrade, encodeScoredTrade(scored)] as const),
    [{ product: 1 }, { id: 1 }, { time: null }, { price: '1' }, { size: null }, { anomaly_score: undefined }],
  ],
  [
    ...([
      'a minute',
      { product: 'IBM', start: 180, end: 240, ...withoutMinute(minutes[0]) },
      decodeMinute,
      encodeMinute('IBM', minutes[0]),
    ] as const),
    [{ product: 1 }, { start: null }, { end: '1' }, { trades: null }, { volume_zscore_minute: undefined }],
  ],
  [
    ...(['an anomaly', anomaly, decodeAnomaly, encodeAnomaly(anomaly)] as const),
    [
      { product: 1 },
      { id: null },
      { time: '1' },
      { anomaly_score: null },
      { feature_vector: null },
      { feature_vector: 1 },
    ],
  ],
  [
    ...(['the sentiment of an article', article, decodeSentiment, encodeSentiment(article)] as const),
    [
      { product: 1 },
      { id: 1 },
      { headline: null },
      { time: 0.5 },
      { sentiment_score: null },
      { revision: 1.5 },
      { final: 'no' },
    ],
  ],
]

function withoutMinute({ minute: _, ...rest }: MinuteAggregates): object {
  return rest
}

describe.each(kinds)('%s', (_, record, decode, text, wrongs) => {
  test('comes back from its record', () => expect(decode(text)).toEqual(record))

  test.each(wrongs)('is none with %j', wrong => expect(decode(JSON.stringify({ ...record, ...wrong }))).toBeNull())
})

test('what a forest looks at is what the names say, 0 where there is none', () => {
  const values = { time: 0, price: 10, size: 2 }
  const names = ['volume_zscore', 'price_momentum', 'vwap_deviation', 'vwap_deviation_pct', 'trade_frequency'] as const
  const said = { ...aggregates, ...Object.fromEntries(names.map((name, i) => [name, 3 + i])) }
  const empty = { ...said, ...Object.fromEntries(names.map(name => [name, null])) }
  const named: Record<string, number | null> = { ...said, price: 10, volume: 2 }
  for (const kind of ['seed', 'relative'] as const) {
    expect([...anomalyFeatures[kind](values, said)]).toEqual(anomalyFeatureNames[kind].map(name => named[name]))
    expect([...anomalyFeatures[kind](values, empty)].filter(value => value !== 0)).toEqual(
      kind === 'seed' ? [10, 2] : [2],
    )
  }
})

test('an article is provisional until what was traded around it is known', () => {
  expect(article).toMatchObject({
    sentiment_label: 'positive',
    revision: 1,
    final: false,
    correlated_anomaly: null,
    base_rate: null,
  })
  expect(finalSentiment(article, { z: 3, correlated: true, strength: 'moderate' }, 0.1)).toEqual({
    ...article,
    ...{ correlated_anomaly: true, volume_zscore_at_publish: 3, correlation_strength: 'moderate', base_rate: 0.1 },
    ...{ revision: 2, final: true },
  })
  expect(finalSentiment(article, null, null)).toEqual({ ...article, revision: 2, final: true })
})

describe('a trade that sums may take', () => {
  const trade = {
    ...{ type: 'trade', feed: 'polygon', product: 'BRK.A', time: 100, received_at: 90, price: '1.5', size: '0' },
  } as Trade

  test.each<[Partial<Trade>, unknown]>([
    [{}, { time: 100, price: 1.5, size: 0 }],
    [
      { received_at: null, time: 1e9 },
      { time: 1e9, price: 1.5, size: 0 },
    ],
    [{ time: 101 }, 'time_ahead'],
    [{ price: '0' }, 'bad_price'],
    [{ price: '-1' }, 'bad_price'],
    [{ size: '-0.5' }, 'bad_size'],
    [{ size: 'x' }, 'bad_size'],
    [{ product: 'btc' }, 'bad_ticker'],
    [{ product: 'btc', feed: 'simulated-polygon' }, 'bad_ticker'],
    [{ product: 'ABCDEFGHIJK' }, 'bad_ticker'],
    [
      { product: 'BTC-USD', feed: 'coinbase' },
      { time: 100, price: 1.5, size: 0 },
    ],
  ])('%j', (given, wanted) => expect(tradeValuesOf({ ...trade, ...given }, 10)).toEqual(wanted))
})
