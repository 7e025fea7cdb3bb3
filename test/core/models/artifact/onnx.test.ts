import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { featureNames } from '../../../../src/core/features/spec.ts'
import type { LinearArtifact } from '../../../../src/core/models/artifact/artifact.ts'
import { mlflowFiles } from '../../../../src/core/models/artifact/mlmodel.ts'
import { onnxModel } from '../../../../src/core/models/artifact/onnx.ts'
import { rowScorer, scoreRows } from '../../../../src/core/models/artifact/score.ts'
import { loadModel, saveModel } from '../../../../src/tracking/model_folder.ts'
import { linearArtifact, someRows } from '../../../fixtures/artifacts.ts'

const artifact = linearArtifact
const folder = mkdtempSync(join(tmpdir(), 'spike60-onnx-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
