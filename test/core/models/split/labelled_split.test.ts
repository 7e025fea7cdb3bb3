import { expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { splitAndLabel } from '../../../../src/core/models/split/labelled_split.ts'
import { copyTable, syntheticTable } from '../../../fixtures/synthetic_features.ts'

const { split, label } = readConfig()
const table = syntheticTable(1500)

/** The same rows with other values of sigma_future, by product. */
function withSigma(of: (product: string, row: number) => number) {
  const changed = copyTable(table)
  changed.sigma_future = changed.sigma_future.map((value, row) =>
    Number.isNaN(value) ? value : of(table.product[row], row),
  )
  return changed
}

test('labels, tau and segments follow from one another, and each segment begins where the split says', () => {
  const { split: found, tau, labels, segments } = splitAndLabel(table, { split, label })
  for (const name of ['train', 'validation', 'test'] as const) {
    expect(segments[name].rows).toBe(found[name].length)
    expect(segments[name].positives).toBe(found[name].reduce((sum, row) => sum + labels[row], 0))
  }
  expect(Object.keys(tau.tau)).toEqual(['BTC-USD', 'ETH-USD'])
  expect(segments.test.from).toBe(
    new Date(found.testFrom / 1000).toISOString().replace('.000Z', segments.test.from.slice(19)),
  )
})

test('a training of one class is refused: no spike, nothing but spikes, or a market that stood still', () => {
  const high = { ...label, tau: { 'BTC-USD': 1, 'ETH-USD': 1 } }
  const low = { ...label, tau: { 'BTC-USD': 1e-12, 'ETH-USD': 1e-12 } }
  const moving = withSigma((_, row) => 1e-5 * (1 + (row % 7)))
  for (const [settings, said] of [
    [high, /\(0 of \d+ rows are spikes\)/],
    [low, /one class only/],
  ] as const)
    expect(() => splitAndLabel(moving, { split, label: settings })).toThrow(said)
  const still = withSigma(() => 0)
  expect(() => splitAndLabel(still, { split, label })).toThrow(/BTC-USD, ETH-USD stood still/)
})

test('a product that stood still leaves all segments, the others stay', () => {
  const half = withSigma((product, row) => (product === 'ETH-USD' ? 0 : 1e-5 * (1 + (row % 7))))
  const { split: found, tau } = splitAndLabel(half, { split, label })
  expect(Object.keys(tau.tau)).toEqual(['BTC-USD'])
  for (const rows of [found.train, found.validation, found.test]) {
    expect(rows.length).toBeGreaterThan(0)
    expect([...rows].every(row => table.product[row] === 'BTC-USD')).toBe(true)
  }
})
