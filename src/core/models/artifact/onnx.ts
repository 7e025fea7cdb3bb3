import { volatilityFloor } from '../../features/feature.ts'
import type { LinearArtifact } from './artifact.ts'
import {
  doubleTensor,
  float32,
  float64,
  intAttribute,
  intTensor,
  maskTensor,
  node,
  onnxFile,
  tensorInfo,
} from './onnx_graph.ts'
import { bytes } from './protobuf.ts'

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
  return onnxFile(artifact, graph)
}
