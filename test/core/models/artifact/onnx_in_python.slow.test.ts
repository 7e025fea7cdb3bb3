import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import type { Artifact } from '../../../../src/core/models/artifact/artifact.ts'
import { scoreRows } from '../../../../src/core/models/artifact/score.ts'
import { runExperiment } from '../../../../src/core/models/experiment.ts'
import { saveModel } from '../../../../src/tracking/model_folder.ts'
import { linearArtifact, someRows } from '../../../fixtures/artifacts.ts'
import { syntheticSource, syntheticTable } from '../../../fixtures/synthetic_features.ts'
import { needs } from '../../../harness/needs.ts'
import { findPython, predictInPython, runPython } from '../../../harness/python.ts'

const artifact = linearArtifact
const folder = mkdtempSync(join(tmpdir(), 'spike60-onnx-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A model with collinear inputs, nulls and large weights of opposite sign, as training makes it. */
function trainedModel(): [Artifact, FeatureTable] {
  const table = syntheticTable(4000)
  const { artifacts } = runExperiment(table, syntheticSource, readConfig())
  return [artifacts.find(({ format }) => format === 'spike60-linear')!, table]
}

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
