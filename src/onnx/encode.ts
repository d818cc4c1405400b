// OnnxModel → bytes of onnx.proto's ModelProto. No doc strings, no node names, explicit everything else.

import { internal } from '../diagnostics/internal.ts'
import { contiguousBytes, numel, type Tensor } from '../ir/tensor.ts'
import { emittedType, onnxDataType } from './data-type.ts'
import { usesContrib, type OnnxAttribute, type OnnxGraph, type OnnxModel, type OnnxNode, type ValueInfo } from './model.ts'
import { ProtobufWriter } from './protobuf-writer.ts'

// AttributeProto.AttributeType
const FLOAT = 1
const INT = 2
const STRING = 3
const TENSOR = 4
const GRAPH = 5
const FLOATS = 6
const INTS = 7
const STRINGS = 8

/** The IR version that came with each opset we emit. */
function irVersion(opset: number): number {
  return opset >= 21 ? 10 : opset >= 19 ? 9 : 8
}

/** The bytes in one array: the only copy of the weights. */
export function encodeModel(model: OnnxModel): Uint8Array {
  return modelWriter(model).finish()
}

/** The same bytes in pieces, to be written one after the other; weights are views on the model file. */
export function encodePieces(model: OnnxModel): readonly Uint8Array[] {
  return modelWriter(model).chunks()
}

/** The pieces in one array. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

function modelWriter(model: OnnxModel): ProtobufWriter {
  const writer = new ProtobufWriter()
  writer.int(1, irVersion(model.opset)).string(2, 'unplugin-torch').message(7, graph(model.graph))
  writer.message(8, new ProtobufWriter().string(1, '').int(2, model.opset))
  if (usesContrib(model.graph)) writer.message(8, new ProtobufWriter().string(1, 'com.microsoft').int(2, 1))
  return writer
}

function graph({ name, nodes, inputs, outputs, initializers }: OnnxGraph): ProtobufWriter {
  const writer = new ProtobufWriter()
  for (const item of nodes) writer.message(1, node(item))
  writer.string(2, name)
  for (const [key, value] of initializers) writer.message(5, tensor(value, key))
  for (const input of inputs) writer.message(11, valueInfo(input))
  for (const output of outputs) writer.message(12, valueInfo(output))
  return writer
}

function node({ opType, domain, inputs, outputs, attributes }: OnnxNode): ProtobufWriter {
  const writer = new ProtobufWriter()
  for (const name of inputs) writer.string(1, name)
  for (const name of outputs) writer.string(2, name)
  writer.string(4, opType)
  for (const [name, value] of attributes) writer.message(5, attribute(name, value))
  if (domain !== '') writer.string(7, domain)
  return writer
}

function attribute(name: string, value: OnnxAttribute): ProtobufWriter {
  const writer = new ProtobufWriter().string(1, name)
  if (typeof value === 'number' || typeof value === 'bigint') return writer.int(3, value).int(20, INT)
  if (typeof value === 'string') return writer.string(4, value).int(20, STRING)
  if (Array.isArray(value)) {
    const list: readonly (number | string)[] = value
    if (typeof list[0] === 'string') {
      for (const item of list) writer.string(9, String(item))
      return writer.int(20, STRINGS)
    }
    return writer.packedInts(8, list as readonly number[]).int(20, INTS)
  }
  const object = value as Exclude<OnnxAttribute, number | bigint | string | readonly unknown[]>
  switch (object.kind) {
    case 'float':
      return writer.float(2, object.value).int(20, FLOAT)
    case 'floats':
      return writer.packedFloats(7, object.values).int(20, FLOATS)
    case 'tensor':
      return writer.message(5, tensor(object, '')).int(20, TENSOR)
    case 'graph':
      return writer.message(6, graph(object)).int(20, GRAPH)
  }
}

/** Bytes as TensorProto.raw_data: little-endian, row-major; a view on the model file where the tensor is contiguous. */
function rawData(value: Tensor): Uint8Array {
  const bytes = contiguousBytes(value)
  if (value.dtype === 'bool') {
    // Any non-zero byte is true in a storage; ONNX wants exactly 1.
    return bytes.every((b) => b <= 1) ? bytes : bytes.map((b) => (b === 0 ? 0 : 1))
  }
  if (emittedType(value.dtype) === value.dtype) return bytes
  // bfloat16 → float32: the upper half of each float.
  const out = new Uint8Array(numel(value.sizes) * 4)
  for (let i = 0; i < bytes.length; i += 2) {
    out[2 * i + 2] = bytes[i]!
    out[2 * i + 3] = bytes[i + 1]!
  }
  return out
}

function tensor(value: Tensor, name: string): ProtobufWriter {
  const dataType = onnxDataType(value.dtype) ?? internal(`a ${value.dtype} constant reached the encoder`)
  const writer = new ProtobufWriter()
  if (value.sizes.length > 0) writer.packedInts(1, value.sizes)
  writer.int(2, dataType)
  if (name !== '') writer.string(8, name)
  return writer.bytes(9, rawData(value))
}

function valueInfo({ name, dtype, dims, sequence }: ValueInfo): ProtobufWriter {
  const elementType = onnxDataType(dtype) ?? internal(`a value of ${dtype} reached the encoder`)
  const tensorType = new ProtobufWriter().int(1, elementType)
  if (dims !== undefined) {
    const shape = new ProtobufWriter()
    for (const dim of dims) {
      const item = new ProtobufWriter()
      if (typeof dim === 'number') item.int(1, dim)
      else if (dim !== null) item.string(2, dim)
      shape.message(1, item)
    }
    tensorType.message(2, shape)
  }
  const tensorProto = new ProtobufWriter().message(1, tensorType)
  const type = sequence === true ? new ProtobufWriter().message(4, new ProtobufWriter().message(1, tensorProto)) : tensorProto
  return new ProtobufWriter().string(1, name).message(2, type)
}
