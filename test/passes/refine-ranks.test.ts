// A branch that runs for one rank knows it: operators that need a rank have one there, and both ways run in one graph.

import { expect, test } from 'vitest'
import { parseGraph } from '../../src/ir/parser.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import { runPipeline } from '../../src/passes/pipeline.ts'
import { asJavaScript, callGraph } from '../support/call-graph.ts'
import { compareLeaf } from '../support/leaf.ts'

/** Repeats rows of matrices and columns of stacks; of anything else it is an error. */
const graph = (condition: string, other: string): string => `graph(%x : Tensor, %go : bool):
  %no : bool = prim::Constant[value=0]()
  %yes : bool = prim::Constant[value=1]()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %three : int = prim::Constant[value=3]()
  %e : str = prim::Constant[value="builtins.ValueError"]()
  %m : str = prim::Constant[value="two or three axes"]()
${condition}
  %y : Tensor = prim::If(%flat)
    block0():
      %rows : int[] = prim::ListConstruct(%two, %one)
      %a : Tensor = aten::repeat(%x, %rows)
      -> (%a)
    block1():
${other}
      %b : Tensor = prim::If(%deep)
        block0():
          %columns : int[] = prim::ListConstruct(%one, %two, %one)
          %c : Tensor = aten::repeat(%x, %columns)
          -> (%c)
        block1():
           = prim::RaiseException(%m, %e)
          %u : Tensor = prim::Uninitialized()
          -> (%u)
      -> (%b)
  return (%y)`

const DEEP = '      %n : int = aten::dim(%x)\n      %deep : bool = aten::eq(%three, %n)'

const CONDITIONS: Readonly<Record<string, readonly [condition: string, other: string]>> = {
  'x.dim() == 2': ['  %d : int = aten::dim(%x)\n  %flat : bool = aten::eq(%d, %two)', DEEP],
  'not len(x.shape) != 2': [
    '  %s : int[] = aten::size(%x)\n  %d : int = aten::len(%s)\n  %not : bool = aten::ne(%d, %two)\n  %flat : bool = aten::__not__(%not)',
    DEEP,
  ],
  'x.dim() == 2 and go': [
    `  %d : int = aten::dim(%x)
  %is : bool = aten::eq(%d, %two)
  %flat : bool = prim::If(%is)
    block0():
      -> (%go)
    block1():
      -> (%no)`,
    DEEP,
  ],
  'a flag': [
    `  %d : int = aten::dim(%x)
  %is : bool = aten::eq(%d, %two)
  %flat : bool = prim::If(%is)
    block0():
      -> (%yes)
    block1():
      -> (%no)`,
    DEEP,
  ],
}

const tensor = (sizes: readonly number[]): IValue =>
  tensorFromElements(
    'float32',
    sizes,
    Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, i) => i),
  )

for (const [name, [condition, other]] of Object.entries(CONDITIONS))
  test(name, async () => {
    const method = runPipeline(parseGraph(graph(condition, other)), { verifyGraphs: true })
    expect(method.inputs[0]!.dims).toBeUndefined()
    const matrix = await callGraph(method, [tensor([2, 2]), true])
    expect(
      compareLeaf(asJavaScript(matrix.output), asJavaScript(tensorFromElements('float32', [4, 2], [0, 1, 2, 3, 0, 1, 2, 3]))),
    ).toBeUndefined()
    const stack = await callGraph(method, [tensor([1, 2, 1]), false])
    expect(compareLeaf(asJavaScript(stack.output), asJavaScript(tensorFromElements('float32', [1, 4, 1], [0, 1, 0, 1])))).toBeUndefined()
    expect((await callGraph(method, [tensor([1, 2, 1, 1]), false])).raised).toMatchObject({
      type: 'ValueError',
      message: 'two or three axes',
    })
  })

test('a declared rank decides the branch, and nothing is refined', () => {
  const [condition, other] = CONDITIONS['x.dim() == 2']!
  const { graph: flat } = runPipeline(parseGraph(graph(condition, other)), {
    verifyGraphs: true,
    inputs: { x: { shape: ['n', 'm'] } },
  })
  const kinds = [...flat.block.nodes()].map(({ kind }) => kind)
  expect(kinds).toContain('aten::repeat')
  expect(kinds).not.toContain('prim::If')
  expect(kinds).not.toContain('prim::OfRank')
})
