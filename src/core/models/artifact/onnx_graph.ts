import type { Artifact } from './artifact.ts'
import { bytes, concat, int, message } from './protobuf.ts'

/** Versions that MLflow's and onnxruntime's readers of the last years all know. */
const irVersion = 8
const opset = 17
/** TensorProto.DataType */
export const float32 = 1
const int64 = 7
const bool = 9
export const float64 = 11

/** Opset of the tree operators, domain ai.onnx.ml. */
const treeOpset = 3

/** Key of field 7 with four bytes: one of AttributeProto's floats. */
const floatTag = Uint8Array.from([7 * 8 + 5])

/** A whole ONNX file around the fields of a graph. */
export function onnxFile(artifact: Artifact, graph: Uint8Array[], withTrees = false): Uint8Array {
  return concat([
    int(1, irVersion),
    bytes(2, 'spike60'),
    message(7, graph),
    message(8, [bytes(1, ''), int(2, opset)]),
    ...(withTrees ? [message(8, [bytes(1, 'ai.onnx.ml'), int(2, treeOpset)])] : []),
    ...Object.entries(metadataOf(artifact)).map(([key, value]) => message(14, [bytes(1, key), bytes(2, value)])),
  ])
}

function metadataOf({ name, inputs, spec_version, simulated, threshold }: Artifact): Record<string, string> {
  return {
    name,
    inputs: inputs.join(','),
    spec_version,
    simulated: String(simulated),
    threshold: String(threshold),
  }
}

export function node(
  operator: string,
  inputs: string[],
  output: string,
  attributes: Uint8Array[] = [],
  domain = '',
): Uint8Array {
  return message(1, [
    ...inputs.map(name => bytes(1, name)),
    bytes(2, output),
    bytes(3, output),
    bytes(4, operator),
    ...attributes,
    ...(domain === '' ? [] : [bytes(7, domain)]),
  ])
}

/** Attributes of lists and texts; AttributeProto's own numbers of type and field. */
export function intsAttribute(name: string, values: number[]): Uint8Array {
  return message(5, [bytes(1, name), ...values.map(value => int(8, value)), int(20, 7)])
}

export function floatsAttribute(name: string, values: number[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(4 * values.length))
  values.forEach((value, i) => {
    data.setFloat32(4 * i, value, true)
  })
  const floats = values.map((_, i) => concat([floatTag, new Uint8Array(data.buffer, 4 * i, 4)]))
  return message(5, [bytes(1, name), ...floats, int(20, 6)])
}

export function textsAttribute(name: string, values: string[]): Uint8Array {
  return message(5, [bytes(1, name), ...values.map(value => bytes(9, value)), int(20, 8)])
}

export function textAttribute(name: string, value: string): Uint8Array {
  return message(5, [bytes(1, name), bytes(4, value), int(20, 3)])
}

export function intAttribute(name: string, value: number): Uint8Array {
  return message(5, [bytes(1, name), int(3, value), int(20, 2)])
}

export function doubleTensor(name: string, dims: number[], values: number[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(8 * values.length))
  values.forEach((value, i) => {
    data.setFloat64(8 * i, value, true)
  })
  return tensor(name, dims, float64, data)
}

export function intTensor(name: string, values: number[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(8 * values.length))
  values.forEach((value, i) => {
    data.setBigInt64(8 * i, BigInt(value), true)
  })
  return tensor(name, [values.length], int64, data)
}

export function maskTensor(name: string, length: number, set: number[]): Uint8Array {
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

export function tensorInfo(field: number, name: string, dims: (string | number)[]): Uint8Array {
  const shape = dims.map(size => message(1, [typeof size === 'string' ? bytes(2, size) : int(1, size)]))
  return message(field, [bytes(1, name), message(2, [message(1, [int(1, float32), message(2, shape)])])])
}
