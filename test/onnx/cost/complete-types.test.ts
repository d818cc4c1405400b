// Extents that are told from those before them: each rule, and that nothing known is changed and nothing is guessed.

import { describe, expect, it } from 'vitest'
import { completeTypes } from '../../../src/onnx/cost/complete-types.ts'
import { parseModel } from '../../../src/onnx/parse-model.ts'
import type { Dims } from '../../../src/ir/dim.ts'

/** What is told of `y` when lowering left it open. */
function told(inputs: string, node: string, y = 'float32', constants = ''): Dims {
  const model = parseModel(`main (${inputs}) => (${y} y) <${constants}> { y = ${node} }`)
  const types = new Map([...model.graph.inputs, ...model.graph.outputs].map(({ name, dtype, dims }) => [name, { dtype, dims }]))
  return completeTypes(model, (name) => types.get(name))('y')?.dims
}

describe('completeTypes', () => {
  it.each([
    ['float32[2, 3] x', 'Relu (x)', [2, 3]],
    ['float32[2, 1] x, float32[1, 5] z', 'Add (x, z)', [2, 5]],
    ['float32[4, 1, 2, 3] x, float32[6, 3, 5] w', 'MatMul (x, w)', [4, 6, 2, 5]],
    ['float32[3, 2] x, float32[5, 3] w', 'Gemm <transA = 1, transB = 1> (x, w)', [2, 5]],
    ['float32[2, 3] x, float32[3, 5] w', 'Gemm (x, w)', [2, 5]],
    ['float32[2, 3, 4] x', 'Transpose <perm = [2, 0, 1]> (x)', [4, 2, 3]],
    ['float32[2, 3] x, float32[2, 4] z', 'Concat <axis = -1> (x, z)', [2, 7]],
    ['float32[9, 4] x, int64[2, 3] i', 'Gather <axis = 0> (x, i)', [2, 3, 4]],
    ['float32[1, 5, 8] x, float32[8, 24] w, float32[24] b', 'com.microsoft.Attention <num_heads = 2> (x, w, b)', [1, 5, 8]],
    ['float32[2, 5, 8] x, float32[2, 5, 8] s, float32[8] g', 'com.microsoft.SkipLayerNormalization (x, s, g)', [2, 5, 8]],
  ])('%s: %s', (inputs, node, dims) => expect(told(inputs, node)).toEqual(dims))

  it('reads the constants that tell a shape', () => {
    expect(told('float32[2, 3, 4] x', 'Reshape (x, s)', 'float32', 'int64[3] s = {0, -1, 2}')).toEqual([2, 6, 2])
    expect(told('float32[2, 3] x', 'Unsqueeze (x, s)', 'float32', 'int64[2] s = {0, -1}')).toEqual([1, 2, 3, 1])
    expect(told('float32[2, 3] x, int64[2] s', 'Reshape (x, s)')).toBeUndefined()
  })

  it('splits evenly, the last one less, or as it is told', () => {
    const model = parseModel(
      'main (float32[7, 2] x) => (float32 a, float32 b, float32 c) <int64[2] s = {1, 6}> { a, b, c = Split <axis = 0, num_outputs = 3> (x) }',
    )
    const types = new Map([...model.graph.inputs, ...model.graph.outputs].map(({ name, dtype, dims }) => [name, { dtype, dims }]))
    const known = completeTypes(model, (name) => types.get(name))
    expect(['a', 'b', 'c'].map((name) => known(name)?.dims)).toEqual([
      [3, 2],
      [3, 2],
      [1, 2],
    ])
    const uneven = parseModel('main (float32[7, 2] x) => (float32 a, float32 b) <int64[2] s = {1, 6}> { a, b = Split <axis = 0> (x, s) }')
    const sizes = completeTypes(uneven, (name) =>
      name === 'x' ? { dtype: 'float32', dims: [7, 2] } : { dtype: 'float32', dims: undefined },
    )
    expect([sizes('a')?.dims, sizes('b')?.dims]).toEqual([
      [1, 2],
      [6, 2],
    ])
  })

  it('goes on from what it told', () => {
    const model = parseModel('main (float32[2, 3] x, float32[3, 4] w) => (float32 y) <float32 t> { t = MatMul (x, w) y = Relu (t) }')
    const types = new Map([
      ...model.types,
      ...[...model.graph.inputs, ...model.graph.outputs].map(({ name, dtype, dims }) => [name, { dtype, dims }] as const),
    ])
    expect(completeTypes(model, (name) => types.get(name))('y')?.dims).toEqual([2, 4])
  })

  it('changes nothing that is known, and guesses nothing', () => {
    expect(told('float32[2, 3] x', 'Relu (x)', 'float32[2, ?]')).toEqual([2, 3])
    expect(told('float32[2, ?] x', 'Relu (x)', 'float32[?, ?]')).toEqual([2, null])
    // Ranks that do not agree are for whoever finds out why.
    expect(told('float32[2, 3] x', 'Relu (x)', 'float32[?]')).toEqual([null])
    expect(told('float32 x, float32[3, 4] w', 'MatMul (x, w)')).toBeUndefined()
    expect(told('float32[2, 3] x', 'ai.other.Strange (x)')).toBeUndefined()
  })
})
