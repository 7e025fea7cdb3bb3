import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Artifact } from '../../../../src/core/models/artifact/artifact.ts'
import { parseArtifact } from '../../../../src/core/models/artifact/artifact_schema.ts'
import { mlflowFiles } from '../../../../src/core/models/artifact/mlmodel.ts'
import { onnxModel } from '../../../../src/core/models/artifact/onnx.ts'
import { volatilityOnnx } from '../../../../src/core/models/artifact/onnx_volatility.ts'
import { int, message } from '../../../../src/core/models/artifact/protobuf.ts'
import { linearArtifact, volatilityArtifact } from '../../../fixtures/artifacts.ts'

const digest = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)
const { logs, indicators, ...plain } = linearArtifact
const fewer = { ...plain, logs: [], indicators: [], mean: [0, 1, 2, 3], scale: [1, 2, 3, 4], weights: [1, 2, 3, 4] }

// What Python makes of such files: onnx_in_python.slow.test.ts, test/tracking/models.slow.test.ts. Other bytes: run these.
test('the ONNX files of these models are these, byte for byte', () => {
  expect({
    linear: digest(onnxModel(linearArtifact)),
    'without logarithms': digest(onnxModel({ ...linearArtifact, logs: [] })),
    'without indicators': digest(onnxModel({ ...fewer, logs })),
    'without both': digest(onnxModel(fewer)),
    average: digest(volatilityOnnx(volatilityArtifact)),
    ridge: digest(volatilityOnnx({ ...volatilityArtifact, trees: null })),
    trees: digest(volatilityOnnx({ ...volatilityArtifact, linear: null })),
  }).toMatchInlineSnapshot(`
    {
      "average": "44c0d06ff1af7afe",
      "linear": "e740fb99b6914562",
      "ridge": "6645d68bbeedf586",
      "trees": "93ad17de8c211b9f",
      "without both": "83bb60d3bb9498fc",
      "without indicators": "1f483b6b628ef31d",
      "without logarithms": "141efe34affe13aa",
    }
  `)
})

test('the files beside them are these', () => {
  const files = (artifact: Artifact) => mlflowFiles(artifact, '60'.repeat(16), new Date(1_767_571_200_123))
  const { MLmodel, ...others } = files(linearArtifact)
  expect([digest(MLmodel), digest(Object.values(others).join('')), Object.keys(others)]).toMatchInlineSnapshot(`
    [
      "f5015f4e7671cb51",
      "e39657bdae02be41",
      [
        "requirements.txt",
        "python_env.yaml",
        "conda.yaml",
        "input_example.json",
        "serving_input_example.json",
      ],
    ]
  `)
  expect(files(volatilityArtifact)['input_example.json']).toBe(
    '{"columns":["volatility_60s","volatility_300s","ticks_60s","tau"],"data":[[null,null,null,0.00002]]}\n',
  )
})

test('whole numbers of protobuf: seven bits a byte, the lowest first', () => {
  expect([0, 1, 127, 128, 300, 2 ** 31].map(value => [...int(1, value)])).toEqual([
    [8, 0],
    [8, 1],
    [8, 127],
    [8, 128, 1],
    [8, 172, 2],
    [8, 128, 128, 128, 128, 8],
  ])
  expect([...int(16, 1)]).toEqual([128, 1, 1])
  expect([...message(2, [int(1, 5), int(2, 6)])]).toEqual([18, 4, 8, 5, 16, 6])
})

const one = { ...linearArtifact, inputs: ['ticks_60s'], impute: [1], logs: [0], indicators: [], mean: [0], scale: [1] }

test('a model.json is read as it was written', () => {
  for (const artifact of [
    linearArtifact,
    { ...fewer, threshold: 0 },
    volatilityArtifact,
    { ...volatilityArtifact, threshold: 1 },
    { ...one, weights: [1] },
  ])
    expect(parseArtifact(JSON.stringify(artifact), 'x')).toEqual(artifact)
})

const linear = volatilityArtifact.linear!
const trees = volatilityArtifact.trees!
const tree = (change: object) => ({ trees: { ...trees, trees: [{ ...trees.trees[0], ...change }] } })

test.each([
  ['no JSON', linearArtifact, null, /^x: is not JSON/],
  ['a threshold above 1', linearArtifact, { threshold: 1.1 }, /threshold/],
  ['a threshold below 0', linearArtifact, { threshold: -0.1 }, /threshold/],
  ['a tau below 0', linearArtifact, { tau: { A: -1 } }, /tau/],
  ['no input', linearArtifact, { inputs: [] }, /x: inputs: /],
  ['no training row', linearArtifact, { trained_on: { ...linearArtifact.trained_on, rows: 0 } }, /trained_on/],
  ['a name that is none', linearArtifact, { name: 'A b' }, /name/],
  ['another version', linearArtifact, { version: 2 }, /version/],
  ['a median too few', linearArtifact, { impute: [1, 2, 3] }, /impute/],
  ['an indicator outside', linearArtifact, { indicators: [0, 4] }, /indicators/],
  ['a logarithm outside', linearArtifact, { logs: [4] }, /indicators/],
  ['an index below 0', linearArtifact, { logs: [-1] }, /logs/],
  ['a mean too many', linearArtifact, { mean: [1, 2, 3, 4, 5, 6, 7] }, /weights/],
  ['more than there is', linearArtifact, { more: 1 }, /top/],
  [
    'readings of other inputs',
    volatilityArtifact,
    { inputs: ['volatility_60s', 'volatility_300s', 'ticks_300s'] },
    /readings/,
  ],
  ['a reading too few', volatilityArtifact, { readings: volatilityArtifact.readings.slice(1) }, /readings/],
  ['a reading too many', volatilityArtifact, { inputs: ['volatility_60s', 'volatility_300s'] }, /readings/],
  ['a term outside', volatilityArtifact, { terms: [{ name: 'x', of: 3, less: null, monotone: 0 }] }, /terms/],
  ['a term less one outside', volatilityArtifact, { terms: [{ name: 'x', of: 0, less: 3, monotone: 0 }] }, /terms/],
  ['no term', volatilityArtifact, { terms: [] }, /terms/],
  [
    'an effect of neither kind',
    volatilityArtifact,
    { terms: [{ name: 'x', of: 0, less: null, monotone: 2 }] },
    /terms/,
  ],
  ['a weight too few', volatilityArtifact, { linear: { ...linear, weights: [1, 2, 3] } }, /linear/],
  ['a scale of 0', volatilityArtifact, { linear: { ...linear, scale: [1, 1, 1, 0] } }, /linear/],
  ['a circle in a tree', volatilityArtifact, tree({ left: [0, 3, 0, 0, 0] }), /parent/],
  ['a circle to the right', volatilityArtifact, tree({ right: [2, 1, 0, 0, 0] }), /parent/],
  ['a child outside', volatilityArtifact, tree({ right: [2, 5, 0, 0, 0] }), /outside/],
  ['a shorter array', volatilityArtifact, tree({ value: [0, 0, 0, 0] }), /equally long/],
  ['a feature of no kind', volatilityArtifact, tree({ feature: [-2, 2, -1, -1, -1] }), /feature/],
])('a model.json with %s is refused', (_, artifact, change, message) => {
  const text = change === null ? '{' : JSON.stringify({ ...artifact, ...change })
  expect(() => parseArtifact(text, 'x')).toThrow(expect.objectContaining({ code: 'BAD_MODEL' }))
  expect(() => parseArtifact(text, 'x')).toThrow(message)
})
