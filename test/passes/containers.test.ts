// Containers, Optionals and chosen strings through branches and loops: how the graph looks, and what it computes on onnxruntime.
import { describe, expect, test } from 'vitest'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import type { Tensor } from '../../src/ir/tensor.ts'
import { runPipeline, type PipelineOptions } from '../../src/passes/pipeline.ts'
import { asJavaScript, callGraph } from '../support/call-graph.ts'
import { FileCheck } from '../support/file-check.ts'
import { compareLeaf } from '../support/leaf.ts'

const vector = (...items: number[]): Tensor => tensorFromElements('float32', [items.length], items)
const list = (...items: IValue[]): IValue => ({ kind: 'list', items })

/** Compiles the graph and compares calls with what they should give: [arguments, result] pairs. */
async function check(
  text: string,
  calls: readonly (readonly [readonly IValue[], IValue])[],
  options: PipelineOptions = {},
): Promise<string> {
  const method = runPipeline(parseGraph(text), { verifyGraphs: true, ...options })
  for (const [args, expected] of calls) {
    const { output, raised } = await callGraph(method, args)
    expect(raised).toBeUndefined()
    expect(compareLeaf(asJavaScript(output), asJavaScript(expected))).toBeUndefined()
  }
  return printGraph(method.graph)
}

describe('tuples', () => {
  test('are carried part by part, and permuted', async () => {
    const text = await check(
      `graph(%n : int):
  %t : bool = prim::Constant[value=1]()
  %pair : (int, int) = prim::Constant[value=(0, 1)]()
  %out : (int, int) = prim::Loop(%n, %t, %pair)
    block0(%i : int, %p : (int, int)):
      %a : int, %b : int = prim::TupleUnpack(%p)
      %c : int = aten::add(%a, %b)
      %q : (int, int) = prim::TupleConstruct(%b, %c)
      -> (%t, %q)
  return (%out)`,
      [
        [[5n], list(5n, 8n)],
        [[0n], list(0n, 1n)],
      ],
    )
    new FileCheck().checkNot('Tuple').check('prim::Loop').checkNot('Tuple').check('return').run(text)
  })

  test('of tuples, out of branches', async () => {
    await check(
      `graph(%c : bool, %x : Tensor):
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %out : ((Tensor, int), bool) = prim::If(%c)
    block0():
      %a : (Tensor, int) = prim::TupleConstruct(%x, %one)
      %p : ((Tensor, int), bool) = prim::TupleConstruct(%a, %c)
      -> (%p)
    block1():
      %n : Tensor = aten::neg(%x)
      %b : (Tensor, int) = prim::TupleConstruct(%n, %two)
      %q : ((Tensor, int), bool) = prim::TupleConstruct(%b, %c)
      -> (%q)
  return (%out)`,
      [
        [[true, vector(1, 2)], list(list(vector(1, 2), 1n), true)],
        [[false, vector(1, 2)], list(list(vector(-1, -2), 2n), false)],
      ],
    )
  })
})

describe('lists and dicts', () => {
  test('of known length change item by item in a loop', async () => {
    const text = await check(
      `graph(%n : int, %x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %l.1 : Tensor[] = prim::ListConstruct(%x, %x)
  %out : Tensor[] = prim::Loop(%n, %t, %l.1)
    block0(%i : int, %l : Tensor[]):
      %a : Tensor = aten::__getitem__(%l, %zero)
      %b : Tensor = aten::neg(%a)
      %l.2 : Tensor[] = functional::_set_item(%l, %one, %b)
      %l.3 : Tensor[] = functional::reverse(%l.2)
      -> (%t, %l.3)
  return (%out)`,
      [
        [[0n, vector(3)], list(vector(3), vector(3))],
        [[1n, vector(3)], list(vector(-3), vector(3))],
      ],
    )
    new FileCheck().checkNot('functional').checkNot('Tensor[]').check('return').run(text)
  })

  test('made by dict() are empty', async () => {
    await check(
      `graph(%x : Tensor):
  %a : str = prim::Constant[value="a"]()
  %d.1 : Dict(str, Tensor) = aten::dict()
  %d.2 : Dict(str, Tensor) = functional::_set_item(%d.1, %a, %x)
  %n : int = aten::len(%d.1)
  %y : Tensor = aten::__getitem__(%d.2, %a)
  %out : (Tensor, int) = prim::TupleConstruct(%y, %n)
  return (%out)`,
      [[[vector(1)], list(vector(1), 0n)]],
    )
  })

  test('with known keys out of branches', async () => {
    const text = await check(
      `graph(%c : bool, %x : Tensor):
  %a : str = prim::Constant[value="a"]()
  %b : str = prim::Constant[value="b"]()
  %d.1 : Dict(str, Tensor) = prim::DictConstruct(%a, %x)
  %d : Dict(str, Tensor) = prim::If(%c)
    block0():
      %n : Tensor = aten::neg(%x)
      %d.2 : Dict(str, Tensor) = functional::_set_item(%d.1, %a, %n)
      -> (%d.2)
    block1():
      -> (%d.1)
  %d.3 : Dict(str, Tensor) = functional::_set_item(%d, %b, %x)
  return (%d.3)`,
      [
        [
          [true, vector(1)],
          {
            kind: 'dict',
            entries: [
              ['a', vector(-1)],
              ['b', vector(1)],
            ],
          },
        ],
        [
          [false, vector(1)],
          {
            kind: 'dict',
            entries: [
              ['a', vector(1)],
              ['b', vector(1)],
            ],
          },
        ],
      ],
    )
    expect(text).not.toContain('Dict')
  })

  test('a loop over a constant dict is unrolled', async () => {
    await check(
      `graph(%x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %one : int = prim::Constant[value=1]()
  %suffix : str = prim::Constant[value="!"]()
  %p : str = prim::Constant[value="p"]()
  %q : str = prim::Constant[value="q"]()
  %two : int = prim::Constant[value=2]()
  %three : int = prim::Constant[value=3]()
  %d : Dict(str, int) = prim::DictConstruct(%p, %two, %q, %three)
  %items : (str, int)[] = aten::items(%d)
  %n : int = aten::len(%items)
  %e.1 : Dict(str, Tensor) = prim::DictConstruct()
  %e : Dict(str, Tensor) = prim::Loop(%n, %t, %e.1)
    block0(%i : int, %e.2 : Dict(str, Tensor)):
      %item : (str, int) = aten::__getitem__(%items, %i)
      %k : str, %v : int = prim::TupleUnpack(%item)
      %y : Tensor = aten::add(%x, %v, %one)
      %name : str = aten::add(%k, %suffix)
      %e.3 : Dict(str, Tensor) = functional::_set_item(%e.2, %name, %y)
      -> (%t, %e.3)
  return (%e)`,
      [
        [
          [vector(1)],
          {
            kind: 'dict',
            entries: [
              ['p!', vector(3)],
              ['q!', vector(4)],
            ],
          },
        ],
      ],
    )
  })
})

test('a list of tuples of any length is one list for each part', async () => {
  const text = await check(
    `graph(%n : int, %x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %one : int = prim::Constant[value=1]()
  %zero : int = prim::Constant[value=0]()
  %e : (Tensor, (int, bool))[] = prim::ListConstruct()
  %l : (Tensor, (int, bool))[] = prim::Loop(%n, %t, %e)
    block0(%i : int, %l.1 : (Tensor, (int, bool))[]):
      %y : Tensor = aten::add(%x, %i, %one)
      %odd : int = aten::mul(%i, %i)
      %is : bool = aten::gt(%i, %one)
      %p : (int, bool) = prim::TupleConstruct(%odd, %is)
      %q : (Tensor, (int, bool)) = prim::TupleConstruct(%y, %p)
      %l.2 : (Tensor, (int, bool))[] = functional::append(%l.1, %q)
      -> (%t, %l.2)
  %m : int = aten::len(%l)
  %sum : Tensor, %k : int = prim::Loop(%m, %t, %x, %zero)
    block0(%j : int, %s : Tensor, %k.1 : int):
      %item : (Tensor, (int, bool)) = aten::__getitem__(%l, %j)
      %a : Tensor, %r : (int, bool) = prim::TupleUnpack(%item)
      %b : int, %c : bool = prim::TupleUnpack(%r)
      %s.2 : Tensor = aten::add(%s, %a, %one)
      %k.2 : int = prim::If(%c)
        block0():
          %sum.2 : int = aten::add(%k.1, %b)
          -> (%sum.2)
        block1():
          -> (%k.1)
      -> (%t, %s.2, %k.2)
  %out : (Tensor, int, int) = prim::TupleConstruct(%sum, %k, %m)
  return (%out)`,
    [
      [[0n, vector(1)], list(vector(1), 0n, 0n)],
      [[4n, vector(1)], list(vector(11), 13n, 4n)],
    ],
  )
  new FileCheck().checkNot('Tuple').checkNot('Zip').check('return').run(text)
})

describe('Optionals', () => {
  const OPTIONAL = `graph(%x : Tensor, %m : Tensor?):
  %none : NoneType = prim::Constant()
  %one : int = prim::Constant[value=1]()
  %given : bool = aten::__isnot__(%m, %none)
  %y : Tensor = prim::If(%given)
    block0():
      %v : Tensor = prim::unchecked_cast(%m)
      %s : Tensor = aten::add(%x, %v, %one)
      -> (%s)
    block1():
      -> (%x)
  return (%y)`

  test('enter as a flag and a value', async () => {
    const text = await check(OPTIONAL, [
      [[vector(1), null], vector(1)],
      [[vector(1), vector(5)], vector(6)],
    ])
    new FileCheck().check('%m.present : bool').checkNot('?').check('prim::If(%m.present)').run(text)
  })

  test('are carried by a loop and leave as one', async () => {
    await check(
      `graph(%n : int, %x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %none.1 : NoneType = prim::Constant()
  %two : int = prim::Constant[value=2]()
  %out : Tensor? = prim::Loop(%n, %t, %none.1)
    block0(%i : int, %best : Tensor?):
      %late : bool = aten::ge(%i, %two)
      %next : Tensor? = prim::If(%late)
        block0():
          %is : bool = aten::__is__(%best, %none.1)
          %v : Tensor = prim::If(%is)
            block0():
              -> (%x)
            block1():
              %b : Tensor = prim::unchecked_cast(%best)
              %c : Tensor = aten::add(%b, %x, %two)
              -> (%c)
          -> (%v)
        block1():
          -> (%best)
      -> (%t, %next)
  return (%out)`,
      [
        [[2n, vector(1)], null],
        [[3n, vector(1)], vector(1)],
        [[4n, vector(1)], vector(3)],
      ],
    )
  })

  test('that reach an operator undecided split it in two', async () => {
    const text = await check(
      `graph(%x : Tensor, %low : float?, %high : float?):
  %y : Tensor = aten::clamp(%x, %low, %high)
  return (%y)`,
      [
        [[vector(-5, 5), -1, null], vector(-1, 5)],
        [[vector(-5, 5), null, 2], vector(-5, 2)],
        [[vector(-5, 5), -1, 2], vector(-1, 2)],
      ],
    )
    new FileCheck().check('prim::If').checkNot('MakeOptional').check('return').run(text)
  })

  test('stay one operator where a value does what None does', async () => {
    const q = tensorFromElements('float32', [1, 2, 2], [1, 2, 3, 4])
    const text = await check(
      `graph(%q : Tensor, %mask : Tensor?):
  %none : NoneType = prim::Constant()
  %zero : float = prim::Constant[value=0.]()
  %one : float = prim::Constant[value=1.]()
  %no : bool = prim::Constant[value=0]()
  %y : Tensor = aten::scaled_dot_product_attention(%q, %q, %q, %mask, %zero, %no, %one, %no)
  return (%y)`,
      [
        [[q, tensorFromElements('float32', [2, 2], [0, -Infinity, -Infinity, 0])], q],
        [[q, null], tensorFromElements('float32', [1, 2, 2], [2.99505, 3.99505, 2.9999983, 3.9999983])],
      ],
      { inputs: { q: { dtype: 'float32', shape: [1, 2, 2] }, mask: { dtype: 'float32', shape: [2, 2] } } },
    )
    expect(text.match(/scaled_dot_product_attention/g)).toHaveLength(1)
  })
})

describe('strings', () => {
  test('that a branch chooses are compared and returned by code', async () => {
    const text = await check(
      `graph(%c : bool, %x : Tensor):
  %p : str = prim::Constant[value="plain"]()
  %s : str = prim::Constant[value="scaled"]()
  %zero : int = prim::Constant[value=0]()
  %name : str = prim::If(%c)
    block0():
      -> (%s)
    block1():
      -> (%p)
  %is : bool = aten::eq(%name, %s)
  %y : Tensor = prim::If(%is)
    block0():
      %n : Tensor = aten::neg(%x)
      -> (%n)
    block1():
      -> (%x)
  %len : int = aten::len(%name)
  %long : str = aten::add(%name, %s)
  %out : (Tensor, str, int, str) = prim::TupleConstruct(%y, %name, %len, %long)
  return (%out)`,
      [
        [[true, vector(1)], list(vector(-1), 'scaled', 6n, 'scaledscaled')],
        [[false, vector(1)], list(vector(1), 'plain', 5n, 'plainscaled')],
      ],
    )
    expect(text).not.toContain('str')
  })

  test('a parameter that is only compared is a choice', async () => {
    const method = runPipeline(
      parseGraph(`graph(%x : Tensor, %mode : str):
  %a : str = prim::Constant[value="neg"]()
  %is : bool = aten::eq(%mode, %a)
  %y : Tensor = prim::If(%is)
    block0():
      %n : Tensor = aten::neg(%x)
      -> (%n)
    block1():
      -> (%x)
  return (%y)`),
      { params: [{ name: 'x' }, { name: 'mode', default: 'same' }] },
    )
    expect(method.signature.params[1]).toEqual({ name: 'mode', spec: { kind: 'choice', id: 'mode', of: ['same', 'neg'] }, default: 'same' })
    expect(asJavaScript((await callGraph(method, [vector(1), 'neg'])).output)).toEqual(vector(-1))
    expect(asJavaScript((await callGraph(method, [vector(1)])).output)).toEqual(vector(1))
  })
})

test('what has no form at run time is reported, all of it', () => {
  expect(() =>
    runPipeline(
      parseGraph(`graph(%n : int, %x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %d.1 : Dict(int, Tensor) = prim::DictConstruct()
  %d : Dict(int, Tensor) = prim::Loop(%n, %t, %d.1)
    block0(%i : int, %d.2 : Dict(int, Tensor)):
      %d.3 : Dict(int, Tensor) = functional::_set_item(%d.2, %i, %x)
      -> (%t, %d.3)
  %y : Tensor = aten::__getitem__(%d, %n)
  %s : str = aten::str(%n)
  %out : (Tensor, str) = prim::TupleConstruct(%y, %s)
  return (%out)`),
    ),
  ).toThrow(/PT3105[^]*PT3106/)
})
