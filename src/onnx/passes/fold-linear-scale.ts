// A linear layer whose result is multiplied by constants: (x·W + b)·g = x·(W·g) + b·g, for one g a column. Between the two the result may be
// transposed. The weights must be read by this layer alone: others would need a copy.

import type { Tensor } from '../../ir/tensor.ts'
import { readElements } from '../../ir/tensor-elements.ts'
import { floatsOf, floatTensor } from '../../passes/scale-channels.ts'
import type { OnnxNode } from '../model.ts'
import { onnxNode, replaceNodes, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass, type OnnxPassContext } from './onnx-pass.ts'
import { intsAttribute } from './values.ts'

const PASS = 'fold-linear-scale'

export const foldLinearScale = defineOnnxPass({
  name: PASS,
  doc: 'Folds the multiplication or division of the result of a linear layer by constants into its weights and bias.',
  optional: true,
  wants: ['MatMul', 'Gemm'],
  run: (model, context) => replaceNodes(model, 'ls', (node, index) => fold(node, index, context)),
})

function fold(node: OnnxNode, index: GraphIndex, { missed }: OnnxPassContext): OnnxNode[] | undefined {
  if (node.domain !== '' || (node.opType !== 'Mul' && node.opType !== 'Div')) return undefined
  const sides = node.opType === 'Mul' ? ([0, 1] as const) : ([0] as const)
  for (const side of sides) {
    const [x, c] = [node.inputs[side]!, node.inputs[1 - side]!]
    const scale = index.constant(c)
    if (scale?.dtype !== 'float32') continue
    const linear = linearBehind(x, index, scale.sizes.length === 0)
    const columns = linear === undefined ? undefined : alongLast(scale, linear)
    if (linear === undefined || columns === undefined) continue
    const { product, add, chain } = linear
    if (!chain.every((name) => index.isReadOnce(name))) {
      missed.push({ pass: PASS, reason: 'the result of the linear layer is used without the factor, too' })
      continue
    }
    if (index.readers(product.inputs[1]!).length > 1) {
      missed.push({ pass: PASS, reason: 'the weights of the linear layer are used elsewhere, too' })
      continue
    }
    const factor = node.opType === 'Div' ? columns.map((g) => 1 / g) : columns
    product.inputs = [product.inputs[0]!, scaled(product.inputs[1]!, factor, index)]
    if (add !== undefined) add.node.inputs = add.node.inputs.map((name) => (name === add.bias ? scaled(name, factor, index) : name))
    return [onnxNode('Identity', [x], [node.outputs[0]])]
  }
  return undefined
}

interface Linear {
  readonly product: OnnxNode
  readonly add?: { readonly node: OnnxNode; readonly bias: string }
  /** The values from the product to the factor. */
  readonly chain: readonly string[]
  readonly columns: number
  readonly rank: number
  /** The axis of the factor's operand that columns lie along; undefined: it was reshaped, and they lie anywhere. */
  readonly axis: number | undefined
}

/** The linear layer whose result, transposed perhaps, is `x`; or reshaped, when it makes no difference. */
function linearBehind(x: string, index: GraphIndex, reshaped: boolean): Linear | undefined {
  const rank = index.dims(x)?.length
  if (rank === undefined) return undefined
  const chain = [x]
  let axis: number | undefined = rank - 1
  let at = x
  // From the last axis at the factor's end back to the one it was: where the result's last axis came to lie.
  const perms: (readonly number[])[] = []
  for (let node = index.made(at, 'Transpose', ...(reshaped ? ['Reshape'] : [])); node !== undefined && chain.length <= MAX_MOVES;) {
    const perm = intsAttribute(node, 'perm')
    if (node.opType === 'Transpose' && perm !== undefined) perms.push(perm)
    else if (node.opType === 'Reshape') axis = undefined
    else return undefined
    at = node.inputs[0]!
    chain.push(at)
    node = index.made(at, 'Transpose', ...(reshaped ? ['Reshape'] : []))
  }
  if (axis !== undefined) for (const perm of perms.toReversed()) axis = perm.indexOf(axis)
  const sum = index.made(at, 'Add')
  const bias = sum?.inputs.find((name) => index.constant(name) !== undefined)
  const product = index.made(sum === undefined ? at : sum.inputs.find((name) => name !== bias), 'MatMul')
  const weight = index.constant(product?.inputs[1])
  if (product === undefined || weight?.sizes.length !== 2 || weight.dtype !== 'float32') return undefined
  const columns = weight.sizes[1]!
  if (sum !== undefined) {
    const added = index.constant(bias)
    if (
      bias === undefined ||
      added?.dtype !== 'float32' ||
      added.sizes.at(-1) !== columns ||
      added.sizes.slice(0, -1).some((size) => size !== 1)
    )
      return undefined
    chain.push(product.outputs[0]!)
  }
  return { product, ...(sum === undefined ? {} : { add: { node: sum, bias: bias! } }), chain, columns, rank, axis }
}
/** Transposes and Reshapes between a layer and its factor at most. */
const MAX_MOVES = 8

/** The factor of each column of the layer's result; undefined where it differs along other axes. */
function alongLast(scale: Tensor, { rank, axis, columns }: Linear): number[] | undefined {
  const lead = rank - scale.sizes.length
  if (lead < 0 || !scale.sizes.every((size, i) => size === 1 || (i + lead === axis && size === columns))) return undefined
  const elements = readElements(scale) as number[]
  return Array.from({ length: columns }, (_, i) => (elements.length === 1 ? elements[0]! : elements[i]!))
}

/** A new constant: elements of the last axis times their factors. */
function scaled(name: string, factor: readonly number[], index: GraphIndex): string {
  const tensor = index.constant(name)!
  const from = floatsOf(tensor)!
  const out = new Float32Array(from.length)
  const columns = factor.length
  for (let row = 0; row < out.length; row += columns) for (let i = 0; i < columns; i++) out[row + i] = from[row + i]! * factor[i]!
  return index.addConstant(floatTensor(tensor.dtype, tensor.sizes, out)!, index.origin(name))
}
