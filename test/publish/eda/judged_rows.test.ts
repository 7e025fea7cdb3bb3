import { describe, expect, it } from 'vitest'
import { parseConfig, readConfig } from '../../../src/config.ts'
import type { FeatureTable } from '../../../src/core/features/table.ts'
import { splitByTime } from '../../../src/core/models/split/split.ts'
import { binFeatures, binnedFeatures, relateFeatures } from '../../../src/publish/eda/relations.ts'
import { compareTau } from '../../../src/publish/eda/tau_choice.ts'
import { makeMarket } from '../../fixtures/eda_market.ts'

const config = readConfig()
const products = ['BTC-USD', 'ETH-USD']
const market = (): FeatureTable =>
  makeMarket({ products, seconds: 9000, sigmaAt: second => 1e-4 * (1 + Math.sin(second / 700) ** 2) })

/** The table with the features alone that are binned, and two more. */
function withFew(table: FeatureTable): FeatureTable {
  const names = [...binnedFeatures, 'hour_sin', 'imbalance']
  return { ...table, columns: Object.fromEntries(names.map(name => [name, table.columns[name]])) }
}

/** The same table, every value of the rows after training replaced. */
function withOtherFuture(table: FeatureTable): FeatureTable {
  const { validationFrom } = splitByTime(table, config.split)
  const change = (column: Float64Array): Float64Array =>
    column.map((value, row) => (table.time[row] >= validationFrom ? value * 50 - 3 : value))
  return {
    ...table,
    columns: Object.fromEntries(Object.entries(table.columns).map(([name, column]) => [name, change(column)])),
    sigma_future: change(table.sigma_future),
  }
}

describe('choices of the exploration', () => {
  it('take tau from training rows alone, low and high and the curve too', () => {
    const table = market()
    const before = compareTau(table, config)
    const after = compareTau(withOtherFuture(table), config)
    const chosen = (choice: typeof before) => [
      choice.curve,
      choice.candidates.map(({ segments, ...rest }) => ({ ...rest, train: segments.train })),
    ]
    expect(chosen(after)).toEqual(chosen(before))
    expect(after.candidates.map(one => one.segments.test)).not.toEqual(before.candidates.map(one => one.segments.test))
  })

  it('relate and bin features over training rows alone', () => {
    const table = withFew(market())
    const other = withOtherFuture(table)
    const { train } = splitByTime(table, config.split)
    expect(relateFeatures(other, train)).toEqual(relateFeatures(table, train))
    expect(binFeatures(other, train, 90)).toEqual(binFeatures(table, train, 90))
  })
})

describe('candidates for tau', () => {
  it('leave the share of training above them that their percentile says', () => {
    const { candidates, chosen } = compareTau(market(), config)
    expect(chosen).toBe(90)
    expect(candidates.map(({ percentile }) => percentile)).toEqual([85, 85, 90, 90, 95, 95])
    for (const { percentile, segments, low, tau, high } of candidates) {
      expect(segments.train.prevalence).toBeCloseTo(1 - percentile / 100, 2)
      expect(low).toBeLessThanOrEqual(tau)
      expect(high).toBeGreaterThanOrEqual(tau)
    }
  })

  it('include the percentile of the config', () => {
    const other = parseConfig(
      JSON.stringify({ ...config, label: { percentile: 97.5, tau: null } }),
      'a config with another percentile',
    )
    const { candidates, chosen } = compareTau(makeMarket(), other)
    expect(chosen).toBe(97.5)
    expect(candidates.map(({ percentile }) => percentile)).toEqual([85, 90, 95, 97.5])
  })

  it('count the training blocks without a spike', () => {
    const from = 1_767_571_200
    const table = makeMarket({ seconds: 12_000, from, sigmaAt: s => (s < from + 1200 ? 1e-3 : 1e-5) })
    for (const { blocks, quiet_blocks, low, tau } of compareTau(table, config).candidates) {
      expect(blocks).toBe(6)
      expect(quiet_blocks).toBeGreaterThanOrEqual(4)
      // Without the one loud block tau would be a hundredth.
      expect(low).toBeLessThan(tau / 20)
    }
  })

  it('name a product that training has no row of', () => {
    const from = 1_767_571_200
    const table = makeMarket({ products, seconds: 6000, from })
    for (let row = 0; row < table.rows; row++)
      if (table.product[row] === 'ETH-USD' && table.time[row] < (from + 5000) * 1e6)
        table.sigma_future[row] = Number.NaN
    const { without_training, candidates } = compareTau(table, config)
    expect(without_training).toEqual(['ETH-USD'])
    expect(new Set(candidates.map(({ product }) => product))).toEqual(new Set(['BTC-USD']))
  })
})

describe('relations with the target', () => {
  it('tell level from timing', () => {
    const from = 1_767_571_200
    const level = (second: number): number => 1e-4 * (1 + (Math.floor(second / 1200) % 4))
    const table = withFew(makeMarket({ seconds: 24_000, from, sigmaAt: level }))
    const random = table.columns.hour_sin
    table.columns.ticks_60s = table.time.map((time, row) => level(time / 1e6) + 1e-5 * random[row])
    table.columns.trades_60s = table.sigma_future.map(sigma => sigma ** 2)
    const { train } = splitByTime(table, config.split)
    const relations = relateFeatures(table, train)
    const of = (feature: string) => relations.find(one => one.feature === feature)!
    expect(of('ticks_60s').pooled).toBeGreaterThan(0.85)
    expect(Math.abs(of('ticks_60s').within!)).toBeLessThan(0.3)
    expect(of('trades_60s')).toMatchObject({ pooled: 1, within: 1, first_half: 1, second_half: 1 })
    const bins = binFeatures(table, train, 90).filter(({ feature }) => feature === 'trades_60s')
    expect(bins.map(bin => Math.round(bin.spike_share))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  })

  it('say nothing of a feature that is hardly ever known', () => {
    const table = withFew(makeMarket())
    table.columns.imbalance.fill(Number.NaN, 0, table.rows - 100)
    const { train } = splitByTime(table, config.split)
    expect(relateFeatures(table, train).find(({ feature }) => feature === 'imbalance')?.pooled).toBeNull()
  })
})
