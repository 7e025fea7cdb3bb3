import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unitsOfNumber } from '../../../../src/core/indicators/windows/decimal_units.ts'
import type { Tick } from '../../../../src/core/indicators/windows/tick.ts'
import { Trend, type TrendRow } from '../../../../src/core/indicators/windows/trend.ts'

const minute = 60e6

function tick(product: string, time: number, price: number, size: number | null): Tick {
  const units = unitsOfNumber(price)!
  return {
    source: 'trades',
    product,
    time,
    id: `${time}`,
    price,
    units,
    size: size === null ? null : unitsOfNumber(size),
  }
}

/** The table from its definition: whole lists, minute by minute. */
function slowTable(ticks: Tick[], now: number): TrendRow[] {
  const bases = [...new Set(ticks.map(({ product }) => product))].sort()
  return bases.flatMap(base => {
    const own = ticks.filter(({ product }) => product === base)
    const minutes = [...new Set(own.map(({ time }) => Math.floor(time / minute)))].sort((a, b) => a - b)
    const averages = minutes.map(index => {
      const sized = own.filter(({ time, size }) => Math.floor(time / minute) === index && size !== null)
      const volume = sized.reduce((sum, { size }) => sum + Number(size) / 1e8, 0)
      const amount = sized.reduce((sum, { size, price }) => sum + (Number(size) / 1e8) * price, 0)
      return sized.length === 0 ? null : { volume, amount, average: amount / volume }
    })
    return minutes.flatMap((index, i) => {
      if (index * minute <= now - 6 * minute) return []
      const all = own.filter(({ time }) => Math.floor(time / minute) === index)
      const [found, before] = [averages[i], averages[i - 1]]
      const known = found && before
      return [
        {
          ...{ base, start: index * 60, trades: all.length },
          ...{ total_volume: found?.volume ?? null, total_amount: found?.amount ?? null },
          average_price: all.reduce((sum, { price }) => sum + price, 0) / all.length,
          actual_avg: found?.average ?? null,
          price_trend: !known
            ? 'null'
            : found.average > before.average
              ? 'up'
              : found.average < before.average
                ? 'down'
                : 'flat',
        } as const,
      ]
    })
  })
}

describe('the trend of the last minutes', () => {
  test('is what its definition says, whatever the order of the trades', () => {
    const some = fc.record({
      ...{
        product: fc.constantFrom('bitcoin', 'ether'),
        time: fc.nat({ max: 9 * minute }),
        price: fc.integer({ min: 1, max: 4 }),
      },
      size: fc.option(fc.constantFrom(0.5, 1, 2), { freq: 3 }),
    })
    fc.assert(
      fc.property(fc.array(some, { maxLength: 40 }), fc.nat({ max: 10 }), (all, at) => {
        const ticks = all.map(({ product, time, price, size }) => tick(product, time, price, size))
        const trend = new Trend()
        for (const one of ticks) trend.push(one)
        expect(trend.table(at * minute)).toEqual(slowTable(ticks, at * minute))
      }),
    )
  })

  test('a minute is shown while it began less than six minutes ago', () => {
    const trend = new Trend()
    trend.push(tick('bitcoin', 0, 1, 1))
    expect(trend.table(6 * minute - 1)).toHaveLength(1)
    expect(trend.table(6 * minute)).toEqual([])
  })

  test('of more than a day of minutes the oldest is forgotten, and no other', () => {
    const trend = new Trend()
    for (let i = 1440; i >= 0; i--) trend.push(tick('bitcoin', i * minute, 1, 1))
    const rows = trend.table(0)
    expect(rows).toHaveLength(1440)
    expect([rows[0], rows[1]].map(({ start, price_trend }) => [start, price_trend])).toEqual([
      [60, 'null'],
      [120, 'flat'],
    ])
  })
})
