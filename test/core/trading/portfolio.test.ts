import { describe, expect, test } from 'vitest'
import type { CandleValues } from '../../../src/core/events/candle_values.ts'
import { type BrokerName, wholeCoins } from '../../../src/core/trading/broker.ts'
import { Portfolio, type PortfolioRow } from '../../../src/core/trading/portfolio.ts'
import type { Signal } from '../../../src/core/trading/signals/rule.ts'
import { candle } from '../../fixtures/klines.ts'

const inputs = { ma20: 1, ma50: 2, rsi: 60 }

function walk(broker: BrokerName, candles: CandleValues[], signals: Signal[]): PortfolioRow[] {
  const portfolio = new Portfolio(broker)
  return candles.map((one, i) => portfolio.look(one, { signal: signals[i], reason: 'test' }, inputs).row)
}

const three = [candle(0, 99), candle(1, 101, 100), candle(2, 103, 102)]

describe('paper brokers', () => {
  test('fact 1, 2.16: the seed never holds a coin that costs more than its budget, and logs BUYs of nothing', () => {
    const dear = [candle(0, 20_000), candle(1, 20_000)]
    expect(walk('seed', dear, ['BUY', 'BUY'])).toEqual(
      dear.map(() => ({ action: 'BUY', crypto: 0, price: 20_000, budget: 10_000, total_value: 10_000 })),
    )
    expect(walk('fractional', dear, ['BUY', 'BUY']).map(({ crypto }) => crypto)).toEqual([0.5, 0.5])
    expect(walk('next_open', dear, ['BUY', 'BUY'])[1]).toMatchObject({ action: 'BUY', crypto: 49_950 * 1e-5 })
  })

  test('the seed buys whole coins at the close of the very candle that gave the signal, and sells all', () => {
    const [first, , last] = walk('seed', three, ['BUY', 'HOLD', 'SELL'])
    expect(first).toMatchObject({ action: 'BUY', crypto: 101, budget: 10_000 - 101 * 99 })
    expect(last).toMatchObject({ action: 'SELL', crypto: 0, budget: 1 + 101 * 103 })
  })

  test('2.16: next_open fills at the open of the next candle, with fee and lots; the last signal is not filled', () => {
    const rows = walk('next_open', three, ['BUY', 'SELL', 'BUY'])
    expect(rows.map(({ action }) => action)).toEqual(['HOLD', 'BUY', 'SELL'])
    expect(rows[1].crypto).toBeCloseTo(Math.floor(10_000 / 100.1 / 1e-5) * 1e-5, 12)
    expect(rows[1].budget).toBe(10_000 - rows[1].crypto * 100 * (1 + 0.001))
    expect(rows[2].budget).toBe(rows[1].budget + rows[1].crypto * 102 * (1 - 0.001))
    expect(walk('next_open', [candle(0, 1e10), candle(1, 1e10)], ['BUY', 'HOLD'])[1].action).toBe('HOLD')
  })

  test('a SELL without coins and a BUY with them are nothing', () => {
    expect(walk('seed', three, ['SELL', 'BUY', 'BUY']).map(({ action }) => action)).toEqual(['HOLD', 'BUY', 'HOLD'])
  })

  test("Python's floor division, where the rounded quotient is a whole number too many", () => {
    expect([wholeCoins(10_000, 0.1), Math.floor(10_000 / 0.1)]).toEqual([99_999, 100_000])
    expect(wholeCoins(10_000, 99)).toBe(101)
    expect(wholeCoins(10_000, 104_283.7)).toBe(0)
  })

  test('goes on from its state with the same bits', () => {
    const [first, next] = [new Portfolio('next_open'), new Portfolio('next_open')]
    first.look(three[0], { signal: 'BUY', reason: 'test' }, inputs)
    next.restore(JSON.parse(JSON.stringify(first.state())))
    const hold = { signal: 'HOLD' as const, reason: '' }
    expect(next.look(three[1], hold, inputs)).toEqual(first.look(three[1], hold, inputs))
  })
})
