import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Clock, MarketEvent, Trade } from '../../../src/core/events/event.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { pageForest } from '../../../src/core/indicators/isolation_forest/rolling_forest.ts'
import {
  decodeAnomaly,
  decodeMinute,
  decodeScoredTrade,
  type ScoredTrade,
} from '../../../src/core/indicators/scored_trade.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { aggregateTrades } from '../../../src/jobs/equities/aggregate.ts'
import { EquitiesPartition, type EquitiesSettings } from '../../../src/jobs/equities/partition.ts'
import { decodeDeadLetter } from '../../../src/streams/dead_letter.ts'

const settings: EquitiesSettings = {
  ...{ features: 'relative', forest: pageForest, mean: 'exact', lag: 2e6, aheadLimit: 60e6 },
}
const start = 1_381_152_600_000_000
const place = { feed: 'simulated-polygon', product: 'IBM', received_at: null, connection: 'a', sequence: 1, index: 0 }

const tradeAt = (seconds: number, more: Partial<Trade> = {}): Trade => ({
  ...{ type: 'trade', ...place, time: start + Math.round(1e6 * seconds), id: `4-${seconds}`, price: '180.50' },
  ...{ size: '100', side: null, ...more },
})
const clockAt = (seconds: number): Clock => ({ type: 'clock', ...place, time: start + 1e6 * seconds })

/** What a partition makes of events, by topic. */
function madeOf(events: (MarketEvent | string)[], own = settings) {
  const work = new EquitiesPartition(own, { scored: 'scored', minutes: 'minutes', anomalies: 'anomalies' })
  events.forEach((event, offset) => {
    const value = Buffer.from(typeof event === 'string' ? event : encodeEvent(event))
    work.take({ topic: 'raw', partition: 0, offset, key: 'IBM', value }, false)
  })
  const texts = (topic: string): string[] =>
    work.due.filter(record => record.topic === topic).map(({ value }) => `${value}`)
  return {
    counts: work.counts,
    flagged: work.flagged(),
    scored: texts('scored').map(text => decodeScoredTrade(text)!),
    minutes: texts('minutes').map(text => decodeMinute(text)!),
    anomalies: texts('anomalies').map(text => decodeAnomaly(text)!),
    dead: texts('raw.dlq').map(text => decodeDeadLetter(text).reason),
  }
}

describe('live is replay', () => {
  const random = seededRandom(11)
  const drawn = Array.from({ length: 2300 }, (_, i) => ({
    ...{ ev: 'T', x: 4, i: `${i}`, z: 1, t: start / 1000 + 37 * i, q: 2 * i, sym: i % 7 === 0 ? 'AIG' : 'IBM' },
    p: 180 + Math.round(50 * random()) / 100,
    s: 1 + Math.floor(900 * random() ** 3),
  }))

  test('the same trades from a file and from a topic have the same bits and the same digest', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spike60-equities-'))
    try {
      const path = join(folder, 'frames.ndjson')
      writeFileSync(path, drawn.map(frame => `${JSON.stringify([frame])}\n`).join(''))
      const replayed = await aggregateTrades([path], settings)
      const live = madeOf(
        drawn.map(({ sym, i, t, p, s }) =>
          tradeAt(0, { product: sym, id: `4-${i}`, time: 1000 * t, price: `${p}`, size: `${s}` }),
        ),
      )
      const digest = (rows: object[]): string => createHash('sha256').update(JSON.stringify(rows)).digest('hex')
      const saidOf = ({ product: _, id: __, ...said }: ScoredTrade): object => said
      const rows = replayed.trades.map(({ ticker: _, q: __, flags: ___, ...said }) => said)
      expect(digest(live.scored.map(saidOf))).toBe(
        digest(rows.map(({ time, price, size, ...said }) => ({ time, price, size, ...said }))),
      )
      expect(live.minutes.map(({ product, start, volume }) => [product, start / 60, volume])).toEqual(
        replayed.minutes.map(({ ticker, minute, volume }) => [ticker, minute, volume]),
      )
      expect(Object.fromEntries(live.flagged).IBM).toEqual({
        scored: replayed.scored.IBM.trades,
        flagged: replayed.scored.IBM.anomalies,
      })
      expect(live.anomalies.length).toBeGreaterThan(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('models grown ahead of the trade that needs them are those grown at it', () => {
    const events = drawn.map(({ t, p, s }, i) =>
      tradeAt(0, { id: `${i}`, time: 1000 * t, price: `${p}`, size: `${s}` }),
    )
    const work = new EquitiesPartition(settings, { scored: 'scored', minutes: 'minutes', anomalies: 'anomalies' })
    let grown = 0
    events.forEach((event, offset) => {
      work.take({ topic: 'raw', partition: 0, offset, key: 'IBM', value: Buffer.from(encodeEvent(event)) }, false)
      while (work.anticipate()) grown++
    })
    // Three models of a hundred trees: of the trades up to the thousandth, the 1,500th and the 2,000th.
    expect(grown).toBe(300)
    const ahead = work.due.filter(({ topic }) => topic === 'scored').map(({ value }) => decodeScoredTrade(`${value}`))
    expect(ahead).toEqual(madeOf(events).scored)
  })
})

test('3.24: the flagged share stands on each anomaly, beside the contamination', () => {
  const random = seededRandom(3)
  const events = Array.from({ length: 1400 }, (_, i) =>
    tradeAt(i, {
      price: i === 1200 ? '250' : (180 + random()).toFixed(2),
      size: i === 1200 ? '90000' : `${1 + Math.floor(100 * random())}`,
    }),
  )
  const { anomalies, flagged } = madeOf(events)
  const biggest = anomalies.find(({ size }) => size === 90_000)!
  expect(biggest).toMatchObject({ product: 'IBM', model_version: 1, contamination: 0.01, scored: 201 })
  expect(biggest.feature_vector.volume).toBe(90_000)
  expect(anomalies.at(-1)!.flagged).toBe(flagged.get('IBM')!.flagged)
  expect(flagged.get('IBM')!.scored).toBe(400)
})

describe('trades that are not as they should be', () => {
  test.each([
    ['bad_price', tradeAt(0, { price: '0' })],
    ['bad_price', tradeAt(0, { price: 'n/a' })],
    ['bad_size', tradeAt(0, { size: '-1' })],
    ['bad_ticker', tradeAt(0, { product: 'ibm' })],
    ['time_ahead', tradeAt(90, { received_at: start })],
    ['not_an_event', '{"type":"trade"}'],
  ])('3.11: %s is a dead letter, never dropped', (reason, event) => {
    const { dead, counts, scored } = madeOf([event])
    expect(dead).toEqual([reason])
    expect(counts.refused[reason]).toBe(1)
    expect(scored).toEqual([])
  })

  test('3.10: a size with a fraction, and a ticker with a dot', () => {
    expect(madeOf([tradeAt(0, { product: 'BRK.A', size: '0.001500' })]).scored[0]).toMatchObject({ size: 0.0015 })
  })

  test('3.5: trades of one millisecond are all there; the original dropped a fifth of them as repeated', () => {
    expect(madeOf([tradeAt(1, { id: 'a' }), tradeAt(1, { id: 'b' }), tradeAt(1, { id: 'c' })]).scored).toHaveLength(3)
  })

  test('a trade that comes again counts once', () => {
    const { scored, counts, dead } = madeOf([tradeAt(1), tradeAt(2), tradeAt(1)])
    expect([scored.length, counts.repeated, dead]).toEqual([2, 1, []])
  })

  test('a trade before an earlier one is a dead letter: sums run in the order of time', () => {
    const { counts, dead } = madeOf([tradeAt(60), tradeAt(1)])
    expect([counts.late, dead]).toEqual([1, ['late_trade']])
  })

  test('a size of 0 counts as a trade without volume: no VWAP of nothing', () => {
    const { scored, counts } = madeOf([tradeAt(1, { size: '0' }), tradeAt(2)])
    expect(counts.zero).toBe(1)
    expect(scored.map(({ vwap_1min, trade_frequency }) => [vwap_1min, trade_frequency])).toEqual([
      [null, 1],
      [180.5, 2],
    ])
  })

  test('a halted ticker: its silent minutes count as nothing traded, and the price before is what momentum goes by', () => {
    const minutes = Array.from({ length: 30 }, (_, i) => tradeAt(60 * i, { size: `${100 + (i % 3)}` }))
    const { scored, counts } = madeOf([...minutes, tradeAt(60 * 29 + 900, { price: '190' }), tradeAt(60 * 29 + 961)])
    expect(counts.halts).toBe(1)
    const [after, later] = scored.slice(-2)
    expect(after.price_momentum).toBeCloseTo((100 * 9.5) / 180.5, 12)
    expect(after.trade_frequency).toBe(1)
    // Beside fourteen silent minutes and six of a hundred the minute of the reopening is no outlier.
    expect(later.volume_zscore_minute).toBeLessThan(2)
  })

  test('a ticker that was silent for more than a week begins anew', () => {
    const { scored } = madeOf([tradeAt(0), tradeAt(8 * 86_400, { price: '90' })])
    expect(scored[1]).toMatchObject({ price_momentum: null, rolling_avg_5min: 90, volume_zscore: 0 })
  })

  test('products beyond the limit are dead letters', () => {
    const work = new EquitiesPartition(settings, { scored: 'scored', minutes: 'minutes', anomalies: 'anomalies' }, 1)
    for (const [offset, product] of ['IBM', 'AIG'].entries()) {
      const value = Buffer.from(encodeEvent(tradeAt(offset, { product })))
      work.take({ topic: 'raw', partition: 0, offset, key: product, value }, false)
    }
    expect(work.counts.refused.too_many_products).toBe(1)
  })
})

describe('an exchange that tells the newest trade of a frame first', () => {
  const coinbase = (seconds: number, sequence: number): Trade => ({ ...tradeAt(seconds), feed: 'coinbase', sequence })
  const frames = [coinbase(3, 1), coinbase(2, 1), coinbase(1, 1), coinbase(5, 2), coinbase(4, 2)]

  test('its trades are summed in their order once the next frame comes, and none is late', () => {
    const { scored, dead } = madeOf([...frames, { ...clockAt(6), sequence: 3 }])
    expect(scored.map(({ time }) => (time - start) / 1e6)).toEqual([1, 2, 3, 4, 5])
    expect(dead).toEqual([])
  })

  test('those that wait outlive a restart', () => {
    const topics = { scored: 'scored', minutes: 'minutes', anomalies: 'anomalies' }
    const take = (work: EquitiesPartition, event: MarketEvent): void =>
      work.take({ topic: 'raw', partition: 0, offset: 0, key: 'IBM', value: Buffer.from(encodeEvent(event)) }, false)
    const before = new EquitiesPartition(settings, topics)
    for (const trade of frames.slice(0, 3)) take(before, trade)
    const after = new EquitiesPartition(settings, topics)
    after.restore(JSON.parse(JSON.stringify(before.state(new Map([['scored', 0]])).memory)))
    take(after, frames[3])
    expect(after.due.map(({ value }) => (decodeScoredTrade(`${value}`)!.time - start) / 1e6)).toEqual([1, 2, 3])
  })
})

test('a minute is given when a clock passes its end by two seconds, in a silent market too', () => {
  const events = [tradeAt(10), tradeAt(20), clockAt(61), clockAt(62), clockAt(200), tradeAt(59), tradeAt(300)]
  const { minutes, dead } = madeOf(events)
  expect(minutes).toHaveLength(1)
  expect(minutes[0]).toMatchObject({ start: start / 1e6, end: start / 1e6 + 60, trades: 2, volume: 200, close: 180.5 })
  expect(dead).toEqual(['late_trade'])
})
