import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { infer } from '../../../src/jobs/score/file.ts'
import { writeTable } from '../../../src/stores/parquet.ts'
import { scorerModel } from '../../fixtures/scorer_model.ts'
import { syntheticTable } from '../../fixtures/synthetic_features.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-bad-model-'))
const [features, model, out] = ['features.parquet', 'model.json', 'scores.parquet'].map(name => join(folder, name))
beforeAll(() => writeTable(features, syntheticTable(90), {}))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function faultsOf(artifact: unknown): Promise<string[]> {
  writeFileSync(model, typeof artifact === 'string' ? artifact : JSON.stringify(artifact))
  const error = await infer({ features, model, out }).then(
    () => null,
    error => error,
  )
  expect(existsSync(out)).toBe(error === null)
  rmSync(out, { force: true })
  if (error === null) return []
  expect(error).toMatchObject({ code: 'BAD_MODEL', exit: 2 })
  return error.faults
}

const { version, name, spec_version, config_hash, simulated, threshold, tau, trained_on } = scorerModel
const common = { version, name, spec_version, config_hash, simulated, threshold, tau, trained_on }
const tree = {
  feature: [0, -1, -1],
  threshold: [0, 0, 0],
  nullLeft: [1, -1, -1],
  left: [1, -1, -1],
  right: [2, -1, -1],
}
const volatility = {
  ...common,
  format: 'spike60-volatility',
  inputs: ['volatility_60s'],
  readings: [{ name: 'volatility_60s', log: true, times: 1, per_tau: true, add: 0 }],
  terms: [{ name: 'ln volatility_60s', of: 0, less: null, monotone: 0 }],
  linear: { impute: [0], indicators: [0], mean: [0, 0], scale: [1, 1], weights: [1, 0], intercept: 0 },
  trees: { base: 0, trees: [{ ...tree, value: [0, 1, 2], gain: [1, 0, 0] }] },
  link: { slope: 1, offset: 0 },
}

test('models that can be used are', async () => {
  expect(await faultsOf(scorerModel)).toEqual([])
  expect(await faultsOf(volatility)).toEqual([])
})

test.each<[string, unknown, RegExp]>([
  ['no JSON', '{', /is not JSON/],
  ['an infinite weight', JSON.stringify(scorerModel).replace('0.05', '1e999'), /weights.2: /],
  ['a tree that asks for a term there is not', spoil({ feature: [1, -1, -1] }), /trees: point outside terms/],
  ['a tree that goes round', spoil({ left: [0, -1, -1] }), /a child does not come after its parent/],
  ['no part at all', { ...volatility, linear: null, trees: null }, /linear: and trees are missing/],
  [
    'a linear part of other terms',
    linear({ impute: [0, 0], mean: [0, 0, 0], scale: [1, 1, 1], weights: [1, 1, 1] }),
    /as long as terms/,
  ],
  ['an indicator of a term there is not', linear({ indicators: [1] }), /linear.indicators: point outside terms/],
])('%s is refused in one line', async (_, artifact, fault) => {
  expect(await faultsOf(artifact)).toEqual([expect.stringMatching(fault)])
})

test('an input that no row has is told, and one that some have is not', async () => {
  writeFileSync(model, JSON.stringify(scorerModel))
  const bare = join(folder, 'bare.parquet')
  const warningOf = async (column: Float64Array): Promise<string | null> => {
    const table = syntheticTable(90)
    const columns = { ...table.columns, volatility_60s: column }
    await writeTable(bare, { ...table, columns }, { 'spike60.spec_version': scorerModel.spec_version })
    return (await infer({ features: bare, model, out })).warning
  }
  const { rows } = syntheticTable(90)
  const none = new Float64Array(rows).fill(Number.NaN)
  expect(await warningOf(none)).toMatch(/bare.parquet: no row has a value of volatility_60s, which the model reads/)
  expect(await warningOf(none.with(3, 1e-5))).toBeNull()
  rmSync(out)
})

test('numbers beyond reckoning give no scores: the first row is named', async () => {
  const huge = { ...scorerModel, weights: [1e308, -1e308, 0, 0], scale: [1e-300, 1e-300, 1, 1] }
  expect(await faultsOf(huge)).toEqual([
    expect.stringMatching(
      /model.json: gives no probability of BTC-USD at 2026-01-05T00:0\d:\d\d.000Z, its numbers are beyond/,
    ),
  ])
})

function spoil(change: object): unknown {
  const [first] = volatility.trees.trees
  return { ...volatility, trees: { base: 0, trees: [{ ...first, ...change }] } }
}

function linear(change: object): unknown {
  return { ...volatility, linear: { ...volatility.linear, ...change } }
}
