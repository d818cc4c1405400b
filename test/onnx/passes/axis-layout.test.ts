// Which axes a view has of what it views: the operators that are seen through, and those that are not.

import { describe, expect, it } from 'vitest'
import { parseModel } from '../../../src/onnx/parse-model.ts'
import { layoutOf, viewedBy, type Layout } from '../../../src/onnx/passes/axis-layout.ts'
import { foldShapes } from '../../../src/onnx/passes/fold-shapes.ts'
import { GraphIndex } from '../../../src/onnx/passes/graph-index.ts'

/** The axes of x in the atoms of the last value's; undefined where x is not reached. */
function axesOfX(head: string, constants: string, body: string, ids: readonly string[]): string | undefined {
  const model = parseModel(`main (float32[${head}] x) => (float32[?] y)\n<${constants}>\n{\n${body}\n  y = Relu (v)\n}`)
  // What shapes are known of values that lowering said nothing of.
  for (const { outputs } of model.graph.nodes) for (const name of outputs) model.types.set(name, { dtype: 'float32', dims: undefined })
  foldShapes.run(model, { missed: [] })
  const index = new GraphIndex(model, 't')
  const dims = index.dims('v')!
  for (const { name, layout } of viewedBy('v', layoutOf(ids.map((id, i) => [id, dims[i]!])), index)) if (name === 'x') return text(layout)
  return undefined
}
const text = (layout: Layout): string =>
  layout.map((atoms) => atoms.map(({ id, part }) => (part === undefined ? id : `${part.index}/${part.of}`)).join('·')).join(' ')

describe('views', () => {
  it('of heads: split and moved', () => {
    const body = '  r = Reshape (x, s)\n  v = Transpose <perm = [0, 2, 1, 3]> (r)'
    expect(axesOfX('b, n, 8', 'int64[4] s = {0, 0, 2, 4}', body, ['b', 'h', 's', 'e'])).toBe('b s h·e')
  })
  it('of heads and batch in one axis, which is parted', () => {
    const body = '  r = Reshape (x, s)\n  v = Transpose <perm = [1, 0, 2]> (r)'
    expect(axesOfX('n, b, 8', 'int64[3] s = {5, -1, 4}', body, ['x', 's', 'e'])).toBeUndefined()
    expect(axesOfX('5, b, 8', 'int64[3] s = {5, -1, 4}', body, ['x', 's', 'e'])).toBe('s x0 x1·e')
  })
  it('of one of three packed parts', () => {
    const gather = '  r = Reshape (x, s)\n  t = Transpose <perm = [2, 0, 3, 1, 4]> (r)\n  v = Gather <axis = 0> (t, i)'
    expect(axesOfX('b, n, 24', 'int64[5] s = {0, 0, 3, 2, 4}, int64 i = {1}', gather, ['b', 'h', 's', 'e'])).toBe('b s 1/3·h·e')
    const split = '  p, q, r = Split <axis = 2> (x, parts)\n  v = Reshape (q, s)'
    expect(axesOfX('b, n, 24', 'int64[3] parts = {8, 8, 8}, int64[4] s = {0, 0, 2, 4}', split, ['b', 's', 'h', 'e'])).toBe('b s 1/3·h·e')
    expect(axesOfX('b, n, 24', 'int64[3] parts = {4, 8, 12}, int64[4] s = {0, 0, 2, 4}', split, ['b', 's', 'h', 'e'])).toBeUndefined()
  })
  it('leave out extents of 1', () => {
    const body = '  u = Unsqueeze (x, a)\n  v = Transpose <perm = [2, 1, 0]> (u)'
    expect(axesOfX('b, 4', 'int64[1] a = {1}', body, ['e', 'one', 'b'])).toBe('b e')
  })
  it('that cut across axes are none', () => {
    expect(axesOfX('6, 4', 'int64[2] s = {8, 3}', '  v = Reshape (x, s)', ['a', 'b'])).toBeUndefined()
    expect(axesOfX('6, 4', 'int64[2] s = {2, 12}', '  v = Reshape (x, s)', ['a', 'b'])).toBe('a·b0 b1')
  })
  it('end at operators that compute', () => {
    expect(
      axesOfX('6, 4', '', '  t = Transpose <perm = [1, 0]> (x)\n  n = Neg (t)\n  v = Transpose <perm = [1, 0]> (n)', ['a', 'b']),
    ).toBeUndefined()
  })
})
