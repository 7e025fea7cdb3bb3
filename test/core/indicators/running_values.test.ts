/** Each running indicator of trades against its definition, worked out anew from all trades so far. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meanPrice } from '../../../src/core/indicators/mean_price.ts'
import { type MinuteVolume, minuteVolume } from '../../../src/core/indicators/minute_volume.ts'
import { momentum } from '../../../src/core/indicators/momentum.ts'
import { RecentValues } from '../../../src/core/indicators/recent_values.ts'
import { TimedValues } from '../../../src/core/indicators/timed_values.ts'
import { tradeFrequency } from '../../../src/core/indicators/trade_frequency.ts'
import type { TradeValues } from '../../../src/core/indicators/trade_values.ts'
import { tradeZscore } from '../../../src/core/indicators/volume_zscore.ts'
import { vwap } from '../../../src/core/indicators/vwap.ts'
import { vwapDeviation } from '../../../src/core/indicators/vwap_deviation.ts'

const step = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 2, arbitrary: fc.constantFrom(59, 60, 61, 299, 300, 301) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 2000 }) },
)
/** Trades in order of time, often at one time and often exactly a window apart. */
const someTrades = fc
  .array(fc.record({ step, price: fc.integer({ min: 1, max: 9 }), size: fc.integer({ min: 1, max: 6 }) }), {
    ...{ minLength: 1, maxLength: 90 },
  })
  .map(list => {
    let at = 1000
    return list.map(({ step, price, size }): TradeValues => {
      at += step
      return { time: 1e6 * at, price, size }
    })
  })

const within = (trades: TradeValues[], seconds: number): TradeValues[] =>
  trades.filter(({ time }) => time > trades.at(-1)!.time - 1e6 * seconds)
/** Those of the same stretch of so many seconds since the epoch. */
const alike = (trades: TradeValues[], seconds: number): TradeValues[] =>
  trades.filter(({ time }) => Math.floor(time / 1e6 / seconds) === Math.floor(trades.at(-1)!.time / 1e6 / seconds))
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
const weighted = (trades: TradeValues[]): number =>
  sum(trades.map(({ price, size }) => price * size)) / sum(trades.map(({ size }) => size))

const mean = (values: number[]): number => sum(values) / values.length

function zscore(values: number[], value: number, divisor: number): number | null {
  const deviation = Math.sqrt(sum(values.map(one => (one - mean(values)) ** 2)) / divisor)
  return deviation > 0 ? (value - mean(values)) / deviation : null
}

function expectClose(found: number | null, expected: number | null): void {
  if (found === null || expected === null) expect(found).toBe(expected)
  else expect(found).toBeCloseTo(expected, 9)
}

describe('a trade after the other', () => {
  const definitions: [
    string,
    { make(): { push(trade: TradeValues): number | null } },
    (t: TradeValues[]) => number | null,
  ][] = [
    ['trades of a minute', tradeFrequency(), trades => within(trades, 60).length],
    ['trades of seven seconds', tradeFrequency(7), trades => within(trades, 7).length],
    ['mean price', meanPrice(), trades => mean(within(trades, 300).map(({ price }) => price))],
    ['exact mean price', meanPrice('exact', 60), trades => mean(within(trades, 60).map(({ price }) => price))],
    ['VWAP', vwap(300), trades => weighted(alike(trades, 300))],
    ['deviation from VWAP', vwapDeviation('price'), trades => trades.at(-1)!.price - weighted(alike(trades, 300))],
    [
      'deviation in per cent',
      vwapDeviation('percent', 60),
      trades => 100 * (trades.at(-1)!.price / weighted(alike(trades, 60)) - 1),
    ],
    [
      'momentum',
      momentum(),
      trades => {
        const from = trades.findLast(({ time }) => time <= trades.at(-1)!.time - 60e6)
        return from ? (100 * (trades.at(-1)!.price - from.price)) / from.price : null
      },
    ],
    [
      'size among the last 20',
      tradeZscore('trade20'),
      trades => {
        const sizes = trades.slice(-20).map(({ size }) => size)
        return zscore(sizes, sizes.at(-1)!, sizes.length) ?? 0
      },
    ],
    [
      'size against the 20 before',
      tradeZscore('trade20_before'),
      trades => {
        const sizes = trades.slice(-21).map(({ size }) => size)
        return sizes.length < 21 ? null : zscore(sizes.slice(0, 20), sizes[20], 19)
      },
    ],
  ]

  test.each(definitions)('%s', (_, indicator, definition) => {
    fc.assert(
      fc.property(someTrades, trades => {
        const running = indicator.make()
        trades.forEach((trade, i) => expectClose(running.push(trade), definition(trades.slice(0, i + 1))))
      }),
    )
  })

  test('volume of each minute that is over, one without a trade counts 0', () => {
    fc.assert(
      fc.property(someTrades, trades => {
        const running = minuteVolume.make()
        const first = Math.floor(trades[0].time / 60e6)
        trades.forEach((trade, i) => {
          const now = Math.floor(trade.time / 60e6)
          const volumes = Array.from({ length: now - first }, (_, k) =>
            sum(trades.slice(0, i).flatMap(({ time, size }) => (Math.floor(time / 60e6) === first + k ? [size] : []))),
          )
          const before = volumes.slice(-21, -1)
          const found = running.push(trade) as MinuteVolume | null
          if (volumes.length === 0) expect(found).toBeNull()
          else {
            expect(found).toMatchObject({ start: (now - 1) * 60e6, volume: volumes.at(-1) })
            expectClose(found!.zscore, before.length < 20 ? null : zscore(before, volumes.at(-1)!, 19))
          }
        })
      }),
    )
  })
})

test('the latest values: as many as there is room for, oldest first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ max: 99 }), { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (list, most) => {
      const recent = new RecentValues(most)
      list.forEach((value, i) => {
        recent.push(value)
        const held = list.slice(0, i + 1).slice(-most)
        expect([recent.toArray(), recent.length, recent.isFull]).toEqual([held, held.length, held.length === most])
        expect([recent.sum(), recent.mean()]).toEqual([sum(held), sum(held) / held.length])
      })
      const again = new RecentValues(most)
      again.push(7)
      again.restore(recent.toArray())
      expect([again.toArray(), again.sum()]).toEqual([recent.toArray(), recent.sum()])
      again.clear()
      expect([again.toArray(), again.isFull]).toEqual([[], false])
    }),
  )
})

test('values of a stretch of time: what is forgotten is told, the rest stays, over thousands of them', () => {
  const timed = new TimedValues()
  let held: [time: number, value: number][] = []
  for (let i = 0; i < 6000; i++) {
    timed.push(i, 2 * i)
    held.push([i, 2 * i])
    if (i % 700 !== 699) continue
    const until = i - 300 - (i % 3)
    const told: number[] = []
    const gone = held.filter(([time]) => time <= until)
    held = held.filter(([time]) => time > until)
    expect(timed.forget(until, value => told.push(value))).toBe(gone.at(-1)![1])
    expect(told).toEqual(gone.map(([, value]) => value))
    expect(timed.forget(until)).toBeNull()
    const values = held.map(([, value]) => value)
    expect([timed.length, timed.sum(), timed.latest()]).toEqual([held.length, sum(values), values])
    const again = new TimedValues()
    again.restore(timed.state())
    expect(again.latest()).toEqual(values)
  }
  timed.clear()
  expect([timed.length, timed.sum()]).toEqual([0, 0])
})
