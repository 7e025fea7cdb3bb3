import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { explore } from '../../../src/publish/eda/explore.ts'
import { plotExploration } from '../../../src/publish/eda/plots.ts'
import { cutTime } from '../../../src/publish/plots/eda/time_axis.ts'
import { renderSvg } from '../../../src/publish/plots/plot.ts'
import { makeMarket } from '../../fixtures/eda_market.ts'

const config = readConfig()
const from = 1_767_571_200
const table = makeMarket({
  products: ['BTC-USD', 'ETH-USD'],
  seconds: 9000,
  sigmaAt: second => 1e-4 * (1 + Math.sin(second / 700) ** 2),
})
const found = explore(table, { 'spike60.simulated': 'true', 'spike60.digest': 'abc' }, config)

/** Titles of axes by plot, each with its unit. */
const units: Record<string, string[]> = {
  tau_candidates: ['Percentile of training seconds', 'sigma_future (bp of log return, 1 s)'],
  spike_share_over_time: ['Time (UTC)', 'Spike seconds (share)'],
  return_distribution: ['Return of one second (standard deviations)', 'Share of seconds (log)'],
  spread_distribution: ['Spread (bp of mid)', 'Seconds (cumulative, %)'],
  autocorrelation: ['Lag (s, log)', 'Correlation'],
  minute_of_hour: ['Minute of the hour (UTC)', 'Volatility / its hour'],
  feature_relations: ['Rank correlation (Spearman)'],
  spike_share_by_feature: ['Percentile of the feature', 'Spike seconds (share)'],
  coverage: ['Time (UTC)', 'Seconds (share)'],
}

function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(match => match[1])
}

describe('an exploration', () => {
  it('is plain JSON: what was saved draws the same plots', async () => {
    const saved = JSON.parse(JSON.stringify(found))
    expect(saved).toEqual(found)
  })

  it('has these plots', () => {
    expect(Object.keys(plotExploration(found))).toEqual(Object.keys(units))
  })

  for (const [name, titles] of Object.entries(units)) {
    it(`${name}: the same bytes twice, called simulated, axes with units, no number that is none`, async () => {
      const svg = await renderSvg(plotExploration(found)[name])
      expect(await renderSvg(plotExploration(found)[name])).toBe(svg)
      const texts = textsOf(svg)
      expect(texts.some(text => text.startsWith('Simulated data.'))).toBe(true)
      expect(texts).toEqual(expect.arrayContaining(titles))
      expect(svg).not.toMatch(/NaN|undefined|Infinity/)
      expect(svg.length).toBeLessThan(120_000)
    })

    it(`${name}: market data is not called simulated`, async () => {
      const svg = await renderSvg(plotExploration({ ...found, simulated: false })[name])
      expect(svg).not.toMatch(/simulated/i)
    })
  }

  it('draws a market that never moves, has no trades and no sizes', async () => {
    const still = makeMarket({ seconds: 3000, sigmaAt: () => 0 })
    for (const name of ['imbalance', 'trades_60s', 'log_volatility_60s']) still.columns[name].fill(Number.NaN)
    for (const spec of Object.values(plotExploration(explore(still, {}, config))))
      expect(await renderSvg(spec)).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('time in panels', () => {
  const iso = (second: number): string => new Date(1000 * (from + second)).toISOString()

  it('cuts holes of more than an hour out, each panel as wide as its share', () => {
    const panels = cutTime([0, 1200, 2400, 90_000, 91_200].map(iso), 1_200_000, 514)
    expect(panels.map(({ width }) => width)).toEqual([300, 200])
    expect(panels[1]).toMatchObject({ from: 1000 * (from + 90_000), to: 1000 * (from + 92_400) })
  })

  it('cuts at the five longest holes where there are more', () => {
    const times = [0, 5000, 25_000, 50_000, 75_000, 80_000, 105_000, 130_000]
    const panels = cutTime(times.map(iso), 1000, 560)
    expect(panels.map(panel => panel.from / 1000 - from)).toEqual([0, 25_000, 50_000, 75_000, 105_000, 130_000])
    expect(panels[3].to).toBe(1000 * (from + 80_001))
  })
})
