import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/math/random.ts'
import { autocorrelate } from '../../../src/publish/eda/autocorrelation.ts'
import { countNulls, coverByBlock, describeSessions } from '../../../src/publish/eda/coverage.ts'
import { binReturns, describeReturns, describeSpreads } from '../../../src/publish/eda/distributions.ts'
import { profileMinutes } from '../../../src/publish/eda/minute_of_hour.ts'
import { makeMarket, sessions } from '../../fixtures/eda_market.ts'

describe('returns and spreads', () => {
  it('finds normal returns normal: no excess kurtosis, the bins of the bell', () => {
    const table = makeMarket({ seconds: 40_000 })
    const [second] = describeReturns(table)
    expect(second.std).toBeCloseTo(1e-4, 6)
    expect(Math.abs(second.excess_kurtosis)).toBeLessThan(0.15)
    const bins = binReturns(table)
    expect(bins.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
    for (const { share, normal } of bins) expect(Math.abs(share - normal)).toBeLessThan(0.01)
  })

  it('keeps every return: those beyond the last bin are in it', () => {
    const table = makeMarket({ seconds: 2000 })
    table.columns.return_1s[50] = 0.5
    const bins = binReturns(table)
    expect(bins.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(bins.at(-1)).toMatchObject({ z: 12 })
    expect(bins.at(-1)!.share * 1999).toBeCloseTo(1, 6)
  })

  it('has no bins for a price that never moves', () => {
    const table = makeMarket({ seconds: 600, sigmaAt: () => 0 })
    expect(binReturns(table)).toEqual([])
    expect(describeReturns(table)[0]).toMatchObject({ std: 0, zero_share: 1 })
  })

  it('counts seconds with ask <= bid', () => {
    const table = makeMarket({ seconds: 1000 })
    table.columns.spread_bps.fill(2)
    table.columns.spread_bps.fill(-1, 0, 100)
    table.columns.spread_bps.fill(0, 100, 150)
    const [spread] = describeSpreads(table)
    expect(spread.crossed_share).toBeCloseTo(0.15, 12)
    expect(spread.quantiles.find(({ percentile }) => percentile === 50)?.spread_bps).toBe(2)
  })
})

describe('autocorrelation', () => {
  it('finds the memory of an autoregression', () => {
    const table = makeMarket({ seconds: 40_000 })
    const random = seededRandom(3)
    const keep = Math.exp(-1 / 200)
    let x = 0
    table.columns.log_volatility_60s = table.columns.log_volatility_60s.map(() => {
      x = keep * x + random() - 0.5
      return x
    })
    const at = (lag: number) =>
      autocorrelate(table, sessions).find(one => one.series.startsWith('log') && one.lag_s === lag)!.correlation
    expect(at(60)).toBeGreaterThan(0.6)
    expect(at(60)).toBeLessThan(0.85)
    expect(Math.abs(at(1800))).toBeLessThan(0.25)
  })

  it('pairs rows by time and never across a session', () => {
    const from = 1_767_571_200
    const table = makeMarket({ seconds: 4000, isThere: second => second < from + 2000 || second >= from + 3000 })
    const lag1 = autocorrelate(table, sessions).find(one => one.lag_s === 1)!
    expect(lag1.pairs).toBe(1999 - 1 + (999 - 1))
  })
})

describe('minute of the hour', () => {
  it('finds the minute that is three times as loud, by the bar that a return belongs to', () => {
    const loud = 15
    const table = makeMarket({
      seconds: 6 * 3600,
      sigmaAt: second => (Math.floor((second - 1) / 60) % 60 === loud ? 3e-4 : 1e-4),
    })
    const minutes = profileMinutes(table)
    expect(minutes).toHaveLength(60)
    const highest = minutes.reduce((best, one) => (one.median > best.median ? one : best))
    expect(highest.minute).toBe(loud)
    expect(highest.median).toBeGreaterThan(2.2)
    for (const { minute, median } of minutes) if (minute !== loud) expect(median).toBeLessThan(1.4)
  })

  it('divides each hour by its own level', () => {
    const table = makeMarket({
      seconds: 6 * 3600,
      sigmaAt: second => (Math.floor((second - 1) / 3600) % 2 === 0 ? 1e-3 : 1e-5),
    })
    for (const { median } of profileMinutes(table)) expect(median).toBeCloseTo(1, 0)
  })
})

describe('coverage', () => {
  const from = 1_767_571_200
  const table = makeMarket({
    seconds: 6000,
    from,
    isThere: second =>
      (second < from + 600 || second >= from + 620) && (second < from + 3000 || second >= from + 3000 + 890),
  })

  it('cuts sessions at a silence, not at a hole', () => {
    const found = describeSessions(table, sessions)
    expect(found.map(({ seconds }) => seconds)).toEqual([3000, 6000 - 3890])
    expect(found[0]).toMatchObject({ longest_hole: 20, with_mid: 2980 / 3000 })
    // The first row has no return, the hole ends the 60 before it, the row after it has none again.
    expect(found[0].labelled * 3000).toBe(600 - 60 + (2380 - 60))
  })

  it('counts each gap once, though 900 rows tell of it', () => {
    const gaps = makeMarket({ seconds: 3000, from })
    const ends = [100.25, 700.5]
    for (let row = 0; row < gaps.rows; row++) {
      const last = ends.filter(end => end < row && row - end <= 900).at(-1)
      if (last !== undefined) gaps.columns.since_gap[row] = row - last
    }
    expect(describeSessions(gaps, sessions)[0].gaps).toBe(2)
  })

  it('calls a block without any row missing, inside a session only', () => {
    const holed = makeMarket({ seconds: 3600, from, isThere: s => s < from + 600 || s >= from + 900 })
    const { block_s, blocks } = coverByBlock(holed, sessions)
    expect(block_s).toBe(60)
    expect(blocks).toHaveLength(60)
    expect(blocks.filter(({ without_mid }) => without_mid === 1)).toHaveLength(5)
    expect(blocks.filter(({ without_mid }) => without_mid > 0)).toHaveLength(5)
  })

  it('lists the features that are null, largest share first', () => {
    const some = makeMarket({ seconds: 1000 })
    some.columns.imbalance.fill(Number.NaN)
    some.columns.since_gap.fill(1)
    some.columns.ticks_60s.fill(Number.NaN, 0, 30)
    expect(countNulls(some)).toEqual([
      { product: 'BTC-USD', feature: 'imbalance', share: 1 },
      { product: 'BTC-USD', feature: 'ticks_60s', share: 0.03 },
      { product: 'BTC-USD', feature: 'return_1s', share: 0.001 },
    ])
  })
})
