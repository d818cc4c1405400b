// Inputs to run an emitted model on: those that the options give, by name or position, and generated ones for the rest.

import type { Dim, Dims } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { numel, type Tensor } from '../../ir/tensor.ts'
import { scalarTensor, tensorFromElements } from '../../ir/tensor-elements.ts'
import { generatedTensor } from '../../tracing/generated-tensor.ts'
import type { OnnxModel, ValueInfo } from '../../onnx/model.ts'
import { intAttribute } from '../../onnx/passes/values.ts'

/** One tensor as options give it. */
export interface GivenInput {
  readonly data: ArrayLike<number | bigint>
  readonly dims: readonly number[]
}
export type GivenInputs = Readonly<Record<string, GivenInput>>
export type Feeds = ReadonlyMap<string, Tensor>

/** Extents of axes that nothing tells. */
export interface Extents {
  /** The first two: batch, channels, length of a sequence. */
  readonly first: number
  readonly rest: number
}
/** Tried in turn, until the model takes one. */
export const EXTENTS: readonly [Extents, ...Extents[]] = [
  { first: 2, rest: 64 },
  { first: 1, rest: 64 },
  { first: 2, rest: 224 },
  { first: 1, rest: 4096 },
  { first: 16, rest: 16 },
]
// What is measured is a hint: more elements than that are not worth their time.
const MAX_ELEMENTS = 2 ** 22

/** An input of its name, or of its position in the signature. */
export function givenFor<T>({ name }: ValueInfo, position: number, given: Readonly<Record<string, T>>): T | undefined {
  const entries = new Map(Object.entries(given))
  return entries.get(name) ?? entries.get(String(position))
}

/**
 * Undefined where a generated input would be too big. `hints`: extents by name of the dim; `seed`: other numbers.
 */
export function feedsFor(
  inputs: readonly ValueInfo[],
  given: GivenInputs,
  seed: number,
  open: Extents,
  hints: ReadonlyMap<string, number> = new Map(),
): Feeds | undefined {
  const extents = new Map(hints)
  const known = inputs.map((input, i) => givenFor(input, i, given))
  for (const [i, { dims }] of inputs.entries())
    dims?.forEach((dim, axis) => {
      const size = known[i]?.dims[axis]
      if (typeof dim === 'string' && size !== undefined) extents.set(dim, size)
    })
  const feeds = new Map<string, Tensor>()
  for (const [i, { name, dtype, dims }] of inputs.entries()) {
    const example = known[i]
    const tensor = example === undefined ? generated(dtype, dims, extents, seed * inputs.length + i, open) : asTensor(dtype, example)
    if (tensor === undefined) return undefined
    feeds.set(name, tensor)
  }
  return feeds
}

/** Extents of named dims that the weights of the first layers tell: channels of a convolution, features of a product. */
export function extentHints({ graph }: OnnxModel): Map<string, number> {
  const hints = new Map<string, number>()
  for (const node of graph.nodes) {
    const input = graph.inputs.find(({ name }) => name === node.inputs[0])
    const sizes = graph.initializers.get(node.inputs[1] ?? '')?.sizes
    if (input?.dims === undefined || sizes === undefined) continue
    const hint = (dim: Dim | undefined, extent: number | undefined): void => {
      if (typeof dim === 'string' && extent !== undefined && !hints.has(dim)) hints.set(dim, extent)
    }
    if (node.opType === 'Conv' || node.opType === 'FusedConv') hint(input.dims[1], sizes[1]! * intAttribute(node, 'group', 1))
    else if (node.opType === 'MatMul') hint(input.dims.at(-1), sizes.at(-2))
    else if (node.opType === 'Gemm') hint(input.dims.at(-1), sizes[intAttribute(node, 'transB', 0) === 0 ? 0 : 1])
    else if (node.opType === 'LSTM' || node.opType === 'GRU' || node.opType === 'RNN') hint(input.dims.at(-1), sizes.at(-1))
  }
  return hints
}

function asTensor(dtype: ScalarType, { data, dims }: GivenInput): Tensor | undefined {
  if (numel(dims) !== data.length) return undefined
  const isFloat = isFloatingPoint(dtype)
  const elements = Array.from(data, (value) => (isFloat ? Number(value) : dtype === 'bool' ? Number(value) !== 0 : BigInt(value)))
  return tensorFromElements(dtype, dims, elements)
}

function generated(dtype: ScalarType, dims: Dims, extents: Map<string, number>, seed: number, open: Extents): Tensor | undefined {
  // Flags say that something is there; the entry of several methods is the first.
  if (dims?.length === 0 && dtype === 'bool') return scalarTensor('bool', true)
  if (dims?.length === 0 && !isFloatingPoint(dtype)) return scalarTensor(dtype, 0n)
  const sizes = (dims ?? [null, null]).map((dim, axis) => {
    if (typeof dim === 'number') return dim
    const size = axis < 2 ? open.first : open.rest
    if (dim === null) return size
    if (!extents.has(dim)) extents.set(dim, size)
    return extents.get(dim)!
  })
  return numel(sizes) <= MAX_ELEMENTS ? generatedTensor(dtype, sizes, seed) : undefined
}
