// A linear layer whose result is multiplied by constants: (x·W + b)·g = x·(W·g) + b·g, for one g a column. Between the two the result may be
// transposed. The weights must be read by this layer alone: others would need a copy.

import { numel, tensorOf, type Tensor } from '../../ir/tensor.ts'
import { readElements, tensorFromElements } from '../../ir/tensor-elements.ts'
import type { OnnxNode } from '../model.ts'
import { onnxNode, replaceNodes, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass, type OnnxPassContext } from './onnx-pass.ts'
import { intsAttribute } from './values.ts'

const PASS = 'fold-linear-scale'

export const foldLinearScale = defineOnnxPass({
  name: PASS,
  doc: 'Folds the multiplication or division of the result of a linear layer by constants into its weights and bias.',
  optional: true,
  run: (model, context) => replaceNodes(model, 'ls', (node, index) => fold(node, index, context)),
})

function fold(node: OnnxNode, index: GraphIndex, { missed }: OnnxPassContext): OnnxNode[] | undefined {
  if (node.domain !== '' || (node.opType !== 'Mul' && node.opType !== 'Div')) return undefined
  const sides = node.opType === 'Mul' ? ([0, 1] as const) : ([0] as const)
  for (const side of sides) {
    const [x, c] = [node.inputs[side]!, node.inputs[1 - side]!]
    const scale = index.constant(c)
    if (scale === undefined || scale.dtype !== 'float32') continue
    const moved = index.made(x, 'Transpose')
    const perm = moved === undefined ? undefined : intsAttribute(moved, 'perm')
    const from = moved === undefined ? x : moved.inputs[0]!
    const add = index.made(from, 'Add')
    const bias = add?.inputs.find((name) => index.constant(name) !== undefined)
    const product = index.made(add === undefined ? from : add.inputs.find((name) => name !== bias), 'MatMul')
    const weight = index.constant(product?.inputs[1])
    if (product === undefined || weight?.sizes.length !== 2 || weight.dtype !== 'float32') continue
    const rank = index.dims(from)?.length
    if (rank === undefined || (add !== undefined && index.constant(bias)?.dtype !== 'float32')) continue
    const columns = alongLast(scale, rank, perm, weight.sizes[1]!)
    if (columns === undefined) continue
    const chain = [x, from, product.outputs[0]!]
    if (!chain.every((name) => index.isReadOnce(name)) || (moved !== undefined && perm === undefined)) {
      missed.push({ pass: PASS, reason: 'the result of the linear layer is used without the factor, too' })
      continue
    }
    if (index.readers(product.inputs[1]!).length > 1) {
      missed.push({ pass: PASS, reason: 'the weights of the linear layer are used elsewhere, too' })
      continue
    }
    const biased = add === undefined ? undefined : index.constant(bias)!
    if (biased !== undefined && biased.sizes.slice(0, -1).some((size) => size !== 1)) continue
    if (biased !== undefined && biased.sizes.at(-1) !== weight.sizes[1]) continue
    const factor = node.opType === 'Div' ? columns.map((g) => 1 / g) : columns
    return rewritten(node, { product, add, bias, moved }, factor, index)
  }
  return undefined
}

/** The factor of each column of the layer's result; undefined where it differs along other axes. */
function alongLast(scale: Tensor, rank: number, perm: readonly number[] | undefined, columns: number): number[] | undefined {
  if (scale.sizes.length > rank) return undefined
  const axis = perm === undefined ? rank - 1 : perm.indexOf(rank - 1)
  const lead = rank - scale.sizes.length
  if (!scale.sizes.every((size, i) => size === 1 || (i + lead === axis && size === columns))) return undefined
  const elements = readElements(scale) as number[]
  return Array.from({ length: columns }, (_, i) => (elements.length === 1 ? elements[0]! : elements[i]!))
}

interface Linear {
  readonly product: OnnxNode
  readonly add: OnnxNode | undefined
  readonly bias: string | undefined
  readonly moved: OnnxNode | undefined
}

function rewritten(node: OnnxNode, { product, add, bias, moved }: Linear, factor: readonly number[], index: GraphIndex): OnnxNode[] {
  const weight = product.inputs[1]!
  const [output] = node.outputs as [string]
  const made: OnnxNode[] = []
  /** The last of the chain makes the result. */
  const result = (like: string, isLast: boolean): string => (isLast ? output : index.name(index.type(like)!))
  const w = index.addConstant(scaled(index.constant(weight)!, factor), index.origin(weight))
  let value = result(product.outputs[0]!, add === undefined && moved === undefined)
  made.push(onnxNode('MatMul', [product.inputs[0], w], [value]))
  if (add !== undefined) {
    const b = index.addConstant(scaled(index.constant(bias)!, factor), index.origin(bias!))
    const sum = result(add.outputs[0]!, moved === undefined)
    made.push(onnxNode('Add', [value, b], [sum]))
    value = sum
  }
  if (moved !== undefined) made.push(onnxNode('Transpose', [value], [output], Object.fromEntries(moved.attributes)))
  return made
}

/** Elements of the last axis times their factors. */
function scaled(tensor: Tensor, factor: readonly number[]): Tensor {
  const elements = readElements(tensor) as number[]
  if (numel(tensor.sizes) === 0) return tensorOf(tensor.dtype, tensor.sizes, new Uint8Array())
  return tensorFromElements(
    tensor.dtype,
    tensor.sizes,
    elements.map((x, i) => x * factor[i % factor.length]!),
  )
}
