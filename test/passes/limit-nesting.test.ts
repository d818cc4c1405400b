// A check in each of many layers: the graph is nested no deeper than readers of protobuf go, and every check still raises what it should.

import { expect, test } from 'vitest'
import type { Block } from '../../src/ir/block.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { runPipeline } from '../../src/passes/pipeline.ts'
import { asJavaScript, callGraph } from '../support/call-graph.ts'
import { compareLeaf } from '../support/leaf.ts'

const LAYERS = 60

/** `x = x + i` with a check of its own in front, the first layers' results added at the end. */
function layers(): string {
  const lines = ['  %one : int = prim::Constant[value=1]()', '  %e : str = prim::Constant[value="builtins.ValueError"]()']
  for (let i = 0; i < LAYERS; i++)
    lines.push(
      `  %i${i} : int = prim::Constant[value=${i}]()`,
      `  %m${i} : str = prim::Constant[value="layer ${i}"]()`,
      `  %c${i} : bool = aten::eq(%n, %i${i})`,
      `   = prim::If(%c${i})`,
      '    block0():',
      `       = prim::RaiseException(%m${i}, %e)`,
      '      -> ()',
      '    block1():',
      '      -> ()',
      `  %x${i + 1} : Tensor = aten::add(%x${i}, %i${i}, %one)`,
    )
  lines.push(
    '  %s : int[] = prim::ListConstruct(%n, %one)',
    `  %y : Tensor = aten::add(%x${LAYERS}, %x3, %one)`,
    '  %z : Tensor = aten::expand(%y, %s, %f)',
  )
  return `graph(%x0 : Tensor, %n : int):\n  %f : bool = prim::Constant[value=0]()\n${lines.join('\n')}\n  return (%z)`
}

const depth = (block: Block): number => Math.max(0, ...[...block.nodes()].flatMap(({ blocks }) => blocks.map((inner) => 1 + depth(inner))))

test('long chains of checks are cut', async () => {
  const method = runPipeline(parseGraph(layers()), { verifyGraphs: true, inputs: { x0: { shape: [1] } } })
  expect(depth(method.graph.block)).toBeLessThan(25)
  const x = tensorFromElements('float32', [1], [0.5])
  for (const n of [0, 1, 11, 12, 13, 24, 25, 37, 59])
    expect((await callGraph(method, [x, BigInt(n)])).raised).toEqual({ type: 'ValueError', message: `layer ${n}` })
  const { output, raised } = await callGraph(method, [x, 61n])
  expect(raised).toBeUndefined()
  const sum = (LAYERS * (LAYERS - 1)) / 2 + 0.5 + 3.5
  expect(
    compareLeaf(
      asJavaScript(output),
      asJavaScript(
        tensorFromElements(
          'float32',
          [61, 1],
          Array.from({ length: 61 }, () => sum),
        ),
      ),
    ),
  ).toBeUndefined()
})
