// conv → batch_norm in evaluation mode is one convolution: W' = W·s, b' = (b − mean)·s + beta, with s = gamma / sqrt(var + eps) per channel.
// Mirrors torch/csrc/jit/passes/fold_conv_bn.cpp; the mobile optimiser's CONV_BN_FUSION.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf, constantTensor } from '../ir/constant.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { contiguousBytes, numel, tensorOf, type Tensor } from '../ir/tensor.ts'
import type { Value } from '../ir/value.ts'
import { definePass } from './pass.ts'

/** Where a producer keeps weight and bias, and along which axis of the weight its output channels lie. */
interface Producer {
  readonly weight: number
  readonly bias: number
  readonly channelAxis: (node: Node) => number | undefined
}

const forward: Producer = { weight: 1, bias: 2, channelAxis: () => 0 }
/** Transposed weights are [in, out / groups, …]: with one group the output channels are axis 1. */
const transposed = (groupsAt: number): Producer => ({
  weight: 1,
  bias: 2,
  channelAxis: (node) => (constantOf(node.input(groupsAt)) === 1n ? 1 : undefined),
})
/** `_convolution` and `convolution` say it by an argument. */
const either: Producer = {
  weight: 1,
  bias: 2,
  channelAxis: (node) =>
    constantOf(node.input(6)) === false ? 0 : constantOf(node.input(6)) === true && constantOf(node.input(8)) === 1n ? 1 : undefined,
}

const producers = new Map<string, Producer>([
  ['aten::conv1d', forward],
  ['aten::conv2d', forward],
  ['aten::conv3d', forward],
  ['aten::linear', forward],
  ['aten::conv_transpose1d', transposed(6)],
  ['aten::conv_transpose2d', transposed(6)],
  ['aten::conv_transpose3d', transposed(6)],
  ['aten::_convolution', either],
  ['aten::convolution', either],
])

export const foldConvBatchNorm = definePass({
  name: 'fold-conv-batch-norm',
  doc: 'Folds batch normalisation in evaluation mode into the weights of the convolution or linear layer before it.',
  type: 'CONV_BN_FUSION',
  optional: true,
  run: (graph: Graph) => {
    let modified = false
    for (const node of allNodes(graph.block)) if (node.kind === 'aten::batch_norm' && fold(node)) modified = true
    return modified
  },
})

function fold(norm: Node): boolean {
  const conv = norm.input(0).node
  const producer = producers.get(conv.kind)
  if (producer === undefined || conv.output().uses.size !== 1 || conv.block !== norm.block) return false
  // training=True normalises by the batch's own statistics.
  if (constantOf(norm.input(5)) !== false) return false
  const axis = producer.channelAxis(conv)
  const weight = constantTensor(conv.input(producer.weight))
  const mean = float32(norm.input(3))
  const variance = float32(norm.input(4))
  const epsilon = constantOf(norm.input(7))
  if (axis === undefined || weight?.dtype !== 'float32' || mean === undefined || variance === undefined || typeof epsilon !== 'number')
    return false
  const channels = mean.length
  const gamma = optional(norm.input(1), channels, 1)
  const beta = optional(norm.input(2), channels, 0)
  const bias = optional(conv.input(producer.bias), channels, 0)
  if (gamma === undefined || beta === undefined || bias === undefined || weight.sizes[axis] !== channels) return false
  // A linear layer's batch norm counts its last axis only when the input is a matrix.
  const input = norm.input(0).type
  if (conv.kind === 'aten::linear' && !(input.kind === 'Tensor' && input.dims?.length === 2)) return false

  const scale = Float32Array.from(gamma, (g, i) => g / Math.sqrt(variance[i]! + epsilon))
  const b = Builder.replacing(conv)
  const like = (from: Value, tensor: Tensor): Value => b.constant(tensor).setDebugName(from.debugName)
  conv.setInput(producer.weight, like(conv.input(producer.weight), scaled(weight, axis, scale)))
  conv.setInput(producer.bias, like(norm.input(2), vector(Float32Array.from(bias, (v, i) => (v - mean[i]!) * scale[i]! + beta[i]!))))
  norm.output().replaceAllUsesWith(conv.output())
  norm.destroy()
  return true
}

/** The elements of a constant float32 tensor; a view. */
function float32(value: Value): Float32Array | undefined {
  const tensor = constantTensor(value)
  return tensor?.dtype === 'float32' ? floats(tensor) : undefined
}
function floats(tensor: Tensor): Float32Array {
  const bytes = contiguousBytes(tensor)
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4)
}
/** None stands for a constant vector. */
function optional(value: Value, count: number, otherwise: number): Float32Array | undefined {
  if (constantOf(value) === null) return new Float32Array(count).fill(otherwise)
  const found = float32(value)
  return found?.length === count ? found : undefined
}

const vector = (data: Float32Array): Tensor =>
  tensorOf('float32', [data.length], new Uint8Array(data.buffer, data.byteOffset, data.byteLength))

/** What weights were scaled to before: methods of one module share their layers, and so the one weight that is written. */
const scaledBefore = new WeakMap<Tensor, { readonly axis: number; readonly scale: Float32Array; readonly result: Tensor }[]>()

function scaled(weight: Tensor, axis: number, scale: Float32Array): Tensor {
  const before = scaledBefore.get(weight) ?? []
  const same = before.find(
    (one) => one.axis === axis && one.scale.length === scale.length && one.scale.every((v, i) => Object.is(v, scale[i])),
  )
  if (same !== undefined) return same.result
  const result = scaleChannels(weight, axis, scale)
  scaledBefore.set(weight, [...before, { axis, scale, result }])
  return result
}

function scaleChannels(weight: Tensor, axis: number, scale: Float32Array): Tensor {
  const from = floats(weight)
  const out = new Float32Array(from.length)
  // Elements that share a channel lie in runs of `inner`.
  const inner = numel(weight.sizes.slice(axis + 1))
  for (let start = 0, channel = 0; start < from.length; start += inner, channel = (channel + 1) % scale.length) {
    const factor = scale[channel]!
    for (let i = start; i < start + inner; i++) out[i] = from[i]! * factor
  }
  return tensorOf('float32', weight.sizes, new Uint8Array(out.buffer))
}
