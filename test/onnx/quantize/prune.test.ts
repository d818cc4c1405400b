// Magnitude pruning: how many weights go, which, and that the rest is as it was.

import { describe, expect, it } from 'vitest'
import { parseModel } from '../../../src/onnx/parse-model.ts'
import { pruneWeights } from '../../../src/onnx/quantize/prune-weights.ts'
import { floatsOf } from '../../../src/onnx/quantize/stored-weight.ts'
import { findWeights } from '../../../src/onnx/quantize/weights.ts'

const text = `main (float32[n, 4] x) => (float32[n, 4] y)
  <float32[4, 4] a = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16}, float32[4, 2] b = {0.5, 0.5, 0.5, 0.5, 0.25, 2, 2, 2}, float32[4] v = {0.1, 0.2, 0.3, 0.4}> {
    p = Add (x, v) q = MatMul (p, a) y = MatMul (q, b)
  }`

function prune(option: Parameters<typeof pruneWeights>[2]) {
  const model = parseModel(text)
  for (const name of ['a', 'b', 'v']) model.origins.set(name, name)
  const report = pruneWeights(
    model,
    findWeights(model, () => undefined),
    option,
  )
  const values = (name: string): number[] => [...floatsOf(model.graph.initializers.get(name)!)]
  return { report, a: values('a'), b: values('b'), v: values('v') }
}

describe('pruning', () => {
  it('zeroes the smallest of each weight; vectors stay', () => {
    const { report, a, b, v } = prune({ sparsity: 0.5 })
    expect(a).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 9, -10, 11, -12, 13, -14, 15, -16])
    // Of equals the first go.
    expect(b).toEqual([0, 0, 0, 0.5, 0, 2, 2, 2])
    expect(v).toEqual([...Float32Array.of(0.1, 0.2, 0.3, 0.4)])
    expect(report).toEqual([
      { path: 'a', elements: 16, zeros: 8 },
      { path: 'b', elements: 8, zeros: 4 },
    ])
  })

  it('zeroes the smallest of all', () => {
    const { report } = prune({ sparsity: 0.5, scope: 'global' })
    expect(report.map(({ zeros }) => zeros)).toEqual([4, 8])
  })

  it('other parts by path, beside one for the rest', () => {
    expect(prune({ sparsity: 0.5, modules: { b: 0 } }).report.map(({ zeros }) => zeros)).toEqual([8, 0])
    expect(prune({ sparsity: 0, modules: { a: 0.25 } }).report.map(({ zeros }) => zeros)).toEqual([4, 0])
    // What has a part of its own is not among all the others.
    expect(prune({ sparsity: 0.5, scope: 'global', modules: { a: 1 } }).report.map(({ zeros }) => zeros)).toEqual([16, 4])
    expect(() => prune({ sparsity: 0.5, modules: { c: 1 } })).toThrow(/PT4010 Option prune\.modules names "c"/)
  })

  it('nothing, and everything', () => {
    expect(prune({ sparsity: 0 }).report.map(({ zeros }) => zeros)).toEqual([0, 0])
    expect(prune({ sparsity: 1 }).report.map(({ zeros }) => zeros)).toEqual([16, 8])
  })
})
