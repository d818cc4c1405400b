// Constant factors and addends of whole channels behind a convolution or Gemm become part of its weight and bias: layer scale, FrozenBatchNorm2d,
// hand-written normalisation. Axes may have been moved in between. MatMul is for fold-linear-scale.ts.
// W' = W·s and b' = b·s + t per channel; in float64, rounded once.

import { numel, type Tensor } from '../../ir/tensor.ts'
import { floatsOf, floatTensor, scaleChannels, type ChannelOf } from '../../passes/scale-channels.ts'
import type { OnnxModel, OnnxNode } from '../model.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { replaceNodes, type GraphIndex } from './graph-index.ts'
import { floatAttribute, isOp, newNode } from './readers.ts'
import { intAttribute, intsAttribute } from './values.ts'

const NAME = 'fold-scale'

/** What a node does to the value before it: y·scale + shift. */
interface Affine {
  readonly operand: string
  readonly constant: string
  readonly kind: 'scale' | 'shift'
  readonly of: (value: number) => number
}

/** A layer whose weight is at hand, and where its constants are. */
interface Layer {
  readonly what: string
  readonly weight: string
  readonly channels: number
  readonly channelOf: ChannelOf
  /** Axes of the result; the channels are axis 1. */
  readonly rank: number
  /** Name of the bias; '' when there is none; undefined when it is no constant of the channels. */
  readonly bias: string | undefined
  /** The result has bias times this. */
  readonly beta: number
  readonly setBias: (name: string) => void
}

export const foldScale = defineOnnxPass({
  name: NAME,
  doc: 'Constant factors and addends of channels behind a convolution or linear layer become part of its weight and bias.',
  optional: true,
  wants: ['Conv', 'ConvTranspose', 'Gemm'],
  run: (model, { missed }) => {
    const folder = new Folder(model, (reason) => void missed.push({ pass: NAME, reason }))
    return replaceNodes(model, 'fs', (node, index) => {
      const affine = affineOf(node, index)
      return affine !== undefined && folder.fold(affine, index) ? newNode('Identity', [affine.operand], node.outputs) : undefined
    })
  },
})

const KINDS = new Map<string, readonly [Affine['kind'], (value: number) => number]>([
  ['Mul', ['scale', (v) => v]],
  ['Div', ['scale', (v) => 1 / v]],
  ['Add', ['shift', (v) => v]],
  ['Sub', ['shift', (v) => -v]],
])

function affineOf(node: OnnxNode, index: GraphIndex): Affine | undefined {
  const kind = node.domain === '' ? KINDS.get(node.opType) : undefined
  const [a, b] = node.inputs as [string, string]
  if (kind === undefined) return undefined
  const swaps = node.opType === 'Mul' || node.opType === 'Add'
  const right = index.constant(b) !== undefined
  if (right === (index.constant(a) !== undefined) || (!right && !swaps)) return undefined
  return { operand: right ? a : b, constant: right ? b : a, kind: kind[0], of: kind[1] }
}

class Folder {
  readonly #model: OnnxModel
  readonly #miss: (reason: string) => void
  #next = 0

  constructor(model: OnnxModel, miss: (reason: string) => void) {
    this.#model = model
    this.#miss = miss
  }

  /** In place; false when nothing changed. */
  fold({ operand, constant, kind, of }: Affine, index: GraphIndex): boolean {
    const perms: (readonly number[])[] = []
    let shared = false
    let name = operand
    // Back to the layer, over nodes that only move axes.
    for (;;) {
      shared ||= index.reads(name) !== 1
      const node = index.producer(name)
      const perm = isOp(node, 'Transpose') ? intsAttribute(node, 'perm') : undefined
      if (node === undefined || (perm === undefined && node.opType !== 'Identity')) break
      if (perm !== undefined) perms.push(perm)
      name = node.inputs[0]!
    }
    const layer = layerAt(name, index)
    if (layer === undefined) return false
    const vector = this.#vector(index.constant(constant)!, layer, perms.reverse())
    if (vector === undefined) return false
    const values = Float64Array.from({ length: layer.channels }, (_, i) => of(vector[vector.length === 1 ? 0 : i]!))
    const reason = this.#apply(kind, values, layer, shared, index)
    if (reason !== undefined) this.#miss(reason)
    return reason === undefined
  }

  /** One number, or one for each channel; undefined when the constant is about other axes. */
  #vector(tensor: Tensor, layer: Layer, perms: readonly (readonly number[])[]): ArrayLike<number> | undefined {
    const { sizes } = tensor
    if (sizes.length > layer.rank) return undefined
    const fromEnd = layer.rank - perms.reduce((axis, perm) => perm.indexOf(axis), 1)
    const fits = sizes.every((size, i) => size === 1 || (sizes.length - i === fromEnd && size === layer.channels))
    return fits ? floatsOf(tensor) : undefined
  }

  /** A text says why not. */
  #apply(kind: Affine['kind'], values: Float64Array, layer: Layer, shared: boolean, index: GraphIndex): string | undefined {
    const { what, weight, channels, channelOf, bias, beta } = layer
    if (shared) return `the result of the ${what} is used elsewhere too`
    if (bias === undefined) return `the bias of the ${what} is no constant of its channels`
    if (!values.every(Number.isFinite)) return 'a factor is not finite'
    const { initializers } = this.#model.graph
    const tensor = initializers.get(weight)!
    const old = bias === '' ? undefined : floatsOf(initializers.get(bias))
    if (bias !== '' && old?.length !== channels) return `the bias of the ${what} is no constant of its channels`
    const dtype = tensor.dtype
    if (kind === 'shift') {
      const biases = floatTensor(
        dtype,
        [channels],
        Float64Array.from(values, (v, i) => (old?.[i] ?? 0) + v / beta),
      )
      if (biases === undefined) return `the folded bias is too large for ${dtype}`
      this.#setBias(layer, biases, index)
      return undefined
    }
    if (index.reads(weight) !== 1) return 'the weight is used elsewhere too, and a scaled copy of it would be stored beside it'
    const scaled = scaleChannels(tensor, channelOf, values)
    const biases =
      old === undefined
        ? undefined
        : floatTensor(
            dtype,
            [channels],
            Float64Array.from(old, (v, i) => v * values[i]!),
          )
    if (scaled === undefined || (old !== undefined && biases === undefined)) return `the folded weights are too large for ${dtype}`
    initializers.set(weight, scaled)
    if (biases !== undefined) this.#setBias(layer, biases, index)
    return undefined
  }

  #setBias({ bias, setBias }: Layer, tensor: Tensor, index: GraphIndex): void {
    const { initializers } = this.#model.graph
    const sizes = bias === '' || bias === undefined ? tensor.sizes : initializers.get(bias)!.sizes
    const shaped = { ...tensor, sizes, strides: sizes.map((_, i) => numel(sizes.slice(i + 1))) }
    if (bias !== '' && bias !== undefined && index.reads(bias) === 1) {
      initializers.set(bias, shaped)
      return
    }
    let name: string
    do name = `fold-scale:${this.#next++}`
    while (initializers.has(name))
    initializers.set(name, shaped)
    setBias(name)
  }
}

function layerAt(name: string, index: GraphIndex): Layer | undefined {
  const node = index.producer(name)
  if (node === undefined || node.domain !== '') return undefined
  const weight = index.constant(node.inputs[1])
  if (weight === undefined || floatsOf({ ...weight, sizes: [0], strides: [1] }) === undefined) return undefined
  const bias = node.inputs[2] ?? ''
  const common = { weight: node.inputs[1]!, bias: bias === '' || index.constant(bias) !== undefined ? bias : undefined, beta: 1 }
  const setBias = (to: string): void => void (node.inputs = [node.inputs[0]!, node.inputs[1]!, to])
  const [rows, columns] = [weight.sizes[0]!, weight.sizes[1]!]
  switch (node.opType) {
    case 'Conv':
      return { ...common, what: 'convolution', channels: rows, channelOf: (a) => a, rank: weight.sizes.length, setBias }
    case 'ConvTranspose': {
      const groups = intAttribute(node, 'group', 1)
      const channelOf: ChannelOf = (a, b) => Math.floor(a / (rows / groups)) * columns + b
      return { ...common, what: 'convolution', channels: columns * groups, channelOf, rank: weight.sizes.length, setBias }
    }
    case 'Gemm': {
      const transposed = intAttribute(node, 'transB', 0) === 1
      const beta = floatAttribute(node, 'beta', 1)
      const channelOf: ChannelOf = transposed ? (a) => a : (_, b) => b
      const channels = transposed ? rows : columns
      return beta === 0 ? undefined : { ...common, what: 'linear layer', channels, channelOf, rank: 2, beta, setBias }
    }
  }
  return undefined
}
