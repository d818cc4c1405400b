// What nodes cost, against torch.utils.flop_counter (two operations for each multiplication with addition) and counts by hand.

import { describe, expect, it } from 'vitest'
import { nodeWork, type NodeWork } from '../../../src/onnx/cost/node-cost.ts'
import { parseModel } from '../../../src/onnx/parse-model.ts'

/** The work of the one node of a model whose inputs and outputs tell all types. */
function workOf(text: string): NodeWork {
  const { graph } = parseModel(text)
  const types = new Map([...graph.inputs, ...graph.outputs].map(({ name, dtype, dims }) => [name, { dtype, dims }]))
  return nodeWork(graph.nodes[0]!, (name) => types.get(name))
}

describe('products', () => {
  it.each([
    // As flop_counter has them, halved.
    ['float32[2, 8, 9, 11] x, float32[12, 4, 3, 3] w', 'float32[2, 12, 5, 6] y', 'Conv <group = 2, strides = [2, 2]> (x, w)', 51_840 / 2],
    ['float32[2, 8, 9, 11] x, float32[8, 5, 3, 3] w', 'float32[2, 5, 19, 23] y', 'ConvTranspose <strides = [2, 2]> (x, w)', 142_560 / 2],
    ['float32[4, 2, 5, 7] x, float32[4, 2, 7, 3] w', 'float32[4, 2, 5, 3] y', 'MatMul (x, w)', 1680 / 2],
    ['float32[6, 7] x, float32[9, 7] w, float32[9] b', 'float32[6, 9] y', 'Gemm <transB = 1> (x, w, b)', 756 / 2],
    ['float32[7, 6] x, float32[7, 9] w', 'float32[6, 9] y', 'Gemm <transA = 1> (x, w)', 756 / 2],
    ['float32[2, 3, 4] x, float32[2, 4, 5] w', 'float32[2, 3, 5] y', 'Einsum <equation = "bij,bjk->bik"> (x, w)', 2 * 3 * 4 * 5],
    // 5 steps of 2, 4 gates of 6 rows from 3 inputs and 6 of the state.
    [
      'float32[5, 2, 3] x, float32[1, 24, 3] w, float32[1, 24, 6] r',
      'float32[5, 1, 2, 6] y',
      'LSTM <hidden_size = 6> (x, w, r)',
      10 * 24 * 9,
    ],
    // Projections of 5 × 8 to 24, scores of 5 × 5 × 8, and the sum by them.
    [
      'float32[2, 5, 8] x, float32[8, 24] w, float32[24] b',
      'float32[2, 5, 8] y',
      'com.microsoft.Attention <num_heads = 2> (x, w, b)',
      2 * (5 * 8 * 24 + 2 * 5 * 5 * 8),
    ],
    [
      'float32[2, 5, 8] q, float32[2, 7, 8] k, float32[2, 7, 8] v',
      'float32[2, 5, 8] y',
      'com.microsoft.MultiHeadAttention <num_heads = 2> (q, k, v)',
      2 * 2 * 5 * 7 * 8,
    ],
  ])('%s → %s', (inputs, outputs, node, macs) => {
    expect(workOf(`main (${inputs}) => (${outputs}) { y = ${node} }`).macs).toBe(macs)
  })

  it('adds what stands behind a product', () => {
    const fused = workOf(
      'main (float32[1, 2, 4, 4] x, float32[3, 2, 1, 1] w) => (float32[1, 3, 4, 4] y) { y = com.microsoft.FusedConv <activation = "Relu"> (x, w) }',
    )
    expect(fused).toEqual({ macs: 96, flops: 2 * 96 + 48, bytes: 4 * (32 + 6 + 48) })
  })
})

describe('other operators', () => {
  it.each([
    ['float32[2, 3] x, float32[3] z', 'float32[2, 3] y', 'Add (x, z)', 6, 4 * (6 + 3 + 6)],
    ['float32[2, 8] x', 'float32[2, 8] y', 'Softmax (x)', 64, 4 * 32],
    ['float32[2, 8] x', 'float32[2, 1] y', 'ReduceMean (x)', 16, 4 * 18],
    ['float32[1, 2, 4, 4] x', 'float32[1, 2, 2, 2] y', 'MaxPool <kernel_shape = [2, 2]> (x)', 32, 4 * 40],
    ['float32[2, 3] x', 'float32[3, 2] y', 'Transpose <perm = [1, 0]> (x)', 0, 4 * 12],
    // The same memory.
    ['float32[2, 3] x, int64[1] s', 'float32[6] y', 'Reshape (x, s)', 0, 0],
    // Of a table only the rows that are read move.
    ['float32[1000, 4] t, int64[2] i', 'float32[2, 4] y', 'Gather (t, i)', 0, 4 * 16],
    [
      'float32[1, 1, 2, 2] x, float32[0] r, float32[4] s',
      'float32[1, 1, 4, 4] y',
      'Resize <mode = "linear"> (x, r, s)',
      16 * 8,
      4 * (4 + 4 + 16),
    ],
    ['int8[4] x', 'int8[4] y', 'Identity (x)', 0, 0],
  ])('%s → %s', (inputs, outputs, node, flops, bytes) => {
    expect(workOf(`main (${inputs}) => (${outputs}) { y = ${node} }`)).toEqual({ macs: 0, flops, bytes })
  })
})

describe('what is not known', () => {
  it('is told of any sizes', () => {
    expect(workOf('main (float32[n, 7] x, float32[7, 3] w) => (float32[n, 3] y) { y = MatMul (x, w) }')).toEqual({
      macs: '21*n',
      flops: '42*n',
      bytes: '40*n + 84',
    })
  })
  it('is no number where a shape does not tell', () => {
    expect(workOf('main (float32[?, 7] x, float32[7, 3] w) => (float32[?, 3] y) { y = MatMul (x, w) }')).toEqual({
      macs: null,
      flops: null,
      bytes: null,
    })
    expect(workOf('main (float32 x) => (float32 y) { y = Relu (x) }').flops).toBeNull()
  })
  it('is no number for an operator without a row', () => {
    expect(workOf('main (float32[2] x) => (float32[2] y) { y = ai.other.Strange (x) }')).toEqual({ macs: null, flops: null, bytes: null })
  })
  it('uses whichever operand tells what is shared', () => {
    expect(workOf('main (float32[2, ?] x, float32[7, 3] w) => (float32[2, 3] y) { y = MatMul (x, w) }').macs).toBe(42)
  })
})
