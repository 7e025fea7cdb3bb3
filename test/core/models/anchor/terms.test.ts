import { describe, expect, test } from 'vitest'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { anchorTerms } from '../../../../src/core/models/anchor/terms.ts'

const floor = 1e-7
const read = [
  ...['return_1s', 'ticks_10s', 'ewma_volatility_120s', 'ewma_volatility_60s', 'volatility_10s', 'volatility_30s'],
  ...['volatility_60s', 'volatility_300s', 'volatility_900s', 'parkinson_60s', 'parkinson_300s', 'abs_return_60s'],
  ...['abs_return_300s', 'volatility_of_volatility_300s', 'volatility_zscore_900s', 'mid_changes_60s'],
  ...['mid_changes_300s', 'bollinger_width_1200s'],
]
/** Seconds around a full hour, then across silences that put every half-life to the test. */
const seconds = [
  ...Array.from({ length: 150 }, (_, i) => 3530 + i),
  ...Array.from({ length: 12 }, (_, i) => 3830 + 7 * i),
  ...[4300, 4301, 4440, 4441, 4442, 7199, 7200, 7201, 60_000, 60_001, 60_002],
]

/** Two products side by side, each value drawn on its own, some of them null, 0 or far out. */
function randomTable(): FeatureTable {
  const random = seededRandom(14)
  const rows = 2 * seconds.length
  const draw = (name: string): number => {
    if (random() < 0.08) return Number.NaN
    if (/^(ticks|mid_changes)/.test(name)) return Math.floor(20 * random())
    if (name === 'volatility_zscore_900s') return 24 * random() - 12
    const size = 10 ** (-4 - 3 * random())
    if (name === 'return_1s') return random() < 0.3 ? 0 : (random() - 0.5) * size
    return random() < 0.1 ? 1e-12 : size
  }
  const columns = Object.fromEntries(read.map(name => [name, Float64Array.from({ length: rows }, () => draw(name))]))
  return {
    rows,
    product: Array.from({ length: rows }, (_, row) => (row < seconds.length ? 'BTC-USD' : 'ETH-USD')),
    time: Float64Array.from([...seconds, ...seconds], second => 1e6 * second),
    columns,
    sigma_future: new Float64Array(rows).fill(Number.NaN),
  }
}

describe('every term, written out anew from its definition', () => {
  const table = randomTable()
  const { anchor, names, columns } = anchorTerms(table)

  test.each(['BTC-USD', 'ETH-USD'])('of %s', product => {
    const rows = Array.from({ length: table.rows }, (_, row) => row).filter(row => table.product[row] === product)
    const at = (i: number): number => table.time[rows[i]] / 1e6
    const value = (name: string, i: number): number => table.columns[name][rows[i]]
    const ln = (x: number): number => (Number.isNaN(x) ? x : Math.log(Math.max(x, floor)))
    /** The mean of what was up to row i, half as heavy for each half-life since. */
    const mean = (halfLife: number, i: number, of: (j: number) => number): number => {
      let [sum, weight] = [0, 0]
      for (let j = 0; j <= i; j++) {
        if (Number.isNaN(of(j))) continue
        const share = 0.5 ** ((at(i) - at(j)) / halfLife)
        sum += share * of(j)
        weight += share
      }
      return weight > 1e-9 ? sum / weight : Number.NaN
    }
    const size = (j: number): number => Math.abs(value('return_1s', j))
    const own = (h: number, i: number): number => ln(Math.sqrt(mean(h, i, j => size(j) ** 2)))
    const base = (i: number): number => {
      const usual = ['ewma_volatility_120s', 'ewma_volatility_60s', 'volatility_60s'].map(name => value(name, i))
      const known = usual.find(one => !Number.isNaN(one))
      if (known !== undefined) return ln(known)
      return Number.isNaN(own(120, i)) ? Math.log(floor) : own(120, i)
    }
    const least = (x: number): number => (x < -4 ? -4 : x)
    const over = (name: string, i: number, over_s = 1): number =>
      least(ln(value(name, i)) - base(i) - Math.log(over_s) / 2)
    const rate = (h: number, i: number): number => mean(h, i, j => value('ticks_10s', j) / 10) + 0.01
    const bipower = (j: number): number =>
      j > 0 && at(j) - at(j - 1) === 1 ? (Math.PI / 2) * size(j) * size(j - 1) : Number.NaN
    const still = (j: number): number => (Number.isNaN(size(j)) ? Number.NaN : Number(size(j) === 0))
    const expected: Record<string, (i: number) => number> = {}
    for (const h of [10, 30, 60, 120, 300, 600, 1800, 3600, 14_400])
      expected[`ewma_${h}`] = i => least(own(h, i) - base(i))
    for (const w of [10, 30, 60, 300, 900]) expected[`volatility_${w}`] = i => over(`volatility_${w}s`, i)
    for (const h of [30, 120, 600]) {
      expected[`mean_abs_${h}`] = i => least(ln(mean(h, i, size)) - own(h, i))
      expected[`still_${h}`] = i => mean(h, i, still)
    }
    for (const h of [60, 300]) {
      expected[`bipower_${h}`] = i => least(ln(Math.sqrt(mean(h, i, bipower))) - own(h, i))
      expected[`range_${h}`] = i => over(`parkinson_${h}s`, i, h)
      expected[`move_${h}`] = i => over(`abs_return_${h}s`, i, h)
    }
    expected.volatility_of_volatility = i => over('volatility_of_volatility_300s', i)
    expected.zscore = i => Math.min(least(value('volatility_zscore_900s', i)), 8)
    expected.ticks = i => Math.log(rate(10, i) / rate(120, i))
    expected.ticks_long = i => Math.log(rate(120, i) / rate(1800, i))
    expected.mid_changes = i => Math.log((5 * value('mid_changes_60s', i) + 1) / (value('mid_changes_300s', i) + 1))
    expected.width = i => over('bollinger_width_1200s', i, 19_200)
    for (const minutes of [5, 15, 60]) {
      const toMark = (i: number): number => 60 * minutes - (at(i) % (60 * minutes))
      expected[`mark_ahead_${minutes}`] = i => Number(toMark(i) <= 60)
      expected[`mark_near_${minutes}`] = i => {
        const away = Math.min(toMark(i), 60 * minutes - toMark(i))
        return away > 60 ? 0 : 1 - away / 60
      }
    }
    expect(names.toSorted()).toEqual(Object.keys(expected).toSorted())
    for (let i = 0; i < rows.length; i++) {
      expect(anchor[rows[i]], `anchor at ${at(i)}`).toBeCloseTo(base(i), 9)
      for (const [j, name] of names.entries()) {
        const [found, wanted] = [columns[j][rows[i]], expected[name](i)]
        expect(Number.isNaN(found), `${name} at ${at(i)}`).toBe(Number.isNaN(wanted))
        if (!Number.isNaN(wanted)) expect(found, `${name} at ${at(i)}`).toBeCloseTo(wanted, 5)
      }
    }
  })
})
