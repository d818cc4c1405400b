// Arguments that most models write as constants, and some compute: the same operators with numbers that only the run knows.

import { expect, test } from 'vitest'
import type { IValue } from '../../src/ir/ivalue.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { runPipeline } from '../../src/passes/pipeline.ts'
import { asJavaScript, callGraph } from '../support/call-graph.ts'
import { compareLeaf } from '../support/leaf.ts'

test('roll by shifts that are computed', async () => {
  const method = runPipeline(
    parseGraph(`graph(%x : Tensor, %a : int, %b : int):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %shifts : int[] = prim::ListConstruct(%a, %b)
  %dims : int[] = prim::ListConstruct(%zero, %one)
  %y : Tensor = aten::roll(%x, %shifts, %dims)
  return (%y)`),
    { verifyGraphs: true, inputs: { x: { shape: ['h', 'w'] } } },
  )
  const matrix = (...items: number[]): IValue => tensorFromElements('float32', [2, 3], items)
  for (const [a, b, expected] of [
    [0n, 0n, matrix(1, 2, 3, 4, 5, 6)],
    [1n, -1n, matrix(5, 6, 4, 2, 3, 1)],
    [4n, 5n, matrix(2, 3, 1, 5, 6, 4)],
  ] as const) {
    const { output } = await callGraph(method, [matrix(1, 2, 3, 4, 5, 6), a, b])
    expect(compareLeaf(asJavaScript(output), asJavaScript(expected))).toBeUndefined()
  }
})

test('a fused encoder layer takes a mask whose type the run tells, as merge_masks leaves it', async () => {
  const weights = [
    ['qkv', [12, 4]],
    ['qkv_bias', [12]],
    ['proj', [4, 4]],
    ['proj_bias', [4]],
  ] as const
  const text = (
    type: string,
  ): string => `graph(%x : Tensor, %mask : Tensor, %type : int, %qkv : Tensor, %qkv_bias : Tensor, %proj : Tensor, %proj_bias : Tensor):
  %heads : int = prim::Constant[value=2]()
  %width : int = prim::Constant[value=4]()
  %yes : bool = prim::Constant[value=1]()
  %fixed : int = prim::Constant[value=${type === 'type' ? 1 : type}]()
  %y : Tensor, %weights : Tensor = aten::_native_multi_head_attention(%x, %x, %x, %width, %heads, %qkv, %qkv_bias, %proj, %proj_bias, %mask, %yes, %yes, %${type === 'type' ? 'type' : 'fixed'})
  return (%y)`
  const floats = (shape: readonly number[], seed: number): IValue =>
    tensorFromElements(
      'float32',
      [...shape],
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 1.7 + seed)),
    )
  const rest = weights.map(([, shape], i) => floats(shape, i))
  const ofKeys = tensorFromElements('bool', [2, 3], [0, 0, 1, 0, 1, 0].map(Boolean))
  const ofAll = tensorFromElements(
    'bool',
    [2, 2, 3, 3],
    Array.from({ length: 36 }, (_, i) => i % 5 === 2),
  )
  for (const [type, mask, dims] of [
    [1n, ofKeys, ['b', 's']],
    [2n, ofAll, ['b', 'h', 's', 's']],
  ] as const) {
    const results: unknown[] = []
    for (const form of ['type', String(type)]) {
      const inputs = {
        x: { dtype: 'float32', shape: ['b', 's', 4] },
        mask: { dtype: 'bool', ...(form === 'type' ? {} : { shape: dims }) },
      } as const
      const method = runPipeline(parseGraph(text(form)), { verifyGraphs: true, inputs })
      const { output } = await callGraph(method, [floats([2, 3, 4], 9), mask, type, ...rest])
      results.push(asJavaScript(output))
    }
    expect(compareLeaf(results[0] as never, results[1] as never)).toBeUndefined()
  }
})
