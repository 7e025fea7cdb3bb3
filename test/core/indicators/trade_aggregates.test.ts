import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  type MinuteAggregates,
  rememberedSeconds,
  TradeAggregator,
} from '../../../src/core/indicators/trade_aggregates.ts'
import { randomTrades } from '../../fixtures/reference_indicators.ts'
import { needs } from '../../harness/needs.ts'

it('a minute is told when a later one begins, beside the 20 before it, silent ones as nothing', () => {
  const minutes: MinuteAggregates[] = []
  const aggregator = new TradeAggregator(minute => minutes.push(minute))
  const at = (minute: number, size: number) => aggregator.push({ time: (28_000_000 + minute) * 60e6, price: 10, size })
  for (let minute = 0; minute < 20; minute++) if (minute !== 7) at(minute, 100)
  at(20, 500)
  at(21, 100)
  expect(minutes).toHaveLength(20)
  expect(minutes.slice(0, 19).every(minute => minute.volume_zscore_minute === null)).toBe(true)
  // 19 × 100 and one 0: mean 95, sample deviation sqrt((19 × 25 + 9025) / 19)
  expect(minutes[19]).toMatchObject({ volume: 500, trades: 1, close: 10 })
  expect(minutes[19].volume_zscore_minute).toBeCloseTo(405 / Math.sqrt(500), 12)
})

it('after a silence of a day the minutes before count as nothing', () => {
  const minutes: MinuteAggregates[] = []
  const aggregator = new TradeAggregator(minute => minutes.push(minute))
  for (const minute of [0, 1440, 1441]) aggregator.push({ time: (28_000_000 + minute) * 60e6, price: 10, size: 5 })
  expect(minutes.map(minute => minute.volume_zscore_minute)).toEqual([null, null])
})

it("a trade's z beside the 20 trades that hold it cannot exceed the root of 19: the original's never alarms at 5", () => {
  const aggregator = new TradeAggregator()
  let last = aggregator.push({ time: 0, price: 1, size: 1 })
  for (let i = 1; i < 40; i++) last = aggregator.push({ time: i, price: 1, size: i === 39 ? 1e9 : 1 + (i % 2) })
  expect(last.volume_zscore).toBeCloseTo(Math.sqrt(19), 6)
  expect(last.volume_zscore_excl).toBeGreaterThan(1e6)
})

it('2.3: VWAP begins anew with its window, the mean is one, the frequency is of a minute: the first code reset none of them', () => {
  const aggregator = new TradeAggregator()
  const at = (minute: number, price: number) => aggregator.push({ time: (28_000_000 + minute) * 60e6, price, size: 3 })
  for (let minute = 0; minute < 5; minute++) at(minute, 10)
  expect(at(10, 20)).toMatchObject({ vwap_1min: 20, vwap_5min: 20, rolling_avg_5min: 20, trade_frequency: 1 })
  expect(at(11, 30)).toMatchObject({ vwap_1min: 30, vwap_5min: 25, rolling_avg_5min: 25, trade_frequency: 1 })
})

it('goes on after a restart at any place with the same bits, from its state and the trades of five minutes', () => {
  const trades = randomTrades(400, 3)
  const told: unknown[] = []
  const whole = new TradeAggregator(minute => told.push(minute))
  const states = trades.map(trade => {
    const state = JSON.parse(JSON.stringify(whole.state()))
    return { state, before: told.length, aggregates: whole.push(trade) }
  })
  for (let cut = 0; cut < trades.length; cut += 7) {
    const again: unknown[] = []
    const next = new TradeAggregator(minute => again.push(minute))
    const since = trades[cut - 1]?.time - 1e6 * rememberedSeconds
    next.restore(
      states[cut].state,
      trades.slice(0, cut).filter(({ time }) => time > since),
    )
    expect(next.state()).toEqual(states[cut].state)
    expect(trades.slice(cut).map(trade => next.push(trade))).toEqual(
      states.slice(cut).map(({ aggregates }) => aggregates),
    )
    expect(again).toEqual(told.slice(states[cut].before))
  }
})

it('a clock closes the minute at its very end, once', () => {
  const minutes: MinuteAggregates[] = []
  const aggregator = new TradeAggregator(minute => minutes.push(minute))
  expect(aggregator.clock(1e15)).toBeNull()
  aggregator.push({ time: 90e6, price: 10, size: 2 })
  expect([120e6 - 1, 120e6, 120e6, 180e6].map(time => aggregator.clock(time))).toEqual([null, 120e6, null, null])
  expect(minutes).toEqual([expect.objectContaining({ minute: 1, trades: 1, volume: 2, close: 10, vwap_1min: 10 })])
})

const oracles = new URL('../../../../shared/reference/oracles/', import.meta.url)
const lacks = existsSync(oracles) ? null : 'no trades of a real opening lie in ../shared/reference'

describe('beside the reference, on trades of a real opening', needs(lacks), () => {
  const lines = (path: string): string[] =>
    gunzipSync(readFileSync(new URL(path, oracles)))
      .toString()
      .trim()
      .split('\n')

  it('has every bit of every field of 5,457 trades and 18 minutes', () => {
    const trades = lines('inputs/trades_real_open_20131007.ndjson.gz').flatMap(line => JSON.parse(line))
    const expected = lines('expected/seed003_open.jsonl.gz').map(line => JSON.parse(line))
    const windows = JSON.parse(readFileSync(new URL('expected/seed003_open.json', oracles), 'utf8')).windows as object[]
    const tickers = new Map<string, TradeAggregator>()
    const minutes: object[] = []
    trades.forEach(({ sym, t, p, s }, i) => {
      const closed = ({ minute, rolling_avg_5min: _, ...more }: MinuteAggregates): void =>
        void minutes.push({ ticker: sym, window_start: minute * 60_000, window_end: (minute + 1) * 60_000, ...more })
      const aggregator = tickers.get(sym) ?? new TradeAggregator(closed)
      tickers.set(sym, aggregator)
      const { volume_zscore_minute: _, ...found } = aggregator.push({ time: t * 1000, price: p, size: s })
      expect(expected[i]).toMatchObject(found)
    })
    expect(minutes).toHaveLength(18)
    for (const window of windows.filter(one => !('unfinished' in one))) expect(minutes).toContainEqual(window)
  })
})
