import { describe, expect, test } from 'vitest'
import { candleTable } from '../../../src/core/events/candle_values.ts'
import { candleColumns, windowKinds } from '../../../src/core/indicators/candle_columns.ts'
import { movingAverage } from '../../../src/core/indicators/moving_average.ts'
import { rsi, rsiKinds } from '../../../src/core/indicators/rsi.ts'
import { minute } from '../../../src/market/klines/kline.ts'
import { candle, walkingCandles } from '../../fixtures/klines.ts'

describe.each(rsiKinds)('columns of rsi %s', kind => {
  test.each(windowKinds)('over %s are the bits that come candle by candle', windows => {
    for (const length of [0, 1, 2, 13, 14, 15, 16, 20, 21, 50, 51, 52, 53, 700]) {
      const candles = walkingCandles(length, 3 + length)
      const warmUp = kind === 'seed' ? 'seed' : 'full'
      const running = [movingAverage(20, warmUp), movingAverage(50, warmUp), rsi(kind)].map(one => one.make())
      const expected = candles.map((one, i) => {
        if (windows === 'minutes' && i > 0 && one.start - candles[i - 1].start !== minute)
          for (const indicator of running) indicator.reset()
        return running.map(indicator => indicator.push(one) ?? Number.NaN)
      })
      const { ma20, ma50, rsi: strength } = candleColumns(candleTable(candles), kind, windows, minute)
      expect(candles.map((_, i) => [ma20[i], ma50[i], strength[i]])).toEqual(expected)
    }
  })
})

describe("the original's windows", () => {
  test('2.10: no warm-up, so of the first 20 rows MA20 and MA50 are one; corrected both are null until they are full', () => {
    const table = candleTable(Array.from({ length: 60 }, (_, i) => candle(i, 100 + ((7 * i) % 11))))
    const seed = candleColumns(table, 'seed', 'rows', minute)
    expect(seed.ma20.slice(0, 20)).toEqual(seed.ma50.slice(0, 20))
    const { ma20, ma50, rsi } = candleColumns(table, 'wilder', 'minutes', minute)
    const nulls = (column: Float64Array): number => column.findIndex(value => !Number.isNaN(value))
    expect([nulls(ma20), nulls(ma50), nulls(rsi)]).toEqual([19, 49, 14])
  })

  test('2.11: without loss the seed has no RSI, the others 100; where nothing moved they have 50', () => {
    const last = (closes: number[]) =>
      rsiKinds.map(kind =>
        candleColumns(candleTable(closes.map((c, i) => candle(i, c))), kind, 'rows', minute).rsi.at(-1),
      )
    expect(last(Array.from({ length: 60 }, (_, i) => 5 + i))).toEqual([Number.NaN, 100, 100])
    expect(last(new Array(60).fill(5))).toEqual([Number.NaN, 50, 50])
    expect(last(Array.from({ length: 60 }, (_, i) => 100 - i))).toEqual([0, 0, 0])
  })

  test('2.b7: counting rows an average spans more than its minutes over a gap; counting minutes it is null until full again', () => {
    const table = candleTable(Array.from({ length: 140 }, (_, i) => candle(i < 70 ? i : i + 7, 100 + (i % 5))))
    const rows = candleColumns(table, 'wilder', 'rows', minute)
    expect(rows.ma20.slice(49).some(Number.isNaN)).toBe(false)
    const { ma20, ma50, rsi } = candleColumns(table, 'wilder', 'minutes', minute)
    for (const [column, full] of [
      [ma20, 20],
      [ma50, 50],
      [rsi, 15],
    ] as const) {
      const known = Array.from(column, value => !Number.isNaN(value))
      expect(known).toEqual(known.map((_, i) => (i < 70 ? i + 1 >= full : i - 70 + 1 >= full)))
    }
  })
})
