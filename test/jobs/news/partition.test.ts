import { describe, expect, test } from 'vitest'
import type { Clock, MarketEvent, News, Trade } from '../../../src/core/events/event.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { decodeSentiment, type SentimentRecord } from '../../../src/core/indicators/sentiment/sentiment_record.ts'
import { NewsPartition } from '../../../src/jobs/news/partition.ts'
import { decodeDeadLetter } from '../../../src/streams/dead_letter.ts'

const start = 1_775_260_800_000_000
const place = { feed: 'polygon', product: 'IBM', received_at: null, connection: 'a', sequence: 1, index: 0 }
const topics = { raw: 'raw', news: 'news', sentiment: 'sentiment' }

let ids = 0
const tradeAt = (seconds: number, size: number, more: Partial<Trade> = {}): Trade => ({
  ...{ type: 'trade', ...place, time: start + 1e6 * seconds, id: `${ids++}`, price: '180', size: `${size}` },
  ...{ side: null, ...more },
})
const clockAt = (seconds: number): Clock => ({ type: 'clock', ...place, time: start + 1e6 * seconds })
const newsAt = (seconds: number, more: Partial<News> = {}): News => ({
  ...{ type: 'news', ...place, time: start + 1e6 * seconds, id: `n${seconds}`, headline: 'A great success' },
  ...{ summary: '', source: 's', url: 'u', category: 'c', ...more },
})

/** Twenty-five quiet minutes, then one of forty times the volume, then quiet ones. */
const market = (minutes = 40): Trade[] =>
  Array.from({ length: minutes }, (_, i) => tradeAt(60 * i + 30, i === 25 ? 4000 : 100 + (i % 3)))

function madeOf(events: MarketEvent[]) {
  const work = new NewsPartition({ lag: 2e6, aheadLimit: 60e6 }, topics)
  const next = { raw: 0, news: 0 }
  for (const event of events) {
    const topic = event.type === 'news' ? 'news' : 'raw'
    const value = Buffer.from(encodeEvent(event))
    work.take({ topic, partition: 0, offset: next[topic]++, key: event.product, value }, false)
  }
  const of = (topic: string): string[] =>
    work.due.filter(record => record.topic === topic).map(({ value }) => `${value}`)
  return {
    work,
    counts: work.counts,
    records: of('sentiment').map(text => decodeSentiment(text)!),
    dead: of('news.dlq').map(text => decodeDeadLetter(text).reason),
  }
}

describe('an article beside its market', () => {
  test('3.35: provisional at once, final when the market is 60 s past it, one record an article', () => {
    const article = newsAt(60 * 25 + 40)
    const before = market().filter(({ time }) => time <= article.time)
    const after = market().filter(({ time }) => time > article.time)
    const { records } = madeOf([...before, article, ...after])
    const said = { product: 'IBM', id: article.id, sentiment_score: 0.8316, sentiment_label: 'positive' }
    expect(records).toHaveLength(2)
    expect(records[0]).toMatchObject({ ...said, revision: 1, final: false, correlated_anomaly: null, base_rate: null })
    expect(records[1]).toMatchObject({ ...said, revision: 2, final: true, correlated_anomaly: true })
    expect(records[1].correlation_strength).toBe('strong')
    expect(records[1].volume_zscore_at_publish).toBeGreaterThan(3)
  })

  test('3.36: the share of random seconds that are beside unusual volume stands on it', () => {
    const { records, work } = madeOf([...market(), newsAt(60 * 38)])
    // From the end of minute 20 on: of the seconds up to the end of minute 38 those of 25 and 26, and one more.
    expect(records[1].base_rate).toBe(121 / (18 * 60))
    expect(work.baseRates().get('IBM')).toBe(121 / (18 * 60))
  })

  test('3.37: a z of exactly 0 is 0: the original wrote nothing for it', () => {
    const even = Array.from({ length: 40 }, (_, i) => tradeAt(60 * i + 30, i > 19 ? 100 : i % 2 === 0 ? 50 : 150))
    const { records } = madeOf([...even.slice(0, 21), clockAt(60 * 21), newsAt(60 * 20 + 40), clockAt(60 * 21 + 50)])
    expect(records[1]).toMatchObject({ final: true, volume_zscore_at_publish: 0, correlated_anomaly: false })
  })

  test('which of both came first makes no difference to what is said', () => {
    const articles = [newsAt(1520), newsAt(1540), newsAt(1625), newsAt(2100)]
    const sorted = (records: SentimentRecord[]): string[] => records.map(record => JSON.stringify(record)).sort()
    const trades = market()
    const last = sorted(madeOf([...trades, ...articles]).records)
    expect(sorted(madeOf([...articles, ...trades]).records)).toEqual(last)
    expect(sorted(madeOf([...trades, ...articles].sort((a, b) => a.time - b.time)).records)).toEqual(last)
  })

  test('one that is not judged yet waits', () => {
    const { work, records } = madeOf([...market(10), newsAt(60 * 10)])
    expect([records.length, work.waiting()]).toEqual([1, 1])
  })
})

describe('articles that are not as they should be', () => {
  test('without a headline: a dead letter', () => {
    const { dead, counts, records } = madeOf([newsAt(1, { headline: ' ' })])
    expect([dead, counts.no_headline, records]).toEqual([['no_headline'], 1, []])
  })

  test('from the future: a dead letter', () => {
    const { dead, counts } = madeOf([newsAt(600, { received_at: start })])
    expect([dead, counts.ahead]).toEqual([['published_ahead'], 1])
  })

  test('3.31: of two tickers: one record each, judged by its own market; the original kept the first alone', () => {
    const [ibm, aig] = ['IBM', 'AIG'].map(product => newsAt(1540, { product }))
    const quiet = market().map(trade => ({ ...trade, product: 'AIG', size: '100' }))
    const { records } = madeOf([...market(), ...quiet, ibm, aig])
    const finals = records.filter(({ final }) => final)
    expect(finals.map(({ product, correlated_anomaly }) => [product, correlated_anomaly])).toEqual([
      ['IBM', true],
      ['AIG', false],
    ])
  })

  test('told again: once', () => {
    const { records, counts } = madeOf([...market(), newsAt(1540), newsAt(1540)])
    expect([records.length, counts.repeated]).toEqual([2, 1])
  })

  test('3.37: two of one second: both', () => {
    const { records } = madeOf([...market(), newsAt(1540), newsAt(1540, { id: 'other' })])
    expect(records.filter(({ final }) => final)).toHaveLength(2)
  })

  test('found more than six hours late: final, without a word on volume', () => {
    const { records, counts } = madeOf([...market(420), newsAt(1540)])
    expect(counts.too_late).toBe(1)
    expect(records[1]).toMatchObject({ final: true, correlated_anomaly: null, volume_zscore_at_publish: null })
  })
})

describe('markets that are not as they should be', () => {
  test('a halted ticker: its clocks let articles be judged, its silent minutes count as nothing traded', () => {
    const halted = Array.from({ length: 30 }, (_, i) => clockAt(60 * (28 + i)))
    const { records } = madeOf([...market(27), ...halted, newsAt(60 * 40)])
    expect(records[1]).toMatchObject({ final: true, correlated_anomaly: false })
    expect(records[1].volume_zscore_at_publish).toBeLessThan(0)
  })

  test('a ticker whose market says nothing for an hour while others go on: its articles are judged', () => {
    const other = Array.from({ length: 120 }, (_, i) => tradeAt(60 * i, 5, { product: 'AIG' }))
    const { records } = madeOf([...market(27), newsAt(60 * 26), ...other])
    expect(records.at(-1)).toMatchObject({ product: 'IBM', final: true, correlated_anomaly: true })
  })

  test('a trade that comes again, or after its minute is over, adds nothing to its volume', () => {
    const trades = market()
    const article = newsAt(1540)
    const calm = madeOf([...trades, article]).records
    const repeated = trades.flatMap(trade => [trade, trade])
    expect(madeOf([...repeated, article]).records).toEqual(calm)
    const { records, counts } = madeOf([...trades, { ...trades[25], id: 'late', size: '9999' }, article])
    expect([records, counts.late_trades]).toEqual([calm, 1])
  })
})
