import type { Ensemble } from '../fit/ensemble.ts'
import { leastTau } from '../fit/input_terms.ts'
import { spikeTarget } from '../fit/residual.ts'
import type { LinearPart } from '../fit/volatility_predict.ts'
import type { VolatilityArtifact } from './artifact.ts'
import {
  doubleTensor,
  float32,
  float64,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  intTensor,
  maskTensor,
  node,
  onnxFile,
  tensorInfo,
  textAttribute,
  textsAttribute,
} from './onnx_graph.ts'
import { bytes } from './protobuf.ts'

/**
 * An ONNX file with the artifact's arithmetic: input `features` float [N, k+1], NaN for null, columns as in `inputs` and tau
 * last; output `probability` float [N, 1]. It computes in double but for the trees, whose values are float.
 */
export function volatilityOnnx(artifact: VolatilityArtifact): Uint8Array {
  const { inputs, readings, terms, linear, trees, link } = artifact
  const k = inputs.length
  const parts = [...(linear ? ['linear_mean'] : []), ...(trees ? ['tree_mean'] : [])]
  const graph = [
    node('Cast', ['features'], 'given', [intAttribute('to', float64)]),
    node('Gather', ['given', 'columns'], 'values', [intAttribute('axis', 1)]),
    node('Gather', ['given', 'tau_column'], 'tau_given', [intAttribute('axis', 1)]),
    node('Max', ['tau_given', 'least_tau'], 'tau'),
    node('Where', ['per_tau', 'tau', 'one'], 'unit'),
    node('Mul', ['values', 'times'], 'scaled'),
    node('Div', ['scaled', 'unit'], 'relative'),
    node('Add', ['relative', 'add'], 'raised'),
    node('Where', ['logs', 'raised', 'one'], 'positive'),
    node('Log', ['positive'], 'logarithms'),
    node('Where', ['logs', 'logarithms', 'values'], 'read'),
    node('Mul', ['tau', 'zero'], 'nothing'),
    node('Concat', ['read', 'nothing'], 'readings', [intAttribute('axis', 1)]),
    node('Gather', ['readings', 'of'], 'whole', [intAttribute('axis', 1)]),
    node('Gather', ['readings', 'less'], 'taken', [intAttribute('axis', 1)]),
    node('Sub', ['whole', 'taken'], 'terms'),
    ...(linear ? linearNodes(linear) : []),
    ...(trees ? treeNodes(trees) : []),
    node('Sum', parts, 'sum'),
    node('Mul', ['sum', 'slope'], 'sloped'),
    node('Add', ['sloped', 'offset'], 'logit'),
    node('Sigmoid', ['logit'], 'sigmoid'),
    node('Cast', ['sigmoid'], 'probability', [intAttribute('to', float32)]),
    bytes(2, artifact.name),
    intTensor(
      'columns',
      inputs.map((_, j) => j),
    ),
    intTensor('tau_column', [k]),
    doubleTensor('least_tau', [1], [leastTau]),
    maskTensor('per_tau', k, placesOf(readings.map(({ per_tau }) => per_tau))),
    maskTensor('logs', k, placesOf(readings.map(({ log }) => log))),
    doubleTensor('one', [1], [1]),
    doubleTensor('zero', [1], [0]),
    doubleTensor(
      'times',
      [k],
      readings.map(({ times }) => times),
    ),
    doubleTensor(
      'add',
      [k],
      readings.map(({ add }) => add),
    ),
    intTensor(
      'of',
      terms.map(({ of }) => of),
    ),
    intTensor(
      'less',
      terms.map(({ less }) => less ?? k),
    ),
    ...(linear ? linearTensors(linear) : []),
    doubleTensor('slope', [1], [link.slope / parts.length]),
    doubleTensor('offset', [1], [link.offset - link.slope * spikeTarget]),
    tensorInfo(11, 'features', ['N', k + 1]),
    tensorInfo(12, 'probability', ['N', 1]),
  ]
  return onnxFile(artifact, graph, trees !== null)
}

function linearNodes({ indicators }: LinearPart): Uint8Array[] {
  const flagged = indicators.length > 0
  return [
    node('IsNaN', ['terms'], 'null'),
    node('Where', ['null', 'impute', 'terms'], 'filled'),
    ...(flagged
      ? [
          node('Gather', ['null', 'indicators'], 'chosen', [intAttribute('axis', 1)]),
          node('Cast', ['chosen'], 'flags', [intAttribute('to', float64)]),
          node('Concat', ['filled', 'flags'], 'inputs', [intAttribute('axis', 1)]),
        ]
      : []),
    node('Sub', [flagged ? 'inputs' : 'filled', 'mean'], 'centred'),
    node('Div', ['centred', 'scale'], 'standardised'),
    node('Gemm', ['standardised', 'weights', 'intercept'], 'linear_mean'),
  ]
}

function linearTensors({ impute, indicators, mean, scale, weights, intercept }: LinearPart): Uint8Array[] {
  return [
    doubleTensor('impute', [impute.length], impute),
    ...(indicators.length > 0 ? [intTensor('indicators', indicators)] : []),
    doubleTensor('mean', [mean.length], mean),
    doubleTensor('scale', [scale.length], scale),
    doubleTensor('weights', [weights.length, 1], weights),
    doubleTensor('intercept', [1], [intercept]),
  ]
}

/** TreeEnsembleRegressor of ai.onnx.ml; a null goes where the tree learned that nulls go. */
function treeNodes({ base, trees }: Ensemble): Uint8Array[] {
  const nodes = trees.flatMap((tree, t) => tree.feature.map((_, n) => ({ t, n, tree })))
  const leaves = nodes.filter(({ n, tree }) => tree.feature[n] < 0)
  const inner = <T>(at: (entry: (typeof nodes)[number]) => T, leaf: T): T[] =>
    nodes.map(entry => (entry.tree.feature[entry.n] < 0 ? leaf : at(entry)))
  const attributes = [
    intAttribute('n_targets', 1),
    textAttribute('aggregate_function', 'SUM'),
    textAttribute('post_transform', 'NONE'),
    floatsAttribute('base_values', [base]),
    intsAttribute(
      'nodes_treeids',
      nodes.map(({ t }) => t),
    ),
    intsAttribute(
      'nodes_nodeids',
      nodes.map(({ n }) => n),
    ),
    intsAttribute(
      'nodes_featureids',
      inner(({ tree, n }) => tree.feature[n], 0),
    ),
    textsAttribute(
      'nodes_modes',
      inner(() => 'BRANCH_LEQ', 'LEAF'),
    ),
    floatsAttribute(
      'nodes_values',
      inner(({ tree, n }) => tree.threshold[n], 0),
    ),
    intsAttribute(
      'nodes_truenodeids',
      inner(({ tree, n }) => tree.left[n], 0),
    ),
    intsAttribute(
      'nodes_falsenodeids',
      inner(({ tree, n }) => tree.right[n], 0),
    ),
    intsAttribute(
      'nodes_missing_value_tracks_true',
      inner(({ tree, n }) => tree.nullLeft[n], 0),
    ),
    intsAttribute(
      'target_treeids',
      leaves.map(({ t }) => t),
    ),
    intsAttribute(
      'target_nodeids',
      leaves.map(({ n }) => n),
    ),
    intsAttribute(
      'target_ids',
      leaves.map(() => 0),
    ),
    floatsAttribute(
      'target_weights',
      leaves.map(({ tree, n }) => tree.value[n]),
    ),
  ]
  return [
    node('Cast', ['terms'], 'float_terms', [intAttribute('to', float32)]),
    node('TreeEnsembleRegressor', ['float_terms'], 'float_mean', attributes, 'ai.onnx.ml'),
    node('Cast', ['float_mean'], 'tree_mean', [intAttribute('to', float64)]),
  ]
}

function placesOf(flags: boolean[]): number[] {
  return flags.flatMap((flag, i) => (flag ? [i] : []))
}
