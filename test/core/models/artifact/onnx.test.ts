import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../../../src/config.ts'
import { featureNames } from '../../../../src/core/features/spec.ts'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
import type { Artifact, LinearArtifact } from '../../../../src/core/models/artifact/artifact.ts'
import { mlflowFiles } from '../../../../src/core/models/artifact/mlmodel.ts'
import { onnxModel } from '../../../../src/core/models/artifact/onnx.ts'
import { rowScorer, scoreRows } from '../../../../src/core/models/artifact/score.ts'
import { runExperiment } from '../../../../src/core/models/experiment.ts'
import { loadModel, saveModel } from '../../../../src/tracking/model_folder.ts'
import { syntheticSource, syntheticTable } from '../../../fixtures/synthetic_features.ts'
import { needs } from '../../../harness/needs.ts'
import { findPython, predictInPython, runPython } from '../../../harness/python.ts'

const artifact: LinearArtifact = {
  format: 'spike60-linear',
  version: 1,
  name: 'logistic',
  spec_version: '1',
  config_hash: '0123456789abcdef',
  simulated: true,
  inputs: ['log_volatility_60s', 'ewma_volatility_60s', 'ticks_60s', 'spread_mean_300s'],
  impute: [-10.5, 2e-5, 120, 0.02],
  logs: [1, 3],
  indicators: [0, 3],
  mean: [-10.8, -10.9, 150, -4, 0.1, 0.02],
  scale: [0.7, 0.6, 60, 0.5, 0.3, 0.14],
  weights: [0.8, -0.6, 0.3, 0.5, -0.2, 0.1],
  intercept: -2.2,
  threshold: 0.3,
  tau: { 'BTC-USD': 2e-5 },
  trained_on: { digest: 'd', from: '2026-01-05T00:00:00.000Z', to: '2026-01-05T01:00:00.000Z', rows: 3000 },
}
const folder = mkdtempSync(join(tmpdir(), 'spike60-onnx-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Rows as a market gives them, one value in six null, volatilities down to 0. */
function someRows(rows: number) {
  const random = seededRandom(5)
  const value = [
    () => -16 + 8 * random(),
    () => (random() < 0.1 ? 0 : 1e-4 * random() ** 3),
    () => Math.floor(600 * random()),
    () => 0.5 * random() ** 2,
  ]
  const columns = Object.fromEntries(
    artifact.inputs.map((name, j) => [
      name,
      Float64Array.from({ length: rows }, () => (random() < 1 / 6 ? Number.NaN : value[j]())),
    ]),
  )
  return { rows, product: [], time: new Float64Array(rows), columns, sigma_future: new Float64Array(rows) }
}

/** A model with collinear inputs, nulls and large weights of opposite sign, as training makes it. */
function trainedModel(): [Artifact, FeatureTable] {
  const table = syntheticTable(4000)
  const { artifacts } = runExperiment(table, syntheticSource, readConfig())
  return [artifacts.find(({ format }) => format === 'spike60-linear')!, table]
}

test('scores follow the formula of the artifact', () => {
  const table = someRows(1)
  const values = { log_volatility_60s: Number.NaN, ewma_volatility_60s: 0, ticks_60s: 210, spread_mean_300s: 0.5 }
  for (const [name, value] of Object.entries(values)) table.columns[name][0] = value
  const x = [-10.5, Math.log(1e-7), 210, Math.log(0.5), 1, 0]
  const logit = x.reduce(
    (sum, v, j) => sum + (artifact.weights[j] * (v - artifact.mean[j])) / artifact.scale[j],
    artifact.intercept,
  )
  expect(scoreRows(artifact, table)[0]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 14)
})

test('a row of the engine scores as the same row of a table', () => {
  const table = someRows(50)
  const expected = scoreRows(artifact, table)
  const score = rowScorer(artifact)
  for (let row = 0; row < 50; row++)
    expect(score(featureNames.map(name => table.columns[name]?.[row] ?? Number.NaN))).toBe(expected[row])
})

test('a model folder has what MLflow needs, and replaces an earlier one whole', () => {
  const path = join(folder, 'logistic')
  saveModel(path, { ...artifact, threshold: 0.1 }, new Date(0))
  saveModel(path, artifact, new Date(0))
  expect(readdirSync(folder)).toEqual(['logistic'])
  expect(loadModel(path)).toEqual(artifact)
  const { MLmodel } = mlflowFiles(artifact, '60'.repeat(16), new Date(0))
  const description = parse(MLmodel)
  expect(description.flavors.python_function.loader_module).toBe('mlflow.onnx')
  expect(JSON.parse(description.signature.inputs).map((column: { name: string }) => column.name)).toEqual(
    artifact.inputs,
  )
  for (const file of ['model.onnx', 'conda.yaml', 'python_env.yaml', 'requirements.txt', 'input_example.json'])
    expect(readdirSync(path)).toContain(file)
})

test('the ONNX bytes depend on the artifact alone', () => {
  expect(onnxModel(artifact)).toEqual(onnxModel(structuredClone(artifact)))
})

test.each([
  ['another format', { format: 'pickle' }, /format/],
  ['another spec version', { spec_version: '0' }, /train again/],
  ['a feature that is not in the spec', { inputs: ['a', ...artifact.inputs.slice(1)] }, /inputs/],
  ['a feature twice', { inputs: Array(4).fill('ticks_60s') }, /twice/],
  ['too few weights', { weights: [1] }, /weights/],
  ['a scale of 0', { scale: [0, 1, 1, 1, 1, 1] }, /scale/],
  ['a missing part', { tau: undefined }, /tau/],
])('a model.json with %s is refused', async (_, change, message) => {
  const path = join(folder, 'bad')
  saveModel(path, { ...artifact, ...change } as LinearArtifact, new Date(0))
  expect(() => loadModel(path)).toThrow(expect.objectContaining({ code: 'BAD_MODEL' }))
  expect(() => loadModel(path)).toThrow(message)
  rmSync(path, { recursive: true })
})

const { python, lacks } = await findPython()

describe('Python', needs(lacks), () => {
  test.each(['by hand', 'trained'])('MLflow scores a model made %s as we do, columns in any order', async made => {
    const [model, table] = made === 'trained' ? trainedModel() : [artifact, someRows(150)]
    const path = join(folder, 'for-python')
    saveModel(path, model, new Date(0))
    const columns = ['unrelated', ...model.inputs.toReversed()]
    const places = Array.from({ length: 150 }, (_, i) => Math.floor((i * table.rows) / 150))
    const rows = places.map(row => columns.map(name => (name === 'unrelated' ? 1 : table.columns[name][row])))
    const job = { address: path, columns, rows, needed: 'ticks_60s' }
    const [answer] = await predictInPython(python!, 'http://127.0.0.1:9', [job])
    expect(answer.columns).toEqual(['probability'])
    expect(answer.refused, 'a frame without one of the columns').toMatch(/ticks_60s/)
    const expected = scoreRows(model, table)
    expect(answer.probability).toHaveLength(150)
    const difference = answer.probability.map((p, i) => Math.abs(p - expected[places[i]]))
    expect(Math.max(...difference)).toBeLessThan(1e-6)
  })

  test("onnx's full check passes", async () => {
    const path = join(folder, 'checked')
    saveModel(path, artifact, new Date(0))
    expect(await runPython(python!, 'check_onnx.py', [join(path, 'model.onnx')])).toEqual({
      inputs: [['features', ['N', 4]]],
      outputs: [['probability', ['N', 1]]],
      same_bytes: true,
    })
  })
})
