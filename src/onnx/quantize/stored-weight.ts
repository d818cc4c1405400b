// A weight in fewer bytes: the constant that is stored, and the nodes that make floats of it. They read constants only, so onnxruntime runs
// them once, when the model is loaded: what runs is the fp32 model, on every device, and only the download is smaller.
// Not DequantizeLinear: onnxruntime leaves it in place, and runs it at every call.

import { fromFloat16, toFloat16 } from '../../ir/float16.ts'
import { contiguousBytes, numel, tensorOf, type Tensor } from '../../ir/tensor.ts'
import { int64Tensor, scalarTensor } from '../../ir/tensor-elements.ts'
import type { Dims } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import { onnxDataType } from '../data-type.ts'
import type { OnnxAttribute, OnnxModel, OnnxNode } from '../model.ts'
import { newNode } from '../passes/readers.ts'
import { fromRounded, int4Block, toInt4, toInt8, type WeightView } from './rounding.ts'

export function onnxNode(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  domain = '',
): OnnxNode {
  return newNode(opType, inputs, outputs, Object.entries(attributes), domain)
}

/** Makes constants and nodes at the head of the outermost graph, where every scope sees them. */
export class Prelude {
  readonly nodes: OnnxNode[] = []
  readonly #model: OnnxModel
  readonly #shared = new Map<string, string>()
  #next = 0

  constructor(model: OnnxModel) {
    this.#model = model
  }

  name(dtype: ScalarType, dims: Dims): string {
    const name = `q:${this.#next++}`
    this.#model.types.set(name, { dtype, dims })
    return name
  }
  constant(tensor: Tensor): string {
    const name = this.name(tensor.dtype, tensor.sizes)
    this.#model.graph.initializers.set(name, tensor)
    return name
  }
  /** A value that many nodes read. */
  shared(key: string, make: () => string): string {
    let name = this.#shared.get(key)
    if (name === undefined) this.#shared.set(key, (name = make()))
    return name
  }
  ints(values: readonly number[]): string {
    return this.shared(`ints ${values.join()}`, () => this.constant(int64Tensor(values)))
  }
  scale(value: number): string {
    return this.shared(`scale ${value}`, () => this.constant(scalarTensor('float32', value)))
  }
  zeroPoint(value: number): string {
    return this.shared(`zero ${value}`, () => this.constant(scalarTensor('uint8', BigInt(value))))
  }
  op(
    opType: string,
    inputs: readonly string[],
    dtype: ScalarType,
    dims: readonly number[] | undefined,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    const name = this.name(dtype, dims)
    this.nodes.push(onnxNode(opType, inputs, [name], attributes))
    return name
  }
  cast(name: string, dtype: ScalarType, dims: readonly number[]): string {
    return this.op('Cast', [name], dtype, dims, { to: onnxDataType(dtype)! })
  }
}

export function floatsOf(tensor: Tensor): Float32Array {
  // A copy of its own: slice() of Node's Buffer is none.
  return new Float32Array(new Uint8Array(contiguousBytes(tensor)).buffer)
}
export const floatTensor = (sizes: readonly number[], values: Float32Array): Tensor => tensorOf('float32', sizes, bytesOf(values))
export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int8Array | Uint16Array | Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

export const isFinite = (values: Float32Array): boolean => values.every(Number.isFinite)

/** Largest half. */
const MAX_HALF = 65504

/** Undefined where a value is beyond fp16's range. */
export function halfTensor(sizes: readonly number[], values: Float32Array): Tensor | undefined {
  if (values.some((value) => Number.isFinite(value) && Math.abs(value) > MAX_HALF)) return undefined
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) halves[i] = toFloat16(values[i]!)
  return tensorOf('float16', sizes, bytesOf(halves))
}

const half = (value: number): number => fromFloat16(toFloat16(value))

/** The name of the float32 value, or why fp16 cannot hold the weight. */
export function storeHalf(tensor: Tensor, to: Prelude): string | undefined {
  const stored = halfTensor(tensor.sizes, floatsOf(tensor))
  return stored === undefined ? undefined : to.cast(to.constant(stored), 'float32', tensor.sizes)
}

/** Along which axes a weight has its scales. Groups of a transposed convolution split an axis; rows of the first axis are finer still. */
const int8View = ({ sizes }: Tensor, view: WeightView): WeightView =>
  isBroadcast(sizes, view) ? view : { outer: sizes[0]!, length: numel(sizes.slice(1)), inner: 1 }

/** What is left of a weight once it is stored in integers. */
export function rounded(tensor: Tensor, view: WeightView, precision: 'int8' | 'int4'): Float32Array {
  const weights = floatsOf(tensor)
  const block = precision === 'int4' ? blockOf(tensor, view) : undefined
  if (block !== undefined) return fromRounded(toInt4(weights, view, block, scaleRounding(weights)), view)
  const own = int8View(tensor, view)
  return fromRounded(toInt8(weights, own), own)
}

/** w = cast(q) · scale. */
export function storeInt8(tensor: Tensor, view: WeightView, to: Prelude): string {
  const own = int8View(tensor, view)
  const { values, scales } = toInt8(floatsOf(tensor), own)
  const stored = to.constant(tensorOf('int8', tensor.sizes, bytesOf(values)))
  const scale = to.constant(floatTensor(scaleSizes(tensor.sizes, own), scales))
  return to.op('Mul', [to.cast(stored, 'float32', tensor.sizes), scale], 'float32', tensor.sizes)
}

/** Sizes in which scales of [outer, 1, inner] broadcast against the weight: the axes that are summed are 1. */
export function scaleSizes(sizes: readonly number[], { outer, inner }: WeightView): number[] {
  let before = 0
  let product = 1
  while (product < outer) product *= sizes[before++]!
  let after = sizes.length
  product = 1
  while (product < inner) product *= sizes[--after]!
  return sizes.map((size, axis) => (axis < before || axis >= after ? size : 1))
}

/** True when the scales of a whole middle axis broadcast against the weight. */
export function isBroadcast(sizes: readonly number[], view: WeightView): boolean {
  return scaleSizes(sizes, view).reduce((n, size) => n * size, 1) === view.outer * view.inner
}

/** What the two halves of a byte stand for, low one first: q + 8 is stored. */
const NIBBLES = Int8Array.from({ length: 512 }, (_, i) => (i % 2 === 0 ? (i >> 1) & 15 : i >> 5) - 8)

/** Elements that share a scale in int4; undefined where a weight has no such form. */
const blockOf = ({ sizes }: Tensor, view: WeightView): number | undefined => (numel(sizes) % 2 === 1 ? undefined : int4Block(view.length))

/** Scales are halves, unless one of them is too large for that. */
const scaleRounding = (weights: Float32Array): ((scale: number) => number) =>
  weights.some((value) => Math.abs(value) > MAX_HALF) ? (scale) => scale : half

/**
 * Two elements a byte, in the order of the weight: w = table[bytes] · cast(scale), in blocks. A table, since onnxruntime reads one much faster
 * than it computes with bytes; and not a tensor of int4, which the runtime for WebGPU cannot cast. Undefined where no block fits.
 */
export function storeInt4(tensor: Tensor, view: WeightView, to: Prelude): string | undefined {
  const block = blockOf(tensor, view)
  const count = numel(tensor.sizes)
  if (block === undefined) return undefined
  const weights = floatsOf(tensor)
  const isWide = scaleRounding(weights) !== half
  const { values, scales } = toInt4(weights, view, block, scaleRounding(weights))
  const blocks = (view.outer * view.length) / block
  const [whole, scaleDims] = [
    [blocks, block, view.inner],
    [blocks, 1, view.inner],
  ]
  const stored = to.constant(tensorOf('uint8', [count / 2], packPairs(values)))
  const table = to.shared('table', () => to.cast(to.constant(tensorOf('int8', [256, 2], bytesOf(NIBBLES))), 'float32', [256, 2]))
  const pairs = to.op('Gather', [table, to.cast(stored, 'int32', [count / 2])], 'float32', [count / 2, 2], { axis: 0 })
  const blocked = to.op('Reshape', [pairs, to.ints(whole)], 'float32', whole, { allowzero: 0 })
  const scale = isWide
    ? to.constant(floatTensor(scaleDims, scales))
    : to.cast(to.constant(halfTensor(scaleDims, scales)!), 'float32', scaleDims)
  const scaled = to.op('Mul', [blocked, scale], 'float32', whole)
  return to.op('Reshape', [scaled, to.ints(tensor.sizes)], 'float32', tensor.sizes, { allowzero: 0 })
}

/** q + 8 of two elements in each byte, the first in the low half. */
export function packPairs(values: Int8Array): Uint8Array {
  const bytes = new Uint8Array(values.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = (values[2 * i]! + 8) | ((values[2 * i + 1]! + 8) << 4)
  return bytes
}
