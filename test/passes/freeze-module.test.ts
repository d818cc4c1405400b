// Attributes to constants and state.
import { expect, test } from 'vitest'
import type { IObject, IValue } from '../../src/ir/ivalue.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import type { Tensor } from '../../src/ir/tensor.ts'
import { freezeModule } from '../../src/passes/freeze-module.ts'
import { passContext, type PassContext } from '../../src/passes/pass.ts'
import { runPasses } from '../../src/passes/pass-manager.ts'
import { FileCheck } from '../support/file-check.ts'

const object = (className: string, attributes: Record<string, IValue>): IObject => ({
  kind: 'object',
  className,
  attributes: new Map(Object.entries(attributes)),
})
const vector = (...items: number[]): Tensor => tensorFromElements('float32', [items.length], items)

function freeze(self: IObject, text: string): { text: string; context: PassContext } {
  const graph = parseGraph(text)
  const context = passContext({ self, verifyGraphs: true })
  runPasses(graph, [freezeModule], context)
  return { text: printGraph(graph), context }
}

test('attributes of submodules become constants, one for each tensor', () => {
  const weight = vector(1, 2)
  const self = object('__torch__.Net', {
    training: false,
    a: object('__torch__.Lin', { weight, bias: null, n: 3n }),
    b: object('__torch__.Lin', { weight, bias: null, n: 4n }),
  })
  const { text, context } = freeze(
    self,
    `graph(%self : __torch__.Net, %x : Tensor):
  %1 : bool = prim::GetAttr[name="training"](%self)
  %a : __torch__.Lin = prim::GetAttr[name="a"](%self)
  %w : Tensor = prim::GetAttr[name="weight"](%a)
  %bias : Tensor? = prim::GetAttr[name="bias"](%a)
  %b : __torch__.Lin = prim::GetAttr[name="b"](%self)
  %v : Tensor = prim::GetAttr[name="weight"](%b)
  %n : int = prim::GetAttr[name="n"](%b)
  %y : Tensor = aten::add(%w, %v, %n)
  %z : (bool, Tensor?, Tensor) = prim::TupleConstruct(%1, %bias, %y)
  return (%z)`,
  )
  expect(context.state).toEqual([])
  new FileCheck()
    .check('graph(%x : Tensor)')
    .checkDag('%a.weight : Float(2) = prim::Constant[value=Float{2}[1., 2.]]()')
    .checkDag('%training : bool = prim::Constant[value=0]()')
    .checkDag('%a.bias : NoneType = prim::Constant()')
    .checkDag('%b.n : int = prim::Constant[value=4]()')
    .checkNot('GetAttr')
    .check('aten::add(%a.weight, %a.weight, %b.n)')
    .run(text)
})

test('a buffer written in place becomes an input and an output', () => {
  const self = object('__torch__.Net', { sub: object('__torch__.Sub', { count: vector(0) }) })
  const { text, context } = freeze(
    self,
    `graph(%self : __torch__.Net, %x : Tensor):
  %one : int = prim::Constant[value=1]()
  %sub : __torch__.Sub = prim::GetAttr[name="sub"](%self)
  %c : Tensor = prim::GetAttr[name="count"](%sub)
  %d : Tensor = aten::add_(%c, %one, %one)
  %e : Tensor = prim::GetAttr[name="count"](%sub)
  %y : Tensor = aten::add(%x, %e, %one)
  return (%y)`,
  )
  expect(context.state).toEqual([
    {
      attribute: 'sub.count',
      assigned: false,
      type: { kind: 'Tensor', dtype: 'float32', dims: [1] },
      initial: vector(0),
      input: 1,
      output: 1,
    },
  ])
  new FileCheck()
    .check('%sub.count : Float(1)')
    .checkNot('GetAttr')
    .check('aten::add_(%sub.count,')
    .check('aten::add(%x, %sub.count')
    .check('return (%y, %sub.count)')
    .run(text)
})

test('an assigned attribute lives in an object while a call runs', () => {
  const { text, context } = freeze(
    object('__torch__.Net', { n: 5n, k: 2n }),
    `graph(%self : __torch__.Net, %x : Tensor):
  %k : int = prim::GetAttr[name="k"](%self)
  %n : int = prim::GetAttr[name="n"](%self)
  %m : int = aten::add(%n, %k)
   = prim::SetAttr[name="n"](%self, %m)
  %y : Tensor = aten::mul(%x, %m)
  return (%y)`,
  )
  expect(context.state).toEqual([{ attribute: 'n', assigned: true, type: { kind: 'int' }, initial: 5n, input: 1, output: 1 }])
  new FileCheck()
    .check('graph(%x : Tensor')
    .checkNext('%n : int):')
    .check('__torch__.State = prim::CreateObject()')
    .check('prim::SetAttr[name="n"](')
    .check('prim::GetAttr[name="n"]')
    .check('prim::SetAttr[name="n"](')
    .check(' : int = prim::GetAttr[name="n"](')
    .run(text)
})

test('written memory that two attributes share, and modules as values, are errors', () => {
  const base = vector(1, 2, 3, 4)
  const tied = object('__torch__.Net', { a: base, b: { ...base, sizes: [2], strides: [1] } })
  const write = `graph(%self : __torch__.Net, %x : Tensor):
  %one : int = prim::Constant[value=1]()
  %a : Tensor = prim::GetAttr[name="a"](%self)
  %d : Tensor = aten::add_(%a, %one, %one)
  return (%d)`
  expect(() => freeze(tied, write)).toThrow(/PT3022 .*'a' and 'b' share memory/)
  const same = freeze(object('__torch__.Net', { a: base, b: base }), write)
  expect(same.context.state.map((slot) => slot.attribute)).toEqual(['a'])

  const lin = object('__torch__.Lin', {})
  expect(() =>
    freeze(
      object('__torch__.Net', { a: lin }),
      `graph(%self : __torch__.Net):
  %a : __torch__.Lin = prim::GetAttr[name="a"](%self)
  %t : (__torch__.Lin) = prim::TupleConstruct(%a)
  return (%t)`,
    ),
  ).toThrow(/PT3020 'a' \(__torch__\.Lin\) is used as a value by prim::TupleConstruct/)
  expect(() => freeze(lin, 'graph(%self : __torch__.Lin):\n  %n : int = prim::GetAttr[name="n"](%self)\n  return (%n)')).toThrow(
    /PT3021 'n' is not an attribute/,
  )
})
