// What is known of values that lists and dicts hold, and the passes of host programs that find it out: lists in one piece, writes that can be followed.

import { expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { allNodes } from '../../src/ir/block.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { verify } from '../../src/ir/verifier.ts'
import { inferFacts } from '../../src/analysis/facts.ts'
import { checkAxes } from '../../src/passes/check-axes.ts'
import { functionalizeTensors } from '../../src/passes/host/functionalize-tensors.ts'
import { hostFacts } from '../../src/passes/host/content-facts.ts'
import { listLiterals } from '../../src/passes/host/list-literals.ts'
import { passContext } from '../../src/passes/pass.ts'
import { tensorFact } from '../../src/ops/fact.ts'
import { FileCheck } from '../support/file-check.ts'

test('a list holds what was put into it, not what lies beside that in a dict', () => {
  const graph = parseGraph(`graph(%x : Tensor, %labels : Tensor):
  %zero : int = prim::Constant[value=0]()
  %b : str = prim::Constant[value="boxes"]()
  %l : str = prim::Constant[value="labels"]()
  %d : Dict(str, Tensor) = prim::DictConstruct(%b, %x, %l, %labels)
  %taken : Tensor = aten::__getitem__(%d, %b)
  %list : Tensor[] = prim::ListConstruct()
  %same : Tensor[] = aten::append(%list, %taken)
  %element : Tensor = aten::__getitem__(%list, %zero)
  return (%element)
`)
  const [x, labels] = graph.inputs
  const inputs = new Map([
    [x!, tensorFact('float32', ['n', 4])],
    [labels!, tensorFact('int64', ['n'])],
  ])
  const { facts } = hostFacts(graph, { inputs, state: [] }, {})
  expect(facts.of(graph.outputs[0]!)).toMatchObject({ dtype: 'float32', dims: [null, 4] })
})

test('what was told of an operator too soon goes again', () => {
  // The dict holds both; `y` is made of either, and put beside them.
  const graph = parseGraph(`graph(%x : Tensor, %labels : Tensor, %key : str, %n : int):
  %true : bool = prim::Constant[value=1]()
  %other : str = prim::Constant[value="b"]()
  %d : Dict(str, Tensor) = prim::DictConstruct(%other, %labels)
  prim::Loop(%n, %true)
    block0(%i : int):
      %taken : Tensor = aten::__getitem__(%d, %key)
      %y : Tensor = aten::relu(%taken)
      aten::_set_item(%d, %key, %y)
      aten::_set_item(%d, %other, %x)
      -> (%true)
  %last : Tensor = aten::__getitem__(%d, %key)
  return (%last)
`)
  const [x, labels] = graph.inputs
  const inputs = new Map([
    [x!, tensorFact('float32', ['n', 4])],
    [labels!, tensorFact('int64', ['n'])],
  ])
  const { facts } = hostFacts(graph, { inputs, state: [] }, {})
  expect(facts.of(graph.outputs[0]!).dtype).toBeUndefined()
})

test('writes that can be followed are, though one among many cannot', () => {
  const many = Array.from({ length: 40 }, (_, i) => i)
  // Of a list of parts of unknown length nobody can say what is written where.
  const graph = parseGraph(`graph(%x : Tensor, %i : int):
${many.map((i) => `  %t${i} : Tensor = aten::neg(%x)\n  %u${i} : Tensor = aten::relu_(%t${i})`).join('\n')}
  %a : Tensor = aten::exp(%x)
  %b : Tensor[] = aten::chunk(%a, %i, %i)
  %c : Tensor = aten::relu_(%a)
  %all : (Tensor[], ${many.map(() => 'Tensor').join(', ')}) = prim::TupleConstruct(%b, ${many.map((i) => `%t${i}`).join(', ')})
  return (%all)
`)
  functionalizeTensors(graph)
  verify(graph)
  const kinds = [...allNodes(graph.block)].map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'aten::relu')).toHaveLength(40)
  expect(kinds.filter((kind) => kind === 'aten::relu_')).toHaveLength(1)
})

test('a list that a short loop fills is what it holds', () => {
  const graph = parseGraph(`graph(%scale : float):
  %two : int = prim::Constant[value=2]()
  %true : bool = prim::Constant[value=1]()
  %list : float[] = prim::ListConstruct()
  prim::Loop(%two, %true)
    block0(%i : int):
      %same : float[] = aten::append(%list, %scale)
      -> (%true)
  return (%list)
`)
  expect(listLiterals.run(graph, passContext())).toBe(true)
  verify(graph)
  new FileCheck().checkNot('prim::Loop').check('prim::ListConstruct(%scale, %scale)').checkNot('aten::append').run(printGraph(graph))
})

test('a list that is read between its appends stays as it is', () => {
  const graph = parseGraph(`graph(%scale : float):
  %list : float[] = prim::ListConstruct()
  %n : int = aten::len(%list)
  %same : float[] = aten::append(%list, %scale)
  %all : (float[], int) = prim::TupleConstruct(%list, %n)
  return (%all)
`)
  expect(listLiterals.run(graph, passContext())).toBe(false)
})

test('resampling of another rank raises whenever it runs', () => {
  const graph = (axes: number): ReturnType<typeof parseGraph> =>
    parseGraph(`graph(%x : Tensor, %size : int[]):
  %none : NoneType = prim::Constant()
  %y : Tensor = aten::upsample_nearest${axes}d(%x, %size, %none)
  return (%y)
`)
  const check = (axes: number, rank: number): void => {
    const made = graph(axes)
    const inputs = new Map([[made.inputs[0]!, tensorFact('float32', Array<null>(rank).fill(null))]])
    checkAxes(made, inferFacts(made, { inputs }))
  }
  expect(() => check(1, 4)).toThrow(CompileError)
  expect(() => check(3, 4)).toThrow(/does not take a tensor of rank 4/)
  check(2, 4)
})
