import { volatilityFloor } from '../features/spec.ts'
import type { LinearArtifact } from './artifact.ts'
import { bytes, concat, int, message } from './protobuf.ts'

/** Versions that MLflow's and onnxruntime's readers of the last years all know. */
const irVersion = 8
const opset = 17
/** TensorProto.DataType */
const float32 = 1
const int64 = 7
const bool = 9
const float64 = 11

/**
 * An ONNX file with the artifact's arithmetic: input `features` float [N, k], NaN for null, columns as in `inputs`; output
 * `probability` float [N, 1]. Inside it computes in double: weights of inputs that say nearly the same are large and of
 * opposite sign, and float would lose what is left of their difference. NaN is replaced by the median, logarithms are taken, indicators follow, then (x - mean)/scale, weights, sigmoid.
 */
export function onnxModel(artifact: LinearArtifact): Uint8Array {
  const { inputs, impute, logs, indicators, mean, scale, weights, intercept } = artifact
  const width = mean.length
  const withLogs = logs.length > 0
  const withIndicators = indicators.length > 0
  const values = withLogs ? 'values' : 'filled'
  const graph = [
    node('IsNaN', ['features'], 'null'),
    node('Cast', ['features'], 'given', [intAttribute('to', float64)]),
    node('Where', ['null', 'impute', 'given'], 'filled'),
    ...(withLogs
      ? [
          node('Max', ['filled', 'floor'], 'floored'),
          node('Log', ['floored'], 'logarithms'),
          node('Where', ['logs', 'logarithms', 'filled'], 'values'),
        ]
      : []),
    ...(withIndicators
      ? [
          node('Gather', ['null', 'indicators'], 'chosen', [intAttribute('axis', 1)]),
          node('Cast', ['chosen'], 'flags', [intAttribute('to', float64)]),
          node('Concat', [values, 'flags'], 'columns', [intAttribute('axis', 1)]),
        ]
      : []),
    node('Sub', [withIndicators ? 'columns' : values, 'mean'], 'centred'),
    node('Div', ['centred', 'scale'], 'standardised'),
    node('Gemm', ['standardised', 'weights', 'intercept'], 'logit'),
    node('Sigmoid', ['logit'], 'sigmoid'),
    node('Cast', ['sigmoid'], 'probability', [intAttribute('to', float32)]),
    bytes(2, artifact.name),
    doubleTensor('impute', [inputs.length], impute),
    ...(withLogs ? [doubleTensor('floor', [1], [volatilityFloor]), maskTensor('logs', inputs.length, logs)] : []),
    ...(withIndicators ? [intTensor('indicators', indicators)] : []),
    doubleTensor('mean', [width], mean),
    doubleTensor('scale', [width], scale),
    doubleTensor('weights', [width, 1], weights),
    doubleTensor('intercept', [1], [intercept]),
    tensorInfo(11, 'features', ['N', inputs.length]),
    tensorInfo(12, 'probability', ['N', 1]),
  ]
  return concat([
    int(1, irVersion),
    bytes(2, 'spike60'),
    message(7, graph),
    message(8, [bytes(1, ''), int(2, opset)]),
    ...Object.entries(metadataOf(artifact)).map(([key, value]) => message(14, [bytes(1, key), bytes(2, value)])),
  ])
}

function metadataOf({ name, inputs, spec_version, simulated, threshold }: LinearArtifact): Record<string, string> {
  return {
    name,
    inputs: inputs.join(','),
    spec_version,
    simulated: String(simulated),
    threshold: String(threshold),
  }
}

function node(operator: string, inputs: string[], output: string, attributes: Uint8Array[] = []): Uint8Array {
  return message(1, [
    ...inputs.map(name => bytes(1, name)),
    bytes(2, output),
    bytes(3, output),
    bytes(4, operator),
    ...attributes,
  ])
}

function intAttribute(name: string, value: number): Uint8Array {
  return message(5, [bytes(1, name), int(3, value), int(20, 2)])
}

function doubleTensor(name: string, dims: number[], values: number[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(8 * values.length))
  values.forEach((value, i) => {
    data.setFloat64(8 * i, value, true)
  })
  return tensor(name, dims, float64, data)
}

function intTensor(name: string, values: number[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(8 * values.length))
  values.forEach((value, i) => {
    data.setBigInt64(8 * i, BigInt(value), true)
  })
  return tensor(name, [values.length], int64, data)
}

function maskTensor(name: string, length: number, set: number[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(length))
  for (const place of set) data.setUint8(place, 1)
  return tensor(name, [length], bool, data)
}

function tensor(name: string, dims: number[], type: number, data: DataView): Uint8Array {
  return message(5, [
    ...dims.map(size => int(1, size)),
    int(2, type),
    bytes(8, name),
    bytes(9, new Uint8Array(data.buffer)),
  ])
}

function tensorInfo(field: number, name: string, dims: (string | number)[]): Uint8Array {
  const shape = dims.map(size => message(1, [typeof size === 'string' ? bytes(2, size) : int(1, size)]))
  return message(field, [bytes(1, name), message(2, [message(1, [int(1, float32), message(2, shape)])])])
}
