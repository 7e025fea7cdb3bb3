import { describe, expect, test } from 'vitest'
import { candleTable } from '../../../src/core/events/candle_values.ts'
import { candleColumns } from '../../../src/core/indicators/candle_columns.ts'
import { decisionsOf } from '../../../src/core/trading/backtest.ts'
import type { BrokerName } from '../../../src/core/trading/broker.ts'
import { type Decision, hold } from '../../../src/core/trading/signals/rule.ts'
import { rules } from '../../../src/core/trading/signals/rules.ts'
import { likelySpike, standingAside } from '../../../src/core/trading/signals/stand_aside.ts'
import { judgePortfolio } from '../../../src/jobs/trade/judge.ts'
import { walkAside, walkRules } from '../../../src/jobs/trade/walk_forward.ts'
import { minute } from '../../../src/market/klines/kline.ts'
import { candle, walkingCandles } from '../../fixtures/klines.ts'

const prices = [100, 100, 110, 120, 90, 99]
const table = candleTable(prices.map((price, i) => candle(i, price)))
const columns = candleColumns(table, 'wilder', 'minutes', minute)
/** Buys after the second candle and sells after the fourth. */
const decisions: Decision[] = prices.map((_, i) => ({
  ...hold,
  signal: ({ 1: 'BUY', 3: 'SELL' } as const)[i] ?? 'HOLD',
}))

describe('a judged portfolio', () => {
  test('stands beside buy-and-hold, itself without a fee, its trades, drawdown, turnover and time in coin', () => {
    const judged = judgePortfolio(table, columns, decisions, 'next_open')
    const coins = Math.floor(10_000 / (110 * 1.001) / 1e-5) * 1e-5
    expect(judged.total).toBeCloseTo(10_000 - coins * 110 * 1.001 + coins * 90 * 0.999, 6)
    expect(judged.fee_free).toBeCloseTo((10_000 * 90) / 110, 2)
    expect(judged.buy_and_hold).toBeCloseTo((10_000 / 100.1) * 99, 6)
    expect(judged.trades).toBe(2)
    expect(judged.drawdown).toBeCloseTo(1 - judged.total / (10_000 - coins * 110 * 1.001 + coins * 120), 6)
    expect(judged.exposure).toBeCloseTo(2 / 6, 12)
    expect(judged.turnover).toBeGreaterThan(1.8)
    expect([judged.interval, judged.over_hold.low]).toEqual([null, null])
  })

  test('an interval of resampled hours holds the total, and one that never trades has none but its budget', () => {
    const candles = candleTable(walkingCandles(600, 5))
    const wilder = candleColumns(candles, 'wilder', 'minutes', minute)
    const { total, interval } = judgePortfolio(candles, wilder, decisionsOf(wilder, rules.exit_any), 'next_open')
    expect(interval!.low).toBeLessThanOrEqual(total)
    expect(interval!.high).toBeGreaterThanOrEqual(total)
    const idle = judgePortfolio(candles, wilder, new Array(600).fill(hold), 'next_open')
    expect(idle.interval).toEqual({ low: 10_000, high: 10_000 })
  })
})

describe('walk-forward', () => {
  const candles = walkingCandles(1200, 11, 0)
  const fieldOf = (of: typeof candles, broker: BrokerName = 'fractional') => {
    return { candles: candleTable(of), windows: 'minutes', interval: minute, broker } as const
  }
  const forward = walkRules(fieldOf(candles))!

  test('no candle of a block, nor any after it, chooses for it', () => {
    for (const [at, block] of forward.blocks.entries()) {
      const other = candles.map(one =>
        one.start < block.start ? one : { ...one, close: 2 * one.close, open: one.open },
      )
      const again = walkRules(fieldOf(other))!
      expect(again.blocks.slice(0, at)).toEqual(forward.blocks.slice(0, at))
      expect(again.blocks[at].chosen).toBe(block.chosen)
    }
    expect(forward.blocks.length).toBe(3)
  })

  test('its total is that of its blocks, one after the other; too few candles have none', () => {
    const total = forward.blocks.reduce((value, block) => (value * block.total) / 10_000, 10_000)
    expect(forward.total).toBe(total)
    expect(walkRules(fieldOf(candles.slice(0, 100), 'seed'))).toBe(null)
  })

  /** Likely in the second half of each hour; of the first 100 candles nothing is known. */
  const spike = Float64Array.from(candles, (_, i) => (i < 100 ? Number.NaN : i % 60 < 30 ? 0.5 : 0.95))

  test('standing aside is judged on the same blocks as the rule, from the first prediction on', () => {
    const { plain, aside, ratio } = walkAside(fieldOf(candles), spike)!
    expect(aside.blocks.map(({ start }) => start)).toEqual(plain.blocks.map(({ start }) => start))
    expect(plain.blocks[0].start).toBe(candles[100 + 440].start)
    expect(aside.total).not.toBe(plain.total)
    expect(ratio.value).toBeCloseTo(aside.total / plain.total, 12)
    expect(ratio.low!).toBeLessThanOrEqual(ratio.value)
    expect(ratio.high!).toBeGreaterThanOrEqual(ratio.value)
  })

  test('a model that never says that a spike is likely changes nothing', () => {
    const never = spike.map(value => (Number.isNaN(value) ? value : 0.5))
    const { plain, aside, ratio } = walkAside(fieldOf(candles), never)!
    expect(aside).toEqual(plain)
    expect(ratio).toEqual({ value: 1, low: 1, high: 1 })
  })

  test('no prediction of a block, nor any after it, chooses for it', () => {
    const { aside } = walkAside(fieldOf(candles), spike)!
    for (const [at, block] of aside.blocks.entries()) {
      const other = spike.map((value, i) => (candles[i].start < block.start ? value : 0.99))
      const again = walkAside(fieldOf(candles), other)!.aside
      expect(again.blocks.slice(0, at)).toEqual(aside.blocks.slice(0, at))
      expect(again.blocks[at].chosen).toBe(block.chosen)
    }
  })

  test('without predictions there is nothing to judge', () => {
    expect(
      walkAside(
        fieldOf(candles),
        spike.map(() => Number.NaN),
      ),
    ).toBe(null)
  })
})

test('standing aside leaves a BUY out where a spike is likely, and sells as ever', () => {
  const signals = (spike: number | null) => {
    const rule = standingAside(rules.exit_any).make()
    const crossing = [
      rule.decide({ ma20: 1, ma50: 2, rsi: 60, spike }),
      rule.decide({ ma20: 3, ma50: 2, rsi: 60, spike }),
    ]
    return [...crossing, rule.decide({ ma20: 3, ma50: 2, rsi: 71, spike })].map(({ signal }) => signal)
  }
  expect(signals(likelySpike)).toEqual(['HOLD', 'HOLD', 'SELL'])
  expect(signals(likelySpike - 0.01)).toEqual(['HOLD', 'BUY', 'SELL'])
  expect(signals(null)).toEqual(['HOLD', 'BUY', 'SELL'])
})
