import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Trade } from '../../src/core/events/event.ts'
import { encodeEvent } from '../../src/core/events/event_json.ts'
import { pageForest } from '../../src/core/indicators/isolation_forest/rolling_forest.ts'
import { finalSentiment, provisionalSentiment } from '../../src/core/indicators/sentiment/sentiment_record.ts'
import { EquitiesPartition } from '../../src/jobs/equities/partition.ts'
import { openStore } from '../../src/stores/open.ts'
import type { Incoming } from '../../src/streams/port.ts'
import type { StoreEngine } from '../harness/store_engines.ts'
import { after, storedTopic } from '../harness/stored_records.ts'

const place = { feed: 'polygon', product: 'IBM', received_at: null, connection: 'a', sequence: 1, index: 0 }
const start = 1_381_152_600_000_000

/** What a hot store must keep beside windows and candles: what the jobs of equities and news write. */
export const keepsKinds = (engine: StoreEngine) => (): void => {
  beforeAll(() => engine.prepare())
  afterAll(() => engine.cleanUp())

  test('scored trades, of which several have one time, minutes, anomalies and articles: a row each, every bit', async () => {
    const topics = { scored: 'scored', minutes: 'minutes', anomalies: 'anomalies' }
    const forest = { ...pageForest, window: 20, every: 10, trees: 5, sample: 16 }
    const work = new EquitiesPartition(
      { features: 'relative', forest, mean: 'exact', lag: 2e6, aheadLimit: 60e6 },
      topics,
    )
    for (let i = 0; i < 90; i++) {
      const time = start + 2e6 * Math.floor(i / 2)
      const size = i === 60 ? '90000' : `${100 + (i % 7)}`
      const trade: Trade = { type: 'trade', ...place, time, id: `${i}`, price: `${180 + i / 7}`, size, side: null }
      work.take({ topic: 'raw', partition: 0, offset: i, key: 'IBM', value: Buffer.from(encodeEvent(trade)) }, false)
    }
    const article = provisionalSentiment({
      ...{ type: 'news', ...place, time: start + 5e6, id: 'n1', headline: 'Great', summary: '', source: 's', url: 'u' },
      category: 'c',
    })
    const judged = finalSentiment(article, { z: 3, correlated: true, strength: 'strong' }, 0.2)
    const values = [...work.due.map(({ value }) => `${value}`), JSON.stringify(article), JSON.stringify(judged)]
    const told = values.map(value => JSON.parse(value))
    const records = values.map((value, offset): Incoming => {
      return { topic: storedTopic.name, partition: 0, offset, key: 'IBM', value: Buffer.from(value) }
    })
    const spec = await engine.fresh()
    const store = await openStore(spec, storedTopic, { holder: 'one', held: false })
    expect(await store.write(records, after(records))).toMatchObject({ refused: 0 })
    expect(await store.write(records.slice(0, 5), after(records.slice(0, 5)))).toEqual({ changed: 0, refused: 0 })
    await store.close()

    const trades = await engine.ask(spec, 'SELECT * FROM market_trades ORDER BY time_us, CAST(trade_id AS integer)')
    const scored = told.filter(one => 'vwap_deviation_pct' in one)
    expect(trades).toHaveLength(90)
    expect(trades.map(row => [Number(row.time_us), row.trade_id, row.price, row.vwap_5min, row.anomaly_score])).toEqual(
      scored.map(one => [one.time, one.id, one.price, one.vwap_5min, one.anomaly_score]),
    )
    const [minute] = await engine.ask(spec, 'SELECT * FROM market_aggregations')
    expect(minute).toMatchObject({ product: 'IBM', window_start: start / 1e6, window_end: start / 1e6 + 60 })
    const anomalies = await engine.ask(spec, 'SELECT * FROM market_anomalies ORDER BY time_us')
    const flagged = told.filter(one => 'feature_vector' in one)
    expect(anomalies.map(row => [JSON.parse(String(row.feature_vector)), row.anomaly_score])).toEqual(
      flagged.map(one => [one.feature_vector, one.anomaly_score]),
    )
    const articles = await engine.ask(spec, 'SELECT * FROM market_sentiment')
    expect(articles).toHaveLength(1)
    expect(articles[0]).toMatchObject({ article_id: 'n1', correlation_strength: 'strong', base_rate: 0.2, source: 's' })
  })

  test('what is none of them is refused with the field that is wrong', async () => {
    const spec = await engine.fresh()
    const store = await openStore(spec, storedTopic, { holder: 'one', held: false })
    const value = Buffer.from('{"product":"IBM","id":"1","time":-1,"price":1,"size":1,"anomaly_score":null}')
    const records: Incoming[] = [{ topic: storedTopic.name, partition: 0, offset: 0, key: 'IBM', value }]
    expect(await store.write(records, after(records))).toEqual({ changed: 0, refused: 1 })
    await store.close()
    const [{ reason }] = await engine.ask(spec, 'SELECT reason FROM store_refused')
    expect(reason).toMatch(/^trade: time /)
  })
}
