// Rounded and pruned weights shift the mean of what a layer gives: by Σ (w − ŵ)·mean(x) over its inputs, channel by channel, which its bias takes back.
// Behind clamps, where inputs have a mean, that is a good part of the error. Where calibration data tells the means; layers of the outermost graph.
// Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction (arXiv 1906.04721), section 4.2, with measured means.

import { numel, type Tensor } from '../../ir/tensor.ts'
import type { OnnxModel, OnnxNode } from '../model.ts'
import { operatorOf } from '../passes/graph-index.ts'
import { floatAttribute } from '../passes/readers.ts'
import { intAttribute, intsAttribute, nodesOf } from '../passes/values.ts'
import { floatsOf, floatTensor } from './stored-weight.ts'

/** A layer that has a place for a bias, or has one that is a constant. */
export interface Correctable {
  readonly node: OnnxNode
  readonly weight: string
  /** The activation whose means are asked for, and the axis of its channels; from the end below zero. */
  readonly input: string
  readonly axis: number
  /** Whose input is, or becomes, the bias: the layer's own, or that of what follows it. */
  readonly bias: { readonly node: OnnxNode; readonly input: number }
}

/** Where operators behind a product add a vector to it, as the inputs that the product may be, and the vector's. Contrib operators of onnxruntime. */
const ADDERS = new Map<string, { readonly products: readonly number[]; readonly bias: number }>([
  ['com.microsoft.BiasGelu', { products: [0], bias: 1 }],
  ['com.microsoft.FastGelu', { products: [0], bias: 1 }],
  ['com.microsoft.SkipLayerNormalization', { products: [0, 1], bias: 4 }],
])

/** Layers whose weight is one of `weights`. */
export function correctableLayers({ graph }: OnnxModel, weights: ReadonlySet<string>): Correctable[] {
  const isConstant = (name: string): boolean => graph.initializers.has(name)
  const readers = new Map<string, OnnxNode[]>()
  for (const node of nodesOf(graph)) for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node])
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  const top = new Set(graph.nodes)
  /** The one place behind a product where a constant vector is added. */
  const behind = (product: string): Correctable['bias'] | undefined => {
    const [reader, ...others] = readers.get(product) ?? []
    if (reader === undefined || others.length > 0 || outputs.has(product) || !top.has(reader)) return undefined
    const operator = operatorOf(reader)
    const at = operator === 'Add' ? { products: [0, 1], bias: reader.inputs[0] === product ? 1 : 0 } : ADDERS.get(operator)
    const bias = reader.inputs[at?.bias ?? -1] ?? ''
    const isVector = graph.initializers.get(bias)?.sizes.length === 1
    return at?.products.includes(reader.inputs.indexOf(product)) === true && isVector ? { node: reader, input: at.bias } : undefined
  }
  return graph.nodes.flatMap((node): Correctable[] => {
    const [input = '', weight = '', bias = ''] = node.inputs
    if (!weights.has(weight)) return []
    const own = bias === '' || isConstant(bias) ? { node, input: 2 } : undefined
    const layer = (axis: number, at: Correctable['bias'] | undefined): Correctable[] =>
      at === undefined ? [] : [{ node, weight, input, axis, bias: at }]
    switch (operatorOf(node)) {
      case 'Conv':
      case 'com.microsoft.FusedConv':
        return layer(1, own)
      case 'Gemm': {
        const isPlain = floatAttribute(node, 'alpha', 1) === 1 && floatAttribute(node, 'beta', 1) === 1
        return isPlain && intAttribute(node, 'transA', 0) === 0 ? layer(-1, own) : []
      }
      case 'com.microsoft.Attention':
        return bias === '' ? [] : layer(-1, own)
      case 'MatMul':
        return graph.initializers.get(weight)!.sizes.length === 2 ? layer(-1, behind(node.outputs[0]!)) : []
      default:
        return []
    }
  })
}

/** A layer, the means of its input, and sizes that it had. */
export interface MeasuredLayer extends Correctable {
  readonly means: Float64Array
  readonly sizes: readonly number[]
}

/** Means of the channels of an activation, over any number of batches. */
export class ChannelMeans {
  readonly #axis: number
  #sums = new Float64Array(0)
  #count = 0
  #sizes: readonly number[] = []

  constructor(axis: number) {
    this.#axis = axis
  }

  observe(values: ArrayLike<number>, sizes: readonly number[]): void {
    const axis = this.#axis < 0 ? this.#axis + sizes.length : this.#axis
    const channels = sizes[axis] ?? 0
    if (this.#sums.length === 0) this.#sums = new Float64Array(channels)
    if (channels !== this.#sums.length || values.length === 0) return
    const inner = numel(sizes.slice(axis + 1))
    for (let i = 0; i < values.length; i++) this.#sums[Math.floor(i / inner) % channels]! += values[i]!
    this.#count += values.length / channels
    this.#sizes = sizes
  }

  /** Of what was seen last. */
  get sizes(): readonly number[] {
    return this.#sizes
  }

  /** Undefined where nothing was seen, or what was seen was not finite. */
  get means(): Float64Array | undefined {
    const means = this.#sums.map((sum) => sum / this.#count)
    return this.#count > 0 && means.every(Number.isFinite) ? means : undefined
  }
}

/**
 * Gives each layer the bias that keeps its mean. `exact` and `stored`: the weight as it was, and what is left of it. In place; answers how many layers
 * have another bias now.
 */
export function correctBiases(
  { graph, types }: OnnxModel,
  layers: readonly MeasuredLayer[],
  exact: (weight: string) => Tensor,
  stored: (weight: string) => Float32Array | undefined,
): number {
  let corrected = 0
  for (const { node, weight, means, sizes, bias: at } of layers) {
    const before = exact(weight)
    const after = stored(weight)
    const shift = after === undefined ? undefined : shiftOf(node, before.sizes, floatsOf(before), after, { means, sizes })
    if (shift === undefined || shift.every((one) => Math.fround(one) === 0)) continue
    const old = graph.initializers.get(at.node.inputs[at.input] ?? '')
    const bias = old === undefined ? undefined : floatsOf(old)
    // A Gemm's may be one number, or a row.
    if (bias !== undefined && bias.length !== shift.length) continue
    const name = `qb:${weight}:${corrected++}`
    const values = Float32Array.from(shift, (one, i) => one + (bias?.[i] ?? 0))
    graph.initializers.set(name, floatTensor(old?.sizes ?? [values.length], values))
    types.set(name, { dtype: 'float32', dims: old?.sizes ?? [values.length] })
    at.node.inputs[at.input] = name
  }
  return corrected
}

/** Σ (w − ŵ)·mean(x), by channel of the result. Undefined where the channels are not those of the weight. */
function shiftOf(
  node: OnnxNode,
  sizes: readonly number[],
  exact: Float32Array,
  stored: Float32Array,
  { means, sizes: inputSizes }: Pick<MeasuredLayer, 'means' | 'sizes'>,
): Float64Array | undefined {
  if (node.opType !== 'Conv' && node.opType !== 'FusedConv') {
    const turned = node.opType === 'Gemm' && intAttribute(node, 'transB', 0) !== 0
    const [rows, columns] = sizes as [number, number]
    const [n, k] = turned ? [rows, columns] : [columns, rows]
    if (means.length !== k) return undefined
    const shift = new Float64Array(n)
    for (let i = 0; i < exact.length; i++) {
      const [row, column] = [Math.floor(i / columns), i % columns]
      shift[turned ? row : column]! += (exact[i]! - stored[i]!) * means[turned ? column : row]!
    }
    return shift
  }
  const [out, into, ...kernel] = sizes as [number, number, ...number[]]
  const groups = intAttribute(node, 'group', 1)
  if (means.length !== into * groups) return undefined
  const inside = partsInside(node, kernel, inputSizes.slice(2))
  const taps = inside.length
  const shift = new Float64Array(out)
  for (let i = 0; i < exact.length; i++) {
    const channel = Math.floor(i / (taps * into))
    const from = Math.floor(channel / (out / groups)) * into + (Math.floor(i / taps) % into)
    shift[channel]! += (exact[i]! - stored[i]!) * means[from]! * inside[i % taps]!
  }
  return shift
}

/** For each tap of a kernel, the part of the results for which it reads the input, and not the padding around it. */
function partsInside(node: OnnxNode, kernel: readonly number[], sizes: readonly number[]): number[] {
  const rank = kernel.length
  const of = (name: string, axis: number, otherwise: number): number => intsAttribute(node, name)?.[axis] ?? otherwise
  const along = kernel.map((width, axis) => {
    const [stride, dilation, before, after] = [
      of('strides', axis, 1),
      of('dilations', axis, 1),
      of('pads', axis, 0),
      of('pads', axis + rank, 0),
    ]
    const size = sizes[axis] ?? 0
    const results = Math.floor((size + before + after - dilation * (width - 1) - 1) / stride) + 1
    return Array.from({ length: width }, (_, tap) => {
      const first = tap * dilation - before
      // first + o · stride lies in 0…size − 1.
      const from = Math.max(0, Math.ceil(-first / stride))
      const to = Math.min(results - 1, Math.floor((size - 1 - first) / stride))
      return results > 0 ? Math.max(0, to - from + 1) / results : 0
    })
  })
  return along.reduce<number[]>((parts, axis) => parts.flatMap((part) => axis.map((one) => part * one)), [1])
}
