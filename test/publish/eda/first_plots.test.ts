import { expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { showPlot } from '../../../src/publish/eda/show.ts'
import { plotFeatureBesideTarget } from '../../../src/publish/plots/eda/feature_beside_target.ts'
import { plotPrices } from '../../../src/publish/plots/eda/prices.ts'
import { renderSvg } from '../../../src/publish/plots/plot.ts'
import { makeMarket } from '../../fixtures/eda_market.ts'

const table = makeMarket({
  products: ['BTC-USD', 'ETH-USD'],
  seconds: 5000,
  sigmaAt: second => 1e-4 * (1 + Math.sin(second / 700) ** 2),
})
const look = { product: 'ETH-USD', feature: 'volatility_60s', from: 10, minutes: 60 }

it('prices of all products stand first, with units, spikes and tau', async () => {
  const svg = await renderSvg(plotPrices(table, readConfig(), true))
  for (const told of [
    'BTC-USD: price',
    'ETH-USD: price',
    'the whole file',
    'Mid (USD)',
    'sigma_future (bp)',
    'Simulated data.',
  ])
    expect(svg).toContain(told)
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
})

it('any feature stands between price and target, over the stretch that was asked for', async () => {
  const spec = plotFeatureBesideTarget(table, look, false) as { data: { values: { time: string }[] } }
  const times = spec.data.values.map(({ time }) => Date.parse(time))
  expect(times.length).toBe(1200)
  expect((times.at(-1)! - times[0]) / 60_000).toBeCloseTo(60, 0)
  const svg = await renderSvg(plotFeatureBesideTarget(table, look, false))
  expect(svg).toContain('volatility_60s (log return)')
  expect(svg).not.toMatch(/NaN|undefined|simulated/i)
})

it.each([
  ['product', { product: 'DOGE-USD' }, /no product DOGE-USD; there are BTC-USD, ETH-USD/],
  ['feature', { feature: 'luck' }, /no feature luck; docs\/feature_spec\.md names them all/],
  ['stretch', { from: 1e6 }, /no row of ETH-USD in the 60 minutes/],
])('a %s that the file does not have is refused in a line', (_, wrong, told) => {
  expect(() => plotFeatureBesideTarget(table, { ...look, ...wrong }, true)).toThrow(told)
})

it('a plot of the notebook is as wide as its page', async () => {
  const shown = (await showPlot(plotPrices(table, readConfig(), true))) as unknown as Record<
    symbol,
    () => Record<string, string>
  >
  const svg = shown[Symbol.for('Jupyter.display')]()['image/svg+xml']
  expect(svg).toMatch(/^<svg[^>]*style="width:100%;max-width:1100px"[^>]*viewBox=/)
})
