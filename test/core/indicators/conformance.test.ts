/** What every indicator must hold to: its slow reference to the bit, and the same after a restart, a reset, and a JSON. */
import { describe, expect, test } from 'vitest'
import { rollingDeviation } from '../../../src/core/indicators/deviation.ts'
import type { Indicator } from '../../../src/core/indicators/indicator.ts'
import { meanPrice } from '../../../src/core/indicators/mean_price.ts'
import { minuteVolume } from '../../../src/core/indicators/minute_volume.ts'
import { momentum } from '../../../src/core/indicators/momentum.ts'
import { movingAverage } from '../../../src/core/indicators/moving_average.ts'
import { rsi, rsiKinds } from '../../../src/core/indicators/rsi.ts'
import { tradeFrequency } from '../../../src/core/indicators/trade_frequency.ts'
import { tradeZscore } from '../../../src/core/indicators/volume_zscore.ts'
import { vwap } from '../../../src/core/indicators/vwap.ts'
import { vwapDeviation } from '../../../src/core/indicators/vwap_deviation.ts'
import { walkingCandles } from '../../fixtures/klines.ts'
import {
  randomTrades,
  slowAverage,
  slowDeviation,
  slowExactMeanPrice,
  slowFrequency,
  slowMeanPrice,
  slowMinuteVolume,
  slowMomentum,
  slowStrength,
  slowTradeZscore,
  slowVwap,
  slowVwapDeviation,
} from '../../fixtures/reference_indicators.ts'

interface Case {
  name: string
  needs: number
  /** Values as they come, the whole of them. */
  indicator: Indicator<unknown, unknown>
  inputs: unknown[]
  /** The value after the last of these, from the definition's words. */
  slow(inputs: unknown[]): unknown
}

function caseOf<In>(indicator: Indicator<In, unknown>, inputs: In[], slow: (inputs: In[]) => unknown): Case {
  const { name, needs } = indicator
  return { name, needs, indicator, inputs, slow } as Case
}

const candles = walkingCandles(400, 7)
const trades = randomTrades(600, 7)
const cases: Case[] = [
  ...([20, 50, 1, 3] as const).flatMap(length =>
    (['seed', 'full'] as const).map(warmUp =>
      caseOf(movingAverage(length, warmUp), candles, all => slowAverage(all, length, warmUp)),
    ),
  ),
  ...rsiKinds.map(kind => caseOf(rsi(kind), candles, all => slowStrength(all, kind))),
  ...[2, 20].map(length => caseOf(rollingDeviation(length), candles, all => slowDeviation(all, length))),
  ...[60, 300].map(seconds => caseOf(vwap(seconds), trades, all => slowVwap(all, seconds))),
  ...(['price', 'percent'] as const).map(unit =>
    caseOf(vwapDeviation(unit), trades, all => slowVwapDeviation(all, unit)),
  ),
  ...(['trade20', 'trade20_before'] as const).map(kind =>
    caseOf(tradeZscore(kind), trades, all => slowTradeZscore(all, kind)),
  ),
  caseOf(minuteVolume, trades, slowMinuteVolume),
  caseOf(meanPrice(), trades, slowMeanPrice),
  caseOf(meanPrice('exact'), trades, slowExactMeanPrice),
  caseOf(momentum(), trades, slowMomentum),
  caseOf(tradeFrequency(), trades, slowFrequency),
]

describe.each(cases)('$name, needing $needs', ({ indicator, inputs: all, slow }) => {
  const running = indicator.make()
  const values = all.map(input => running.push(input))

  test('is its slow reference to the bit', () => {
    expect(values).toEqual(all.map((_, i) => slow(all.slice(0, i + 1))))
    expect(values.some(value => value !== null)).toBe(true)
  })

  test('has no value before its inputs are there', () => {
    expect(values.findIndex(value => value !== null)).toBeGreaterThanOrEqual(indicator.needs - 1)
    // The original's RSI has none before a loss either.
    if (indicator.reads.includes('candle') && indicator.name !== 'rsi_seed')
      expect(values.findIndex(value => value !== null)).toBe(indicator.needs - 1)
  })

  test('goes on after a restart at any place with the same bits', () => {
    for (let cut = 0; cut < all.length; cut += 13) {
      const former = indicator.make()
      for (const input of all.slice(0, cut)) former.push(input)
      const next = indicator.make()
      next.push(all.at(-1)!)
      next.restore(JSON.parse(JSON.stringify(former.state())))
      expect(all.slice(cut).map(input => next.push(input))).toEqual(values.slice(cut))
    }
  })

  test('after a reset knows nothing of what was before', () => {
    running.reset()
    expect(all.map(input => running.push(input))).toEqual(values)
  })
})

test("the seed's RSI has a value from the second candle on, where that is lower", () => {
  const [first, second] = walkingCandles(2, 7)
  const running = rsi('seed').make()
  const values = [first, { ...second, close: first.close / 2 }].map(candle => running.push(candle))
  expect(values).toEqual([null, 0])
  expect(rsi('seed').needs).toBe(2)
})
