// conv → batch_norm in evaluation mode is one convolution: W' = W·s, b' = (b − mean)·s + beta, with s = gamma / sqrt(var + eps) per channel.
// batch_norm → conv without padding is one, too: W' = W·s per input channel, b' = b + Σ W·(beta − mean·s).
// Mirrors torch/csrc/jit/passes/fold_conv_bn.cpp and fold_linear_bn.cpp; the mobile optimiser's CONV_BN_FUSION.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf, constantTensor } from '../ir/constant.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import type { Tensor } from '../ir/tensor.ts'
import type { Value } from '../ir/value.ts'
import { affineLayer, BIAS, WEIGHT, type AffineLayer } from './affine-layer.ts'
import { factsOf } from './graph-facts.ts'
import { definePass } from './pass.ts'
import { floatsOf, floatTensor, scaleChannels, sumChannels, type ChannelOf } from './scale-channels.ts'

const NAME = 'fold-conv-batch-norm'

export const foldConvBatchNorm = definePass({
  name: NAME,
  doc: 'Folds batch normalisation in evaluation mode into the weights of the convolution or linear layer before it, or behind it where nothing is padded.',
  type: 'CONV_BN_FUSION',
  optional: true,
  run: (graph: Graph, context) => {
    const facts = factsOf(graph, context)
    const rankOf = (value: Value): number | undefined => facts.of(value).dims?.length
    const weights = weightsOf(graph)
    let modified = false
    for (const node of allNodes(graph.block)) {
      if (node.kind !== 'aten::batch_norm') continue
      const plan = planOf(node, rankOf)
      if (plan === undefined) continue
      if (typeof plan !== 'string') {
        if (sharedCopy(weights, plan, rankOf)) {
          context.missed.push({
            pass: NAME,
            reason: 'the weight is used elsewhere too, and a scaled copy of it would be stored beside it',
            ...placeOf(node),
          })
          continue
        }
        apply(node, plan)
        modified = true
      } else context.missed.push({ pass: NAME, reason: plan, ...placeOf(node) })
    }
    return modified
  },
})

const placeOf = ({ range }: Node): { readonly range?: NonNullable<Node['range']> } => (range === undefined ? {} : { range })

/** A fold that is to be made: the layer's new weight and bias. */
interface Plan {
  readonly layer: Node
  readonly behind: boolean
  readonly weight: Tensor
  readonly scale: ArrayLike<number>
  readonly channelOf: ChannelOf
  readonly scaled: Tensor
  readonly bias: Tensor
}

/** Undefined: no layer is near. A text: there is one, and this is in the way. */
function planOf(norm: Node, rankOf: (value: Value) => number | undefined): Plan | string | undefined {
  const before = norm.input(0).node
  const found = layerAt(before)
  if (found !== undefined) return typeof found === 'string' ? found : folded(norm, before, found, false, rankOf)
  const [use] = norm.output().uses
  const next = use?.user
  const behind = next === undefined || use!.index !== 0 ? undefined : layerAt(next)
  if (behind === undefined || typeof behind === 'string') return undefined
  return folded(norm, next!, behind, true, rankOf)
}

interface Layer extends AffineLayer {
  readonly weight: Tensor
}
const LAYERS = /^aten::(linear|conv[123]d|conv_transpose[123]d|_convolution|convolution)$/

function layerAt(node: Node): Layer | string | undefined {
  if (!LAYERS.test(node.kind)) return undefined
  const weight = constantTensor(node.input(WEIGHT))
  if (weight === undefined || weight.sizes.length < 2) return 'the weight is no constant'
  const layer = affineLayer(node, weight)
  return layer === undefined ? 'the arguments of the convolution are no constants' : { ...layer, weight }
}

function folded(norm: Node, node: Node, layer: Layer, behind: boolean, rankOf: (value: Value) => number | undefined): Plan | string {
  const { what, weight } = layer
  // training=True normalises by the batch's own statistics.
  if (constantOf(norm.input(5)) !== false) return 'the batch norm is in training mode'
  const value = behind ? norm.output() : node.output()
  if (value.uses.size !== 1)
    return behind ? 'the result of the batch norm is used elsewhere too' : `the result of the ${what} is used elsewhere too`
  if (behind && !layer.unpadded) return 'the batch norm stands before a convolution whose padding it does not reach'
  const rank = rankOf(value)
  // Channels are axis 1 of the batch norm, and the last axis of a linear layer.
  if (what === 'linear layer' && rank !== 2) return 'the batch norm counts another axis than that of the features of the linear layer'
  if (what === 'convolution' && rank !== undefined && rank !== weight.sizes.length) return 'the convolution has no batch axis'
  const mean = floatsOf(constantTensor(norm.input(3)))
  const variance = floatsOf(constantTensor(norm.input(4)))
  const epsilon = constantOf(norm.input(7))
  const channels = behind ? layer.inputs : layer.outputs
  const gamma = optional(norm.input(1), channels, 1)
  const beta = optional(norm.input(2), channels, 0)
  const bias = optional(node.input(BIAS), layer.outputs, 0)
  if (mean === undefined || variance === undefined || typeof epsilon !== 'number')
    return 'the statistics of the batch norm are no constants'
  if (gamma === undefined || beta === undefined || bias === undefined) return 'the affine parameters are no constants'
  if (mean.length !== channels || variance.length !== channels) return 'the channels of both are not as many'

  const scale = Float64Array.from(gamma, (g, i) => g / Math.sqrt(variance[i]! + epsilon))
  const channelOf = behind ? layer.inputOf : layer.outputOf
  const shift = Float64Array.from(beta, (b, i) => b - mean[i]! * scale[i]!)
  const sums = behind ? sumChannels(weight, channelOf, shift) : undefined
  const biases = Float64Array.from(bias, (v, i) => (sums === undefined ? (v - mean[i]!) * scale[i]! + beta[i]! : v + sums[i]!))
  const scaled = scaledOnce(weight, channelOf, scale, behind)
  const newBias = floatTensor(weight.dtype, [layer.outputs], biases)
  if (scaled === undefined || newBias === undefined) return `the folded weights are too large for ${weight.dtype}`
  return { layer: node, behind, weight, scale, channelOf, scaled, bias: newBias }
}

function apply(norm: Node, { layer, behind, scaled, bias }: Plan): void {
  const b = Builder.replacing(layer)
  const like = (from: Value, tensor: Tensor): Value => b.constant(tensor).setDebugName(from.debugName)
  const nameOfBias = constantOf(layer.input(BIAS)) === null ? norm.input(2) : layer.input(BIAS)
  layer.setInput(WEIGHT, like(layer.input(WEIGHT), scaled))
  layer.setInput(BIAS, like(behind ? nameOfBias : norm.input(2), bias))
  norm.output().replaceAllUsesWith(behind ? norm.input(0) : layer.output())
  norm.destroy()
}

/** None stands for a constant vector. */
function optional(value: Value, count: number, otherwise: number): ArrayLike<number> | undefined {
  if (constantOf(value) === null) return new Float64Array(count).fill(otherwise)
  const found = floatsOf(constantTensor(value))
  return found?.length === count ? found : undefined
}

/** What weights were scaled to before: methods of one module share their layers, and so the one weight that is written. */
const scaledBefore = new WeakMap<Tensor, { readonly behind: boolean; readonly scale: ArrayLike<number>; readonly result: Tensor }[]>()

const sameNumbers = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]))

function scaledOnce(weight: Tensor, channelOf: ChannelOf, scale: ArrayLike<number>, behind: boolean): Tensor | undefined {
  const before = scaledBefore.get(weight) ?? []
  const same = before.find((one) => one.behind === behind && sameNumbers(one.scale, scale))
  if (same !== undefined) return same.result
  const result = scaleChannels(weight, channelOf, scale)
  if (result !== undefined) scaledBefore.set(weight, [...before, { behind, scale, result }])
  return result
}

/** The constants that hold each tensor. */
function weightsOf(graph: Graph): Map<Tensor, Value[]> {
  const found = new Map<Tensor, Value[]>()
  for (const node of allNodes(graph.block)) {
    const tensor = node.kind === 'prim::Constant' ? constantTensor(node.output()) : undefined
    if (tensor !== undefined) found.set(tensor, [...(found.get(tensor) ?? []), node.output()])
  }
  return found
}

/** True when some other reader of the weight keeps it as it is: then both would be stored. */
function sharedCopy(weights: ReadonlyMap<Tensor, readonly Value[]>, plan: Plan, rankOf: (value: Value) => number | undefined): boolean {
  for (const value of weights.get(plan.weight) ?? []) {
    for (const { user, index } of value.uses) {
      if (user === plan.layer && index === WEIGHT) continue
      const other = index === WEIGHT && user.outputs.length === 1 ? planFor(user, plan.behind, rankOf) : undefined
      if (other === undefined || !sameNumbers(other.scale, plan.scale)) return true
    }
  }
  return false
}

/** The fold of the batch norm beside a layer, where it can be made. */
function planFor(layer: Node, behind: boolean, rankOf: (value: Value) => number | undefined): Plan | undefined {
  const norm = behind ? layer.input(0).node : [...layer.output().uses][0]?.user
  const plan = norm?.kind === 'aten::batch_norm' ? planOf(norm, rankOf) : undefined
  return typeof plan === 'object' && plan.layer === layer ? plan : undefined
}
