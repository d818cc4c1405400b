// Control flow that cannot be evaluated as a whole, since a container of build time is carried through it: decided node by node, turn by turn.

import { expect, it } from 'vitest'
import { createEvaluator } from '../../src/onnx/evaluator.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { capture, complete, type PipelineResult } from '../../src/passes/pipeline.ts'
import type { ExampleInputs } from '../../src/tracing/example.ts'
import { checkTrace } from '../../src/tracing/check-trace.ts'
import { trace } from '../../src/tracing/trace.ts'
import { FileCheck } from '../support/file-check.ts'
import { loadOrt } from '../support/ort.ts'

const evaluator = createEvaluator(loadOrt)

async function traced(text: string, ...examples: ExampleInputs[]): Promise<PipelineResult & { readonly text: string }> {
  const again = () => capture(parseGraph(text), { mode: 'trace', verifyGraphs: true, examples })
  const captured = again()
  const run = await trace(captured, { examples, evaluator })
  const result = complete(captured)
  if (examples.length > 1) await checkTrace({ capture: captured, run, traced: result, examples, again, evaluator, mode: 'warn' })
  return { ...result, text: printGraph(result.graph) }
}
const vector = (...data: number[]) => ({ data, dims: [data.length], dtype: 'float32' as const })

/** A dict grows while it has fewer entries than the data says; every second turn is another one. */
const DICT = `graph(%x : Tensor):
  %none : NoneType = prim::Constant()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %max : int = prim::Constant[value=9223372036854775807]()
  %true : bool = prim::Constant[value=1]()
  %sum : Tensor = aten::sum(%x, %none)
  %wanted : int = aten::Int(%sum)
  %dict : Dict(int, Tensor) = prim::DictConstruct()
  %y : Tensor = prim::Loop(%max, %true, %x)
    block0(%i : int, %c : Tensor):
      %odd : int = aten::remainder(%i, %two)
      %is_odd : bool = aten::eq(%odd, %one)
      %next : Tensor = prim::If(%is_odd)
        block0():
          %a : Tensor = aten::mul(%c, %two)
          -> (%a)
        block1():
          %b : Tensor = aten::neg(%c)
          -> (%b)
       = aten::_set_item(%dict, %i, %next)
      %count : int = aten::len(%dict)
      %go : bool = aten::lt(%count, %wanted)
      -> (%go, %next)
  return (%dict)
`

it('fills a dict as often as the data says', async () => {
  const { text, signature, decisions, notices } = await traced(DICT, { x: vector(1, 2) })
  expect(text).not.toMatch(/prim::(If|Loop)/)
  new FileCheck().check('aten::neg').check('aten::mul').check('aten::neg').checkNot('aten::mul').run(text)
  expect(signature.result).toMatchObject({ kind: 'map', keys: [0, 1, 2] })
  expect(notices.map(({ code }) => code)).toEqual(['PT3502'])
  expect(decisions).toEqual([])
})

it('tells when other examples make another number of turns', async () => {
  const { notices } = await traced(DICT, { x: vector(1, 2) }, { x: vector(2, 1) }, { x: vector(3, 3) })
  // No graph holds the scripted form: it is traced anew on each.
  expect(notices.filter(({ code }) => code === 'PT3509').map(({ message }) => message)).toEqual([
    'On example inputs 3 (x = float32[2] {3, 3}) the trace is not the model: the model gives 12 outputs, and the trace 6',
  ])
})

it('an example that the model does not run on is refused', async () => {
  const text = `graph(%x : Tensor, %at : Tensor):
  %zero : int = prim::Constant[value=0]()
  %i : int = aten::Int(%at)
  %part : Tensor = aten::select(%x, %zero, %i)
  %is : bool = aten::Bool(%part)
  %y : Tensor = prim::If(%is)
    block0():
      -> (%x)
    block1():
      %b : Tensor = aten::neg(%x)
      -> (%b)
  return (%y)
`
  const at = (data: number): ExampleInputs => ({ x: vector(1, 2), at: { data: [data], dims: [1], dtype: 'int64' } })
  await expect(traced(text, at(7))).rejects.toMatchObject({ code: 'PT3508' })
  expect((await traced(text, at(1))).text).not.toContain('aten::neg')
})

it('random numbers decide nothing', async () => {
  const text = `graph(%x : Tensor):
  %none : NoneType = prim::Constant()
  %half : float = prim::Constant[value=0.5]()
  %r : Tensor = aten::rand_like(%x, %none, %none, %none, %none, %none)
  %m : Tensor = aten::mean(%r, %none)
  %g : Tensor = aten::gt(%m, %half)
  %is : bool = aten::Bool(%g)
  %y : Tensor = prim::If(%is)
    block0():
      -> (%x)
    block1():
      %b : Tensor = aten::neg(%x)
      -> (%b)
  return (%y)
`
  await expect(traced(text, { x: vector(1, 2) })).rejects.toMatchObject({ code: 'PT3510' })
})

it('a condition that lost its `not` is told as it is written', async () => {
  const text = `graph(%x : Tensor):
  %none : NoneType = prim::Constant()
  %zero : int = prim::Constant[value=0]()
  %sum : Tensor = aten::sum(%x, %none)
  %g : Tensor = aten::gt(%sum, %zero)
  %is : bool = aten::Bool(%g)
  %not : bool = aten::__not__(%is)
  %y : Tensor = prim::If(%not)
    block0():
      %b : Tensor = aten::neg(%x)
      -> (%b)
    block1():
      -> (%x)
  return (%y)
`
  for (const [number, taken] of [
    [1, false],
    [-1, true],
  ] as const) {
    const graph = parseGraph(text)
    const source = { name: 'net.py', text: 'if not x.sum() > 0:\n' }
    for (const node of graph.block.nodes()) if (node.kind === 'prim::If') node.range = { source, start: 0, end: 19 }
    const examples = [{ x: vector(number) }]
    const captured = capture(graph, { mode: 'trace', verifyGraphs: true, examples })
    await trace(captured, { examples, evaluator })
    expect(captured.context.decisions).toMatchObject([{ taken }])
    expect(complete(captured).signature.result).toMatchObject({ kind: 'tensor' })
  }
})
