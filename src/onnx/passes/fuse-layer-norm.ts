// Normalisations as the runtime has them: RMSNorm is SimplifiedLayerNormalization (an operator of onnxruntime's in ONNX's own domain), and a
// residual sum that is normalised at once is a part of it: com.microsoft.SkipLayerNormalization and SkipSimplifiedLayerNormalization.

import { tensorFromElements } from '../../ir/tensor-elements.ts'
import { f, type OnnxGraph, type OnnxNode } from '../model.ts'
import { floatAttribute, onnxNode, operatorOf, otherInput, replaceNodes, withScalar, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass, type OnnxPassContext } from './onnx-pass.ts'
import { intAttribute } from './values.ts'

const RMS = 'fuse-rms-norm'
const SKIP = 'fuse-skip-layer-norm'

export const fuseRmsNorm = defineOnnxPass({
  name: RMS,
  doc: 'RMSNorm is one operator of the runtime.',
  optional: true,
  wants: ['ReduceMean'],
  run: (model, { missed }) =>
    replaceNodes(model, 'rms', (node, index) => {
      const found = rms(node, index)
      if (found === undefined) return undefined
      const { x, epsilon, normal } = found
      if (index.dtype(x) !== 'float32') {
        missed.push({ pass: RMS, reason: `the kernel is for float32, and this is ${index.dtype(x)}` })
        return undefined
      }
      const attributes = { axis: -1, epsilon: f(epsilon), stash_type: 1 }
      const [output] = node.outputs as [string]
      // The weight belongs to the operator; without one it is a vector of ones.
      const reader = index.isReadOnce(output) ? index.readers(output)[0] : undefined
      const weight = reader !== undefined && operatorOf(reader) === 'Mul' ? otherInput(reader, output) : undefined
      if (weight !== undefined && index.isVectorOf(weight, x) && index.dtype(weight) === 'float32') return undefined
      const width = index.dims(x)?.at(-1)
      if (normal === undefined && typeof width !== 'number') {
        missed.push({ pass: RMS, reason: 'the extent of the last axis is not known' })
        return undefined
      }
      const scale = normal ?? index.addConstant(ones(width as number))
      return [onnxNode('SimplifiedLayerNormalization', [x, scale], node.outputs, attributes)]
    }),
})

interface Rms {
  readonly x: string
  readonly epsilon: number
  /** Name of the weight. */
  readonly normal: string | undefined
}

/** x·(mean(x·x) + ε)^−½, and that times a vector. */
function rms(node: OnnxNode, index: GraphIndex): Rms | undefined {
  if (operatorOf(node) !== 'Mul') return undefined
  for (const [a, b] of [node.inputs, [...node.inputs].reverse()] as [string, string][]) {
    const plain = normalised(a, b, index)
    if (plain !== undefined) return { ...plain, normal: undefined }
    const inner = index.isVectorOf(b, a) && index.dtype(b) === 'float32' ? index.own(a, 'Mul') : undefined
    if (inner === undefined) continue
    for (const [x, inverse] of [inner.inputs, [...inner.inputs].reverse()] as [string, string][]) {
      const found = normalised(x, inverse, index)
      if (found !== undefined) return { ...found, normal: b }
    }
  }
  return undefined
}

function normalised(x: string, inverse: string, index: GraphIndex): { x: string; epsilon: number } | undefined {
  const root = index.own(index.own(inverse, 'Reciprocal')?.inputs[0], 'Sqrt')
  const sum = index.own(root?.inputs[0], 'Add')
  const [power, epsilon] = (sum === undefined ? undefined : withScalar(sum, index)) ?? []
  const mean = index.own(power, 'ReduceMean')
  const square = index.own(mean?.inputs[0], 'Mul')
  if (epsilon === undefined || mean === undefined || square?.inputs.every((input) => input === x) !== true) return undefined
  const axes = index.ints(mean.inputs[1])
  const rank = index.dims(x)?.length
  const isLast = axes?.length === 1 && (axes[0] === -1 || (rank !== undefined && axes[0] === rank - 1))
  return isLast && intAttribute(mean, 'keepdims', 1) === 1 ? { x, epsilon } : undefined
}

const ones = (count: number) =>
  tensorFromElements(
    'float32',
    [count],
    Array.from({ length: count }, () => 1),
  )

/** By what the normalisation is: the fused operator, and which of its results the sum is. */
const fused = new Map([
  ['LayerNormalization', 'com.microsoft.SkipLayerNormalization'],
  ['SimplifiedLayerNormalization', 'com.microsoft.SkipSimplifiedLayerNormalization'],
])

export const fuseSkipLayerNorm = defineOnnxPass({
  name: SKIP,
  doc: 'A residual sum that is normalised at once, and the bias that is added before, are parts of the normalisation.',
  optional: true,
  wants: ['LayerNormalization', 'SimplifiedLayerNormalization'],
  run: (model, context) =>
    replaceNodes(model, 'skip', (node, index, graph) => (operatorOf(node) === 'Add' ? skip(node, index, graph, context) : undefined)),
})

function skip(node: OnnxNode, index: GraphIndex, graph: OnnxGraph, { missed }: OnnxPassContext): OnnxNode[] | undefined {
  const [sum] = node.outputs as [string]
  const norm = index.readers(sum).find((reader) => fused.has(operatorOf(reader)) && reader.inputs[0] === sum)
  if (norm === undefined || index.isDropped(norm)) return undefined
  const [x, residual] = node.inputs as [string, string]
  const why = obstacle(node, norm, index, graph)
  if (why !== undefined) {
    missed.push({ pass: SKIP, reason: why })
    return undefined
  }
  const [scale, shift] = norm.inputs.slice(1)
  const isSimplified = norm.opType === 'SimplifiedLayerNormalization'
  // Of the two, the one that is a sum with a bias itself.
  const [biased, bias] = withBias(x, sum, index) ?? withBias(residual, sum, index) ?? []
  const other = biased === undefined ? residual : otherInput(node, biased.outputs[0]!)
  const input = biased === undefined ? x : otherInput(biased, bias!)
  index.drop(norm)
  const isRead = index.isResult(sum) || index.readers(sum).length > 1
  return [
    onnxNode(
      fused.get(operatorOf(norm))!,
      isSimplified ? [input, other, scale, bias] : [input, other, scale, shift, bias],
      isRead ? [norm.outputs[0], '', '', sum] : [norm.outputs[0]],
      { epsilon: f(floatAttribute(norm, 'epsilon') ?? 1e-5) },
    ),
  ]
}

/** A sum with a constant vector that nobody else reads. */
function withBias(name: string, sum: string, index: GraphIndex): readonly [OnnxNode, string] | undefined {
  const add = index.own(name, 'Add')
  const bias = add?.inputs.find((input) => index.isVectorOf(input, sum))
  if (add === undefined || bias === undefined || index.dtype(bias) !== 'float32') return undefined
  return index.isSameShape(otherInput(add, bias), sum) ? [add, bias] : undefined
}

/** What the kernels ask for. The fused node stands where the sum stood: weights must be there already. */
function obstacle(node: OnnxNode, norm: OnnxNode, index: GraphIndex, graph: OnnxGraph): string | undefined {
  const [x, residual] = node.inputs as [string, string]
  const [sum] = node.outputs as [string]
  const [, scale, shift] = norm.inputs
  const dims = index.dims(sum)
  if (index.dtype(sum) !== 'float32') return `the kernel is for float32, and this is ${index.dtype(sum)}`
  if (dims === undefined || dims.length < 2 || dims.length > 3) return 'the kernel takes 2 or 3 axes'
  const axis = intAttribute(norm, 'axis', -1)
  if (axis !== -1 && axis !== dims.length - 1) return 'more than the last axis is normalised'
  if (!index.isSameShape(x, sum) || !index.isSameShape(residual, sum)) return 'the shapes of what is added are not known to be the same'
  if (!index.isVectorOf(scale, sum) || (shift !== undefined && shift !== '' && !index.isVectorOf(shift, sum)))
    return 'weight and bias of the normalisation are no constants'
  if (norm.outputs.slice(1).some((name) => name !== '')) return 'the mean or deviation of the normalisation is used too'
  if (!graph.nodes.includes(norm)) return 'sum and normalisation are in different branches'
  return undefined
}
