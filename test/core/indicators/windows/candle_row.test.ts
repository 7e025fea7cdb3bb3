import { describe, expect, test } from 'vitest'
import {
  candleOfExchange,
  candleOfWindow,
  decodeCandleRow,
} from '../../../../src/core/indicators/windows/candle_row.ts'
import { candleEvent } from '../../../fixtures/klines.ts'

const minute = 60_000_000
const event = candleEvent('BTC-USD', { start: 2 * minute, open: 10, high: 12, low: 9, close: 11, volume: 1.25 })

describe('a candle on its topic', () => {
  test("is the exchange's own bar of a minute, final at once", () => {
    expect(candleOfExchange({ ...event, trades: 7 })).toEqual({
      ...{ product: 'BTC-USD', start: 120, end: 180, open: 10, high: 12, low: 9, close: 11, volume: '1.25000000' },
      ...{ trades: 7, source: 'exchange', revision: 1, final: true },
    })
  })

  test.each<object>([
    { time: event.time + 1 },
    { start: 0 },
    { open: '0' },
    { high: '-1' },
    { low: 'x' },
    { close: '' },
    { volume: '1,5' },
  ])('is none of %j', wrong => expect(candleOfExchange({ ...event, ...wrong })).toBeNull())

  test('of a window of trades has its revision', () => {
    const span = { product: 'A', start: 0, end: 60, trades: 3, volume: null, open: 1, high: 2, low: 0.5, close: 1.5 }
    const more = {
      notional: null,
      vwap: null,
      moving_average: 1,
      price_std: null,
      return_std: null,
      source: 'ticker' as const,
    }
    expect(candleOfWindow({ ...span, ...more, revision: 4, final: false })).toEqual({
      ...span,
      source: 'trades',
      revision: 4,
      final: false,
    })
  })

  const row = candleOfExchange(event)!
  test('comes back from its record, without a volume too', () => {
    expect(decodeCandleRow(JSON.stringify(row))).toEqual(row)
    expect(decodeCandleRow(JSON.stringify({ ...row, volume: null }))).toEqual({ ...row, volume: null })
  })

  test.each<object>([
    ...[{ product: null }, { volume: 1 }, { volume: undefined }],
    ...['start', 'end', 'revision', 'open', 'high', 'low', 'close'].map(name => ({ [name]: null })),
  ])('is no record with %j', wrong => expect(decodeCandleRow(JSON.stringify({ ...row, ...wrong }))).toBeNull())
})
