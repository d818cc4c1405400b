// Loop-invariant code: what moves, what stays because a loop may run no turn, and that results stay what they are.

import { describe, expect, it } from 'vitest'
import { annotate, inferFacts } from '../../src/analysis/facts.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { int64Tensor, readElements, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { createEvaluator } from '../../src/onnx/evaluator.ts'
import { tensorFact, type Fact } from '../../src/ops/fact.ts'
import { hoistLoopInvariants } from '../../src/passes/hoist-loop-invariants.ts'
import { rewrite } from '../support/run-passes.ts'
import { loadOrt } from '../support/ort.ts'

/** A loop of %n turns whose body adds the result of `body`, a value %s of %x and %w, to what it carries. */
const loop = (body: string, trips = '%n', parameters = '%x : Tensor, %w : Tensor, %n : int'): string => `graph(${parameters}):
  %true : bool = prim::Constant[value=1]()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %three : int = prim::Constant[value=3]()
  %none : NoneType = prim::Constant()
  %y : Tensor = prim::Loop(${trips}, %true, %x)
    block0(%i : int, %carried : Tensor):
${body
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}
      %next : Tensor = aten::add(%carried, %s, %one)
      -> (%true, %next)
  return (%y)`

const floats = (...dims: (number | string | null)[]): Fact => tensorFact('float32', dims)
const moved = (text: string, ...inputs: Fact[]): string => {
  const { text: after } = rewrite(text, [hoistLoopInvariants], inputs)
  const at = after.indexOf('prim::Loop')
  return [after.slice(0, at), after.slice(at)]
    .map((part) => [...part.matchAll(/aten::(\w+)/g)].map(([, name]) => name).join(' '))
    .join(' | ')
}

describe('moves', () => {
  it('a chain, with the constants that it reads', () => {
    const body = '%half : float = prim::Constant[value=0.5]()\n%a : Tensor = aten::mul(%w, %half)\n%s : Tensor = aten::tanh(%a)'
    expect(moved(loop(body), floats('n'), floats('n'))).toBe('mul tanh | add')
  })
  it('products whose extents agree', () => {
    expect(moved(loop('%s : Tensor = aten::linear(%x, %w, %none)'), floats('n', 3), floats(3, 3))).toBe('linear | add')
    expect(moved(loop('%s : Tensor = aten::linear(%x, %w, %none)'), floats('n', 3), floats(3, 4))).toBe(' | linear add')
  })
  it('whatever there is, out of a loop that is known to run', () => {
    expect(moved(loop('%s : Tensor = aten::matmul(%x, %w)', '%three'), floats('n', null), floats(null, 3))).toBe('matmul | add')
  })
  it('out of nested loops', () => {
    const inner = `%s : Tensor = prim::Loop(%n, %true, %w)
  block0(%j : int, %c : Tensor):
    %e : Tensor = aten::exp(%w)
    %f : Tensor = aten::mul(%c, %e)
    -> (%true, %f)`
    expect(moved(loop(inner), floats(3), floats(3))).toBe('exp | mul add')
  })
})

describe('stays', () => {
  it('what could fail where no turn runs, and says so', () => {
    const { context, changed } = rewrite(
      loop('%s : Tensor = aten::mul(%x, %w)'),
      [hoistLoopInvariants],
      [floats('n', null), floats(null, 3)],
    )
    expect(changed).toBe(false)
    expect(context.missed[0]).toMatchObject({
      pass: 'hoist-loop-invariants',
      reason: 'aten::mul is the same in every turn, but could fail in a loop that runs none',
    })
  })
  it('division of integers', () => {
    expect(moved(loop('%s : Tensor = aten::div(%w, %w)'), floats(3), floats(3))).toBe('div | add')
    expect(moved(loop('%s : Tensor = aten::floor_divide(%w, %w)'), floats(3), tensorFact('int64', [3]))).toBe(' | floor_divide add')
  })
  it('what differs from turn to turn, and what is random', () => {
    expect(moved(loop('%s : Tensor = aten::tanh(%carried)'), floats(3), floats(3))).toBe(' | tanh add')
    expect(moved(loop('%s : Tensor = aten::mul(%w, %i)'), floats(3), floats(3))).toBe(' | mul add')
    expect(moved(loop('%s : Tensor = aten::rand_like(%w, %none, %none, %none, %none, %none)', '%three'), floats(3), floats(3))).toBe(
      ' | rand_like add',
    )
  })
  it('what a branch computes', () => {
    const body = `%c : bool = aten::gt(%i, %one)
%s : Tensor = prim::If(%c)
  block0():
    %a : Tensor = aten::tanh(%w)
    -> (%a)
  block1():
    -> (%w)`
    expect(moved(loop(body), floats(3), floats(3))).toBe(' | gt tanh add')
  })
})

it('gives what the loop gave, without a turn too', async () => {
  const text = loop(
    '%a : Tensor = aten::tanh(%w)\n%s : Tensor = aten::mul(%a, %x)',
    '%t',
    '%x : Float(3), %w : Float(3), %k : Long()',
  ).replace('  %y :', '  %t : int = aten::Int(%k)\n  %y :')
  const evaluator = createEvaluator(loadOrt)
  const [x, w] = [tensorFromElements('float32', [3], [1, -2, 3]), tensorFromElements('float32', [3], [0.5, 0, -1])]
  for (const turns of [0, 1, 4]) {
    const results: unknown[] = []
    for (const graph of [parseGraph(text), rewrite(text, [hoistLoopInvariants]).graph]) {
      annotate(graph, inferFacts(graph))
      const [y] = await evaluator.run(graph, [x, w, { ...int64Tensor([turns]), sizes: [], strides: [] }])
      results.push(readElements(y!))
    }
    expect(results[1]).toEqual(results[0])
  }
})

it('does what its example says', () => {
  const { before, after } = hoistLoopInvariants.example!
  expect(rewrite(before, [hoistLoopInvariants]).text).toBe(printGraph(parseGraph(after)))
})
