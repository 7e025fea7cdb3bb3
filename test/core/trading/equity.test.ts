import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { candleTable } from '../../../src/core/events/candle_values.ts'
import { log } from '../../../src/core/math/numeric.ts'
import { walkPortfolio } from '../../../src/core/trading/backtest.ts'
import { brokers } from '../../../src/core/trading/broker.ts'
import { buyAndHold, drawdownOf, logReturns, turnoverOf, valuesOf } from '../../../src/core/trading/equity.ts'
import { candle } from '../../fixtures/klines.ts'

const table = candleTable([candle(0, 100, 90), candle(1, 110, 101), candle(2, 121, 111), candle(3, 99, 120)])
const empty = Float64Array.of(Number.NaN, Number.NaN, Number.NaN, Number.NaN)
const columns = { ma20: empty, ma50: empty, rsi: empty }

describe('buy-and-hold', () => {
  test('where orders are filled at the close it buys at that of the first row', () => {
    expect([...buyAndHold(table, brokers.fractional, [1, 4])]).toEqual(
      [110, 121, 99].map(close => (10_000 / 110) * close),
    )
  })

  test('where they are filled at the next open it has its budget in the first row, and pays that open and the fee', () => {
    const coins = 10_000 / (111 * 1.001)
    expect([...buyAndHold(table, brokers.next_open, [1, 4])]).toEqual([10_000, coins * 121, coins * 99])
    expect([...buyAndHold(table, brokers.next_open, [3, 4])]).toEqual([10_000])
  })
})

describe('figures of a walk', () => {
  const decisions = (['BUY', 'HOLD', 'SELL', 'HOLD'] as const).map(signal => ({ signal, reason: '' }))
  const walk = walkPortfolio(table, columns, decisions, 'fractional', [1, 4])

  test('the values are those of the rows; what was traded stands over their mean', () => {
    const whole = walkPortfolio(table, columns, decisions, 'fractional')
    expect([...valuesOf(whole)]).toEqual([10_000, 11_000, 12_100, 12_100])
    expect(turnoverOf(whole)).toBe((10_000 + 12_100) / ((10_000 + 11_000 + 12_100 + 12_100) / 4))
    expect(turnoverOf(walk)).toBe(0)
    expect(walk.rows.map(({ price }) => price)).toEqual([110, 121, 99])
  })

  test('the trader saw what the columns hold in the row of the signal, null where they hold nothing', () => {
    const some = { ma20: Float64Array.of(1, 2, 3, 4), ma50: empty, rsi: Float64Array.of(9, 8, 7, 6) }
    const [buy, sell] = walkPortfolio(table, some, decisions, 'next_open').trades
    expect(buy.order).toMatchObject({ start: 0, inputs: { ma20: 1, ma50: null, rsi: 9 } })
    expect(buy.candle).toMatchObject({ start: 60_000_000, open: 101 })
    expect(sell.order).toMatchObject({ inputs: { ma20: 3, ma50: null, rsi: 7 } })
  })

  test('drawdown is the deepest fall from a former height', () => {
    expect(drawdownOf([])).toBe(0)
    expect(drawdownOf([1, 2, 3])).toBe(0)
    expect(drawdownOf([100, 80, 120, 90, 130, 110])).toBe(0.25)
    expect(drawdownOf([100, 75, 120, 110])).toBe(0.25)
  })

  test('logarithmic returns are of each over the one before, and sum to that of the whole', () => {
    expect([...logReturns(Float64Array.of(100, 110, 99))]).toEqual([0, log(110 / 100), log(99 / 110)])
    const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(values, list => {
        const sum = logReturns(Float64Array.from(list)).reduce((a, b) => a + b, 0)
        expect(sum).toBeCloseTo(log(list[list.length - 1] / list[0]), 9)
      }),
    )
  })
})
