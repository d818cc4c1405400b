// Products of matrices, convolutions, recurrent layers and attention: multiplications with additions. Answers to the ONNX operator specifications, and to
// onnxruntime's ContribOperators.md for those of com.microsoft.

import { dimAdd, dimFloorDiv, dimMul, dimProduct, type Dim } from '../../ir/dim.ts'
import { rows, type CostNode, type CostRow } from './row.ts'

/** Each element of the result is a sum over what both operands share: whichever of them tells how much that is. */
const matmul: CostRow = (node) => {
  const left = node.dim(0, node.int('transA') === 1 ? -2 : -1)
  const right = node.dim(1, node.int('transB') === 1 ? -1 : (node.dims(1)?.length ?? 0) < 2 ? -1 : -2)
  return { macs: dimMul(node.outputSize(), typeof left === 'number' ? left : (right ?? left)), other: 0 }
}

/** Weights as (N, blocks, bytes of a block): what is shared is the last axis of the input. */
const matmulNBits: CostRow = (node) => ({ macs: dimMul(node.outputSize(), node.int('K')), other: 0 })

/** A bias or an activation behind it: one operation for each element of the result. */
const withEpilogue =
  (row: CostRow, epilogue: (node: CostNode) => boolean): CostRow =>
  (node) => ({ ...row(node), other: epilogue(node) ? node.outputSize() : 0 })

/** Weights (Cout, Cin / groups, …kernel): each element of the result is a sum over the rest of a filter. */
const convolution =
  (weight: number): CostRow =>
  (node) => ({ macs: dimMul(node.outputSize(), dimProduct(node.dims(weight)?.slice(1) ?? [null])), other: 0 })

/** Weights (Cin, Cout / groups, …kernel): each element of the input goes to the rest of a filter. */
const transposedConvolution: CostRow = (node) => ({ macs: dimMul(node.size(0), dimProduct(node.dims(1)?.slice(1) ?? [null])), other: 0 })

/** X (T, B, I), W (D, G·H, I), R (D, G·H, H): both products at each step, and the gates, once for each of their rows. */
const recurrent: CostRow = (node) => {
  const [steps = null, batch = null] = node.dims(0) ?? []
  const calls = dimMul(steps, batch)
  return { macs: dimMul(calls, dimAdd(node.size(1), node.size(2))), other: dimProduct([calls, node.dim(1, 0), node.dim(1, 1)]) }
}

/** Scores of every query with every key, and sums of values by them; a softmax of four operations a score, the width stands for that of all heads. */
const scores = (batch: Dim, queries: Dim, keys: Dim, width: Dim, heads: number): { readonly macs: Dim; readonly other: Dim } => ({
  macs: dimProduct([2, batch, queries, keys, width]),
  other: dimProduct([4, batch, queries, keys, heads]),
})

/** Input (B, S, I), weights (I, 3·H): queries, keys and values are computed from it first. */
const attention: CostRow = (node) => {
  const [batch = null, length = null, width = null] = node.dims(0) ?? []
  const projected = node.dim(1, 1)
  const { macs, other } = scores(batch, length, length, dimFloorDiv(projected, 3), node.int('num_heads', 1))
  return { macs: dimAdd(dimProduct([batch, length, width, projected]), macs), other }
}

/** Query (B, S, H), key (B, T, H). */
const multiHeadAttention: CostRow = (node) => {
  const [batch = null, length = null, width = null] = node.dims(0) ?? []
  return scores(batch, length, node.has(1) ? node.dim(1, 1) : length, width, node.int('num_heads', 1))
}

/** One product of all extents that the equation names, as if each result were summed at once. */
const einsum: CostRow = (node) => {
  const extents = new Map<string, Dim>()
  const terms = (node.text('equation') ?? '').split('->')[0]!.split(',')
  for (const [i, term] of terms.entries()) for (const [axis, letter] of [...term.trim()].entries()) extents.set(letter, node.dim(i, axis))
  const isPlain = terms.every((term) => /^[a-zA-Z]*$/.test(term.trim()))
  return { macs: isPlain ? dimProduct([...extents.values()]) : null, other: 0 }
}

export const productRows: readonly (readonly [string, CostRow])[] = [
  ...rows('MatMul MatMulInteger FusedMatMul DynamicQuantizeMatMul MatMulIntegerToFloat', matmul),
  ...rows('MatMulNBits', matmulNBits),
  ...rows(
    'Gemm FusedGemm',
    withEpilogue(matmul, (node) => node.has(2)),
  ),
  ...rows(
    'Conv ConvInteger',
    withEpilogue(convolution(1), (node) => node.has(2)),
  ),
  ...rows(
    'FusedConv',
    withEpilogue(convolution(1), () => true),
  ),
  ...rows(
    'QLinearConv',
    withEpilogue(convolution(3), (node) => node.has(8)),
  ),
  ...rows('ConvTranspose', transposedConvolution),
  ...rows('LSTM GRU RNN', recurrent),
  ...rows('Attention', attention),
  ...rows('MultiHeadAttention', multiHeadAttention),
  ...rows('Einsum', einsum),
]
