// The weights of an emitted model: float constants that come from the module, who reads them, and along which axes they are summed.
// Tables that the lowering itself makes (of Fourier transforms, of resizing) are none.

import { numel, type Tensor } from '../../ir/tensor.ts'
import type { OnnxModel, OnnxNode } from '../model.ts'
import { intAttribute, nodesOf } from '../passes/values.ts'
import type { WeightView } from './rounding.ts'

export interface Weight {
  readonly name: string
  readonly tensor: Tensor
  /** The attribute of the module that it comes from: `layer1.0.conv1.weight`. */
  readonly path: string
  readonly uses: readonly WeightUse[]
  /** How one of its readers sums over it; undefined where none does. */
  readonly view: WeightView | undefined
}
export interface WeightUse {
  readonly node: OnnxNode
  readonly input: number
}

type Viewer = (sizes: readonly number[], node: OnnxNode, input: number) => WeightView | undefined

const flag = (node: OnnxNode, name: string): boolean => intAttribute(node, name, 0) !== 0
/** Each row of the last axes, from `axis` on, is summed. */
const rows = (sizes: readonly number[], axis: number): WeightView => ({
  outer: numel(sizes.slice(0, axis)),
  length: numel(sizes.slice(axis)),
  inner: 1,
})
/** The axis `axis` alone is summed. */
const along = (sizes: readonly number[], axis: number): WeightView => ({
  outer: numel(sizes.slice(0, axis)),
  length: sizes[axis]!,
  inner: numel(sizes.slice(axis + 1)),
})

const convolution: Viewer = (sizes, _, input) => (input === 1 ? rows(sizes, 1) : undefined)
const transposedConvolution: Viewer = (sizes, node, input) => {
  // [in, out / groups, …]: a group sums over its own part of `in`.
  const groups = intAttribute(node, 'group', 1)
  return input === 1 && groups > 0 && sizes[0]! % groups === 0
    ? { outer: groups, length: sizes[0]! / groups, inner: numel(sizes.slice(1)) }
    : undefined
}
const product: Viewer = (sizes, node, input) => {
  if (sizes.length < 2 || input > 1) return undefined
  const turned = flag(node, input === 0 ? 'transA' : 'transB')
  return along(sizes, sizes.length - ((input === 0) === turned ? 2 : 1))
}
const matrix: Viewer = (sizes, node, input) => (input === 1 ? along(sizes, flag(node, 'transB') ? 1 : 0) : undefined)
const recurrent: Viewer = (sizes, _, input) => (input === 1 || input === 2 ? rows(sizes, 2) : undefined)
/** Nothing is summed: a row is looked up as a whole. */
const table: Viewer = (sizes, node, input) =>
  input === 0 && sizes.length >= 2 && intAttribute(node, 'axis', 0) === 0 ? rows(sizes, 1) : undefined

/** ONNX spec: Conv-11, ConvTranspose-11, MatMul-13, Gemm-13, Gather-13, LSTM-14, GRU-14, RNN-14; onnxruntime's docs/ContribOperators.md. */
const viewers = new Map<string, Viewer>([
  ['Conv', convolution],
  ['FusedConv', convolution],
  ['ConvTranspose', transposedConvolution],
  ['MatMul', product],
  ['FusedMatMul', product],
  ['Gemm', matrix],
  ['FusedGemm', matrix],
  ['Attention', (sizes, { domain }, input) => (input === 1 && domain !== '' ? along(sizes, 0) : undefined)],
  ['Gather', table],
  ['LSTM', recurrent],
  ['GRU', recurrent],
  ['RNN', recurrent],
])

/** `pathOf`: the attribute that a constant is a view of, where the model's own table does not tell. In the order of the initializers. */
export function findWeights(model: OnnxModel, pathOf: (tensor: Tensor) => string | undefined): Weight[] {
  const uses = new Map<string, WeightUse[]>()
  const { initializers } = model.graph
  for (const node of nodesOf(model.graph)) {
    for (const [input, name] of node.inputs.entries()) {
      if (!initializers.has(name)) continue
      const known = uses.get(name)
      if (known === undefined) uses.set(name, [{ node, input }])
      else known.push({ node, input })
    }
  }
  return [...initializers].flatMap(([name, tensor]): Weight[] => {
    if (tensor.dtype !== 'float32') return []
    const path = model.origins.get(name) ?? pathOf(tensor)
    if (path === undefined) return []
    const readers = uses.get(name) ?? []
    const views = readers.flatMap(({ node, input }) => viewers.get(node.opType)?.(tensor.sizes, node, input) ?? [])
    return [{ name, tensor, path, uses: readers, view: views[0] }]
  })
}
