import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { explore } from '../../src/publish/eda/explore.ts'
import { plotExploration } from '../../src/publish/eda/plots.ts'
import { makeMarket } from '../fixtures/eda_market.ts'
import { codeCells, plotsOf } from '../harness/notebook_cells.ts'

const text = readFileSync(new URL('../../notebooks/eda.ipynb', import.meta.url), 'utf8')
const cells = codeCells(text)

it('is executed from its first cell to its last, in order, without an error', () => {
  expect(cells.map(cell => cell.execution_count)).toEqual(cells.map((_, i) => i + 1))
  for (const { outputs } of cells) expect(outputs.map(({ output_type }) => output_type)).toEqual(['display_data'])
})

it('shows simulated data and says so in every plot', () => {
  const plots = plotsOf(cells)
  expect(plots).toHaveLength(11)
  for (const plot of plots) expect(plot).toContain('Simulated data.')
  expect(JSON.stringify(cells[0].outputs)).toContain('**Simulated data.**')
})

it('draws every plot of an exploration', () => {
  const shown = cells.flatMap(({ source }) =>
    [...source.join('').matchAll(/showPlot\(plots\.(\w+)/g)].map(match => match[1]),
  )
  expect(shown).toEqual(
    Object.keys(
      plotExploration(explore(makeMarket({ products: ['BTC-USD', 'ETH-USD'], seconds: 5000 }), {}, readConfig())),
    ),
  )
})

it('is small and names no path of a machine', () => {
  expect(text.length).toBeLessThan(1_000_000)
  expect(text).not.toMatch(/\/(home|root|tmp|Users|work)\//)
})
