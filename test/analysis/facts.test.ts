// Facts over control flow, and the rules of Python values against torch's own results.

import { describe, expect, test } from 'vitest'
import { annotate, inferFacts } from '../../src/analysis/facts.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { typeText } from '../../src/ir/print-type.ts'
import { constantFact, intFact, listFact, tensorFact, type Fact } from '../../src/ops/fact.ts'
import { ruleSchemas } from '../../src/ops/rules/index.ts'
import { operatorNames, schemaTexts } from '../../src/ops/schemas/index.ts'
import { casesOf } from '../ops/cases.ts'
import { compareLeaf, decodeLeaf } from '../support/leaf.ts'

const cases = casesOf('scalar')

/** Operators of the case table that are left to run time. */
const RUN_TIME = new Set(['aten::erf.int', 'aten::erf.float', 'aten::lgamma.int', 'aten::lgamma.float', 'aten::scalar_tensor'])
/** In place: mutation removal comes first. */
const IN_PLACE = new Set(
  ['append', 'extend', 'insert', 'pop', 'remove', 'clear', 'reverse', '_set_item', 'Delete', 'sort', 'add_'].map((name) => `aten::${name}`),
)

describe('rules', () => {
  test('every rule serves a schema of torch, and none is served twice', () => {
    const known = new Set(operatorNames().flatMap((name) => schemaTexts(name)))
    const rules = ruleSchemas()
    expect(rules.filter((schema) => !known.has(schema))).toEqual([])
    expect(rules.filter((schema, i) => rules.indexOf(schema) !== i)).toEqual([])
  })

  test('a slice to the greatest int64, which is how traces write an open end, keeps the extent', () => {
    const graph = parseGraph(`graph(%x : Tensor):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %end : int = prim::Constant[value=9223372036854775807]()
  %all : Tensor = aten::slice(%x, %one, %zero, %end, %one)
  %half : Tensor = aten::slice(%all, %zero, %zero, %end, %two)
  return (%half)`)
    const facts = inferFacts(graph, { inputs: new Map([[graph.inputs[0]!, tensorFact('float32', [9, 'n'])]]) })
    expect(facts.of(graph.outputs[0]!).dims).toEqual([5, 'n'])
  })

  test.each(cases.filter(({ op }) => !IN_PLACE.has(op)).map((c) => [c.name, c] as const))(
    '%s',
    (_, { op, graph: text, inputs, outputs }) => {
      const graph = parseGraph(text)
      const facts = inferFacts(graph, { inputs: new Map(graph.inputs.map((value, i) => [value, constantFact(decodeLeaf(inputs[i]!))])) })
      for (const [i, output] of graph.outputs.entries()) {
        const { value } = facts.of(output)
        if (RUN_TIME.has(op)) expect(value).toBeUndefined()
        else {
          if (value === undefined) expect.fail('not folded')
          expect(compareLeaf(value, decodeLeaf(outputs[i]!))).toBeUndefined()
        }
      }
    },
  )
})

/** Facts of the outputs of a graph, given facts of its inputs. */
function outputs(text: string, inputs: readonly Fact[] = []): readonly Fact[] {
  const graph = parseGraph(text)
  const facts = inferFacts(graph, { inputs: new Map(inputs.map((fact, i) => [graph.inputs[i]!, fact])) })
  return graph.outputs.map((value) => facts.of(value))
}

describe('control flow', () => {
  test('of a decided If only the live branch counts', () => {
    const [out] = outputs(`graph(%x : Tensor):
  %c : bool = prim::Constant[value=1]()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %y : int = prim::If(%c)
    block0():
      -> (%one)
    block1():
      -> (%two)
  return (%y)`)
    expect(out!.value).toBe(1n)
  })

  test('an undecided If joins, and dead values do not count', () => {
    const [y, z] = outputs(
      `graph(%c : bool, %a : Tensor, %b : Tensor):
  %u : int = prim::Uninitialized()
  %two : int = prim::Constant[value=2]()
  %y : Tensor, %z : int = prim::If(%c)
    block0():
      -> (%a, %u)
    block1():
      -> (%b, %two)
  return (%y, %z)`,
      [{}, tensorFact('float32', ['n', 4, 2]), tensorFact('float32', ['n', 3, 2])],
    )
    expect(y).toEqual(tensorFact('float32', ['n', null, 2]))
    expect(z!.value).toBe(2n)
  })

  test('a loop keeps what every turn keeps', () => {
    const [x, n, k] = outputs(
      `graph(%m : int, %x.1 : Tensor):
  %t : bool = prim::Constant[value=1]()
  %one : int = prim::Constant[value=1]()
  %three : int = prim::Constant[value=3]()
  %x : Tensor, %n : int, %k : int = prim::Loop(%m, %t, %x.1, %one, %three)
    block0(%i : int, %x.2 : Tensor, %n.2 : int, %k.2 : int):
      %x.3 : Tensor = aten::relu(%x.2)
      %n.3 : int = aten::add(%n.2, %one)
      -> (%t, %x.3, %n.3, %k.2)
  return (%x, %n, %k)`,
      [{}, tensorFact('float32', ['n', 4])],
    )
    expect(x).toEqual(tensorFact('float32', ['n', 4]))
    expect(n).toEqual({ number: 'int' })
    expect(k!.value).toBe(3n)
  })

  test('an Optional that may be None keeps the dtype and shape it has otherwise', () => {
    const [y, test] = outputs(
      `graph(%c : bool, %a : Tensor):
  %none : NoneType = prim::Constant()
  %y : Tensor? = prim::If(%c)
    block0():
      -> (%a)
    block1():
      -> (%none)
  %is : bool = aten::__is__(%y, %none)
  return (%y, %is)`,
      [{}, tensorFact('float32', [2])],
    )
    expect(y).toEqual(tensorFact('float32', [2]))
    expect(test!.value).toBeUndefined()
  })
})

test('traced shape arithmetic is followed through 0-d tensors', () => {
  const [size, count] = outputs(
    `graph(%x : Tensor):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %h : int = aten::size(%x, %zero)
  %w : int = aten::size(%x, %one)
  %ht : Tensor = prim::NumToTensor(%h)
  %wt : Tensor = prim::NumToTensor(%w)
  %p : Tensor = aten::mul(%ht, %wt)
  %two : Tensor = prim::Constant[value=Long{}[2]]()
  %q : Tensor = aten::floor_divide(%wt, %two)
  %pi : int = aten::Int(%p)
  %qi : int = aten::Int(%q)
  %s : int[] = prim::ListConstruct(%pi, %qi)
  return (%s, %pi)`,
    [tensorFact('float32', ['n', 6])],
  )
  expect(size!.items).toEqual([{ sym: '6*n', number: 'int' }, intFact(3)])
  expect(count).toEqual({ sym: '6*n', number: 'int' })
})

test('annotate writes dtype and dims into the types', () => {
  const graph = parseGraph(`graph(%x : Tensor, %c : bool):
  %y : Tensor = aten::relu(%x)
  %l : Tensor[] = prim::ListConstruct(%x, %y)
  return (%y, %l)`)
  annotate(graph, inferFacts(graph, { inputs: new Map([[graph.inputs[0]!, tensorFact('float16', ['n', 3])]]) }))
  expect(graph.outputs.map((value) => typeText(value.type))).toEqual(['Half(n, 3)', 'Half(n, 3)[]'])
})

test('sizes of a list that something writes to are not believed', () => {
  const graph = parseGraph(`graph(%x : Tensor):
  %l : Tensor[] = prim::ListConstruct(%x)
  %n : int = aten::len(%l)
  %m : Tensor[] = aten::append(%l, %x)
  %k : int = aten::len(%l)
  return (%n, %k)`)
  const facts = inferFacts(graph, { mutable: true })
  expect(graph.outputs.map((value) => facts.of(value).value)).toEqual([undefined, undefined])
  expect(listFact([intFact(2)]).value).toEqual({ kind: 'list', items: [2n] })
})
