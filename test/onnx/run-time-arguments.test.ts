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
    { verify: true, inputs: { x: { shape: ['h', 'w'] } } },
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
