import { expect, test } from 'vitest'
import { openingEntry } from '../../src/core/trading/ledger.ts'
import { portfolioOf } from '../../src/serve/portfolio.ts'
import { View } from '../../src/serve/view.ts'

const product = 'BTC-USD'
const signal = (minute: number, total_value: number) =>
  JSON.stringify({
    ...{ product, start: 60e6 * minute, open: 1, high: 1, low: 1, close: 100 + minute, volume: 1 },
    ...{ ma20: null, ma50: null, rsi: null, signal: 'HOLD', reason: 'none', action: 'HOLD' },
    ...{ crypto: 0, budget: total_value, total_value },
  })

test('the portfolio that stands aside lies beside the other, minute by minute; null before its first candle', () => {
  const view = new View()
  view.take('ledger', JSON.stringify(openingEntry(product, 0, 10_000)))
  for (const minute of [0, 1, 2]) view.take('signal', signal(minute, 10_000 - minute))
  const alone = portfolioOf(view.find(product)!, 100)
  expect(alone.aside).toBeNull()
  expect(alone.history.map(one => one.aside)).toEqual([null, null, null])
  view.take('asideledger', JSON.stringify(openingEntry(product, 0, 10_000)))
  for (const minute of [1, 2]) view.take('asidesignal', signal(minute, 10_000 + minute))
  const { aside, history, total_value } = portfolioOf(view.find(product)!, 100)
  expect(total_value).toBe(9998)
  expect(aside).toEqual({ total_value: 10_002, fees: 0, balanced: true, fills: 0 })
  expect(history.map(one => [one.total_value, one.aside])).toEqual([
    [10_000, null],
    [9999, 10_001],
    [9998, 10_002],
  ])
})
