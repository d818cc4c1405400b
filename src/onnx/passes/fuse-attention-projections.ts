// Self-attention together with the projections of its one input: com.microsoft.Attention holds the weights of queries, keys and values side
// by side, and packs them once. Answers to onnxruntime/contrib_ops/cpu/bert/attention.cc. The weights must be nobody else's.

import { contiguousBytes, tensorOf, type Tensor } from '../../ir/tensor.ts'
import type { OnnxNode } from '../model.ts'
import { floatAttribute, onnxNode, operatorOf, otherInput, replaceNodes, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { intAttribute } from './values.ts'

const PASS = 'fuse-attention-projections'

export const fuseAttentionProjections = defineOnnxPass({
  name: PASS,
  doc: 'The projections to queries, keys and values of one input are one operator with the attention over them.',
  optional: true,
  wants: ['MultiHeadAttention'],
  run: (model, { missed, keepsProducts }) => {
    const none = new Map<number, string>()
    return replaceNodes(model, 'att', (node, index) => {
      if (operatorOf(node) !== 'com.microsoft.MultiHeadAttention' || (node.inputs[3] !== undefined && node.inputs[3] !== ''))
        return undefined
      if (keepsProducts === true) {
        missed.push({ pass: PASS, reason: 'the weights are stored in fewer bytes, for which products alone have kernels' })
        return undefined
      }
      const found = packed(node, index) ?? parallel(node, index)
      if (found === undefined) return undefined
      if (typeof found === 'string') {
        missed.push({ pass: PASS, reason: found })
        return undefined
      }
      const { input, weight } = found
      // The kernel asks for one.
      const bias = found.bias ?? noBias(index.constant(weight)!.sizes[1]!, none, index)
      return [
        onnxNode('com.microsoft.Attention', [input, weight, bias, undefined, undefined, node.inputs[5]], node.outputs, {
          num_heads: node.attributes.get('num_heads'),
          scale: node.attributes.get('scale'),
          unidirectional: node.attributes.get('unidirectional'),
        }),
      ]
    })
  },
})

interface Projection {
  /** [B, S, K]. */
  readonly input: string
  /** [K, N]. */
  readonly weight: string
  readonly bias: string | undefined
}

/** One product for all three, split behind. */
function packed(node: OnnxNode, index: GraphIndex): Projection | string | undefined {
  const [q, k, v] = node.inputs as [string, string, string]
  const split = index.own(q, 'Split')
  if (split === undefined || split.outputs.join() !== [q, k, v].join() || !index.isReadOnce(k) || !index.isReadOnce(v)) return undefined
  const dims = index.dims(split.inputs[0]!)
  const axis = intAttribute(split, 'axis', 0)
  if (dims?.length !== 3 || (axis !== 2 && axis !== -1)) return undefined
  const sizes = index.ints(split.inputs[1])
  if (sizes !== undefined && sizes.some((size) => size !== sizes[0])) return 'queries, keys and values are not equally wide'
  return linear(split.inputs[0]!, index) ?? 'queries, keys and values are not one linear layer'
}

/** Three products of one input. */
function parallel(node: OnnxNode, index: GraphIndex): Projection | string | undefined {
  const parts = node.inputs.slice(0, 3).map((name) => linear(name, index))
  const [first] = parts
  if (first === undefined || parts.some((part) => part === undefined)) return undefined
  if (parts.some((part) => part!.input !== first.input)) return 'queries, keys and values have different inputs'
  const weights = parts.map((part) => index.constant(part!.weight)!)
  const width = weights[0]!.sizes[1]!
  if (weights.some(({ sizes }) => sizes[1] !== width)) return 'queries, keys and values are not equally wide'
  for (const part of parts) if (!index.isReadOnce(part!.weight)) return 'the weights are used elsewhere too'
  const biases = parts.map((part) => index.constant(part!.bias))
  const zero = zeros(width)
  const hasBias = biases.some((bias) => bias !== undefined)
  return {
    input: first.input,
    weight: index.addConstant(sideBySide(weights, 1), index.origin(first.weight)),
    bias: hasBias
      ? index.addConstant(
          sideBySide(
            biases.map((bias) => bias ?? zero),
            0,
          ),
          index.origin(parts.find((part) => part!.bias !== undefined)!.bias!),
        )
      : undefined,
  }
}

/** x·W + b of three axes, or the same of two between Reshapes, for nobody else. */
function linear(name: string, index: GraphIndex): Projection | undefined {
  if (!index.isReadOnce(name)) return undefined
  const add = index.made(name, 'Add')
  const bias = add?.inputs.find((input) => index.isVectorOf(input, name) && index.dtype(input) === 'float32')
  const product =
    add === undefined ? index.made(name, 'MatMul') : bias === undefined ? undefined : index.own(otherInput(add, bias), 'MatMul')
  if (product !== undefined) return weighted({ input: product.inputs[0]!, weight: product.inputs[1]!, bias }, index)
  const gemm = index.own(index.made(name, 'Reshape')?.inputs[0], 'Gemm')
  const [flat, weight, c] = gemm?.inputs ?? []
  const from = index.own(flat, 'Reshape')
  const isPlain =
    gemm !== undefined &&
    intAttribute(gemm, 'transA', 0) === 0 &&
    intAttribute(gemm, 'transB', 0) === 0 &&
    (floatAttribute(gemm, 'alpha') ?? 1) === 1 &&
    (floatAttribute(gemm, 'beta') ?? 1) === 1
  const input = from?.inputs[0]
  if (!isPlain || weight === undefined || input === undefined || (c !== undefined && c !== '' && !index.isVectorOf(c, name)))
    return undefined
  const [x, y] = [index.dims(input), index.dims(name)]
  // The rows are the same before and behind.
  if (x?.length !== 3 || y?.length !== 3 || [0, 1].some((i) => x[i] === null || x[i] !== y[i])) return undefined
  return weighted({ input, weight, bias: c === '' ? undefined : c }, index)
}

function weighted(found: Projection, index: GraphIndex): Projection | undefined {
  const weight = index.constant(found.weight)
  const dims = index.dims(found.input)
  return weight?.dtype === 'float32' && weight.sizes.length === 2 && dims?.length === 3 && dims[2] === weight.sizes[0] ? found : undefined
}

/** A vector of zeros, one for all. */
function noBias(width: number, known: Map<number, string>, index: GraphIndex): string {
  const name = known.get(width) ?? index.addConstant(zeros(width))
  known.set(width, name)
  return name
}

const zeros = (count: number): Tensor => tensorOf('float32', [count], new Uint8Array(count * 4))

/** Constants of float32 joined along their last axis. */
function sideBySide(tensors: readonly Tensor[], rowAxes: 0 | 1): Tensor {
  const rows = rowAxes === 0 ? 1 : tensors[0]!.sizes[0]!
  const pieces = tensors.map(contiguousBytes)
  const widths = pieces.map((bytes) => bytes.length / rows)
  const total = widths.reduce((n, width) => n + width, 0)
  const out = new Uint8Array(rows * total)
  for (let row = 0, at = 0; row < rows; row++)
    for (const [i, piece] of pieces.entries()) {
      out.set(piece.subarray(row * widths[i]!, (row + 1) * widths[i]!), at)
      at += widths[i]!
    }
  const columns = total / 4
  return tensorOf('float32', rowAxes === 0 ? [columns] : [rows, columns], out)
}
