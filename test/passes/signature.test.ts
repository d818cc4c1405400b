// Inputs and outputs of every structure, state, and what is known of inputs: the signature, and the numbers on onnxruntime.
import { describe, expect, test } from 'vitest'
import type { IObject, IValue } from '../../src/ir/ivalue.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import type { Tensor } from '../../src/ir/tensor.ts'
import { runPipeline, type PipelineOptions, type PipelineResult } from '../../src/passes/pipeline.ts'
import { asJavaScript, callGraph } from '../support/call-graph.ts'
import { compareLeaf } from '../support/leaf.ts'

const vector = (...items: number[]): Tensor => tensorFromElements('float32', [items.length], items)
const matrix = (rows: number, ...items: number[]): Tensor => tensorFromElements('float32', [rows, items.length / rows], items)
const list = (...items: IValue[]): IValue => ({ kind: 'list', items })
const compile = (text: string, options: PipelineOptions = {}): PipelineResult =>
  runPipeline(parseGraph(text), { verifyGraphs: true, ...options })

async function expectCall(method: PipelineResult, args: readonly IValue[], expected: IValue): Promise<void> {
  const { output } = await callGraph(method, args)
  expect(compareLeaf(asJavaScript(output), asJavaScript(expected))).toBeUndefined()
}

describe('lists of tensors of any length', () => {
  const APPEND = `graph(%l : Tensor[], %x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %n : int = aten::len(%l)
  %e : Tensor[] = prim::ListConstruct()
  %out.1 : Tensor[] = prim::Loop(%n, %t, %e)
    block0(%i : int, %o : Tensor[]):
      %a : Tensor = aten::__getitem__(%l, %i)
      %b : Tensor = aten::neg(%a)
      %o.2 : Tensor[] = functional::append(%o, %b)
      -> (%t, %o.2)
  %out : Tensor[] = functional::append(%out.1, %x)
  return (%out)`

  test('enter and leave as flat data with ranks and sizes', async () => {
    const method = compile(APPEND)
    expect(method.signature.params[0]!.spec).toEqual({ kind: 'tensors', id: 'l', ranks: 'l.ranks', sizes: 'l.sizes', dtype: 'float32' })
    expect(method.signature.result).toEqual({
      kind: 'tensors',
      id: 'output',
      ranks: 'output.ranks',
      sizes: 'output.sizes',
      dtype: 'float32',
    })
    await expectCall(method, [list(), vector(1)], list(vector(1)))
    await expectCall(
      method,
      [list(vector(1, 2), matrix(2, 1, 2, 3, 4, 5, 6)), vector(7)],
      list(vector(-1, -2), matrix(2, -1, -2, -3, -4, -5, -6), vector(7)),
    )
  })
})

describe('parameters', () => {
  test('of every primitive kind, with defaults, unused ones dropped', async () => {
    const method = compile(
      `graph(%x : Tensor, %n : int, %s : float, %b : bool, %l : int[], %gone : Tensor):
  %one : int = prim::Constant[value=1]()
  %y : Tensor = aten::mul(%x, %s)
  %z : Tensor = prim::If(%b)
    block0():
      %a : Tensor = aten::add(%y, %n, %one)
      -> (%a)
    block1():
      -> (%y)
  %sum : int = aten::sum(%l)
  %k : int = aten::mul(%n, %sum)
  %out : (Tensor, int, int[], float, bool) = prim::TupleConstruct(%z, %k, %l, %s, %b)
  return (%out)`,
      {
        params: [
          { name: 'x' },
          { name: 'n', default: 2n },
          { name: 's', default: 0.5 },
          { name: 'b', default: true },
          { name: 'l' },
          { name: 'gone' },
        ],
      },
    )
    expect(method.signature.params.map(({ name, unused, default: fallback }) => [name, unused, fallback])).toEqual([
      ['x', undefined, undefined],
      ['n', undefined, 2],
      ['s', undefined, 0.5],
      ['b', undefined, true],
      ['l', undefined, undefined],
      ['gone', true, undefined],
    ])
    expect(method.graph.inputs.map(({ debugName }) => debugName)).toEqual(['x', 'n', 's', 'b', 'l'])
    await expectCall(method, [vector(2), 3n, 1.5, true, list(1n, 2n)], list(vector(6), 9n, list(1n, 2n), 1.5, true))
  })

  test('NamedTuples are records, tuples arrays, and Optional parts flags', async () => {
    const method = compile(`graph(%p : (Tensor, (int, Tensor?))):
  %none : NoneType = prim::Constant()
  %one : int = prim::Constant[value=1]()
  %a : Tensor, %q : (int, Tensor?) = prim::TupleUnpack(%p)
  %n : int, %m : Tensor? = prim::TupleUnpack(%q)
  %is : bool = aten::__is__(%m, %none)
  %y : Tensor = prim::If(%is)
    block0():
      %u : Tensor = aten::add(%a, %n, %one)
      -> (%u)
    block1():
      %v : Tensor = prim::unchecked_cast(%m)
      %w : Tensor = aten::mul(%a, %v)
      -> (%w)
  return (%y)`)
    expect(method.signature.params[0]!.spec).toEqual({
      kind: 'tuple',
      items: [
        { kind: 'tensor', id: 'p.0', dtype: 'float32' },
        {
          kind: 'tuple',
          items: [
            { kind: 'int', id: 'p.1.0', dtype: 'int64' },
            { kind: 'optional', flag: 'p.1.1.present', of: { kind: 'tensor', id: 'p.1.1', dtype: 'float32' } },
          ],
        },
      ],
    })
    await expectCall(method, [list(vector(1), list(2n, null))], vector(3))
    await expectCall(method, [list(vector(3), list(2n, vector(5)))], vector(15))
  })

  test('the keys of a Dict are those that the code asks for; what it tests for may be missing', async () => {
    const method = compile(`graph(%d : Dict(str, Tensor)):
  %a : str = prim::Constant[value="a"]()
  %b : str = prim::Constant[value="b"]()
  %x : Tensor = aten::__getitem__(%d, %a)
  %has : bool = aten::__contains__(%d, %b)
  %y : Tensor = prim::If(%has)
    block0():
      %v : Tensor = aten::__getitem__(%d, %b)
      %w : Tensor = aten::mul(%x, %v)
      -> (%w)
    block1():
      -> (%x)
  return (%y)`)
    expect(method.signature.params[0]!.spec).toEqual({
      kind: 'record',
      keys: ['a', 'b'],
      items: [
        { kind: 'tensor', id: 'd.a', dtype: 'float32' },
        { kind: 'optional', flag: 'd.b.present', of: { kind: 'tensor', id: 'd.b', dtype: 'float32' } },
      ],
    })
    await expectCall(method, [{ kind: 'dict', entries: [['a', vector(2)]] }], vector(2))
    await expectCall(
      method,
      [
        {
          kind: 'dict',
          entries: [
            ['a', vector(2)],
            ['b', vector(3)],
          ],
        },
      ],
      vector(6),
    )
  })

  test('keys may be declared, and a Dict without any is refused', () => {
    const text = `graph(%d : Dict(str, Tensor)):
  %v : Tensor[] = aten::values(%d)
  %zero : int = prim::Constant[value=0]()
  %y : Tensor = aten::cat(%v, %zero)
  return (%y)`
    expect(compile(text, { inputs: { 'd.p': { shape: [2] }, 'd.q': { shape: [3] } } }).outputs).toEqual([
      { name: 'output', dtype: 'float32', dims: [5] },
    ])
    expect(() => compile(text)).toThrow(/PT3102[^]*'d.key'/)
  })

  test('types that a page cannot hand in are refused by name', () => {
    expect(() => compile('graph(%x : Union(int, Tensor)):\n  return (%x)')).toThrow(/PT3101.*'x'.*Union/)
  })
})

describe('state', () => {
  const counter: IObject = {
    kind: 'object',
    className: '__torch__.Counter',
    attributes: new Map<string, IValue>([
      ['steps', 0n],
      ['last', null],
    ]),
  }

  test('of numbers and Optionals is carried from call to call and starts cold', async () => {
    const method = compile(
      `graph(%self : __torch__.Counter, %x : Tensor):
  %none : NoneType = prim::Constant()
  %one : int = prim::Constant[value=1]()
  %n : int = prim::GetAttr[name="steps"](%self)
  %m : int = aten::add(%n, %one)
   = prim::SetAttr[name="steps"](%self, %m)
  %last : Tensor? = prim::GetAttr[name="last"](%self)
  %is : bool = aten::__is__(%last, %none)
  %y : Tensor = prim::If(%is)
    block0():
      -> (%x)
    block1():
      %v : Tensor = prim::unchecked_cast(%last)
      %s : Tensor = aten::add(%x, %v, %one)
      -> (%s)
   = prim::SetAttr[name="last"](%self, %y)
  %out : (Tensor, int) = prim::TupleConstruct(%y, %m)
  return (%out)`,
      { self: counter },
    )
    expect(method.signature.state!.slots.map(({ attribute, input }) => [attribute, input]).sort()).toEqual([
      ['last 1', 'last'],
      ['last', 'last.present'],
      ['steps', 'steps'],
    ])
    let state: Awaited<ReturnType<typeof callGraph>>['state'] | undefined
    for (const [n, total] of [
      [1n, 2],
      [2n, 4],
      [3n, 6],
    ] as const) {
      const result = await callGraph(method, [vector(2)], state)
      state = result.state
      expect(compareLeaf(asJavaScript(result.output), asJavaScript(list(vector(total), n)))).toBeUndefined()
    }
  })
})

describe('what is known of inputs', () => {
  const known = (text: string, options: PipelineOptions = {}): PipelineResult['inputs'] => compile(text, options).inputs
  const EMBEDDING = `graph(%tokens : Tensor):
  %w : Float(3, 2) = prim::Constant[value=Float{3, 2}[1., 2., 3., 4., 5., 6.]]()
  %zero : int = prim::Constant[value=0]()
  %f : bool = prim::Constant[value=0]()
  %first : Tensor = aten::unsqueeze(%tokens, %zero)
  %y : Tensor = aten::embedding(%w, %first, %zero, %f, %f)
  return (%y)`

  test('indices of an embedding are integers', () => {
    expect(known(EMBEDDING)).toEqual([{ name: 'tokens', dtype: 'int64', known: 'proved' }])
  })
  test('offsets of bags are integers, masks are bools, and a list of pictures tells the rank of one', () => {
    const text = `graph(%words : Tensor, %offsets : Tensor, %mask : Tensor, %x : Tensor):
  %w : Float(3, 2) = prim::Constant[value=Float{3, 2}[1., 2., 3., 4., 5., 6.]]()
  %k : Float(1, 2, 1, 1) = prim::Constant[value=Float{1, 2, 1, 1}[1., 2.]]()
  %none : NoneType = prim::Constant()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %f : bool = prim::Constant[value=0]()
  %bags : Tensor, %1 : Tensor, %2 : Tensor, %3 : Tensor = aten::embedding_bag(%w, %words, %offsets, %f, %zero, %f, %none, %f)
  %kept : Tensor = aten::masked_fill(%bags, %mask, %zero)
  %both : Tensor[] = prim::ListConstruct(%x, %x)
  %channels : Tensor = aten::cat(%both, %one)
  %halves : Tensor[] = aten::chunk(%channels, %one, %one)
  %half : Tensor = prim::ListUnpack(%halves)
  %s : int[] = prim::ListConstruct(%one, %one)
  %p : int[] = prim::ListConstruct(%zero, %zero)
  %y : Tensor = aten::conv2d(%half, %k, %none, %s, %p, %s, %one)
  %out : (Tensor, Tensor) = prim::TupleConstruct(%kept, %y)
  return (%out)`
    expect(known(text).map(({ name, dtype, dims }) => [name, dtype, dims?.length])).toEqual([
      ['words', 'int64', undefined],
      ['offsets', 'int64', undefined],
      ['mask', 'bool', undefined],
      ['x', 'float32', 4],
    ])
  })
  test('what every call does tells more of the rank than what stands in branches', () => {
    const text = `graph(%x : Tensor):
  %k : Float(1, 2, 1) = prim::Constant[value=Float{1, 2, 1}[1., 2.]]()
  %none : NoneType = prim::Constant()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %four : int = prim::Constant[value=4]()
  %s : int[] = prim::ListConstruct(%one)
  %p : int[] = prim::ListConstruct(%zero)
  %s2 : int[] = prim::ListConstruct(%two, %two)
  %y : Tensor = aten::conv1d(%x, %k, %none, %s, %p, %s, %one)
  %more : Tensor = aten::unsqueeze(%x, %one)
  %rank : int = aten::dim(%more)
  %is : bool = aten::eq(%rank, %four)
  %z : Tensor = prim::If(%is)
    block0():
      %a : Tensor = aten::upsample_nearest2d(%more, %s2, %none, %none)
      -> (%a)
    block1():
      %b : Tensor = aten::upsample_nearest3d(%more, %s2, %none, %none, %none)
      -> (%b)
  %out : (Tensor, Tensor) = prim::TupleConstruct(%y, %z)
  return (%out)`
    expect(known(text, { batched: true })[0]!.dims).toEqual(['x_0', 2, 'x_2'])
  })
  test('indices that are reshaped before they are looked up are integers', () => {
    const text = `graph(%words : Tensor):
  %w : Float(3, 2) = prim::Constant[value=Float{3, 2}[1., 2., 3., 4., 5., 6.]]()
  %zero : int = prim::Constant[value=0]()
  %last : int = prim::Constant[value=-1]()
  %f : bool = prim::Constant[value=0]()
  %shape : int[] = prim::ListConstruct(%last)
  %flat : Tensor = aten::reshape(%words, %shape)
  %y : Tensor = aten::embedding(%w, %flat, %zero, %f, %f)
  return (%y)`
    expect(known(text)).toEqual([{ name: 'words', dtype: 'int64', known: 'proved' }])
  })
  test('a trace tells dtype and rank; extents stay open', () => {
    expect(known(EMBEDDING, { tracedInputs: [tensorFromElements('int32', [4], [0, 1, 2, 0])] })).toEqual([
      { name: 'tokens', dtype: 'int32', dims: ['tokens_0'], known: 'recorded' },
    ])
  })
  test('equal names are equal extents', () => {
    const { outputs } = compile(
      `graph(%x : Tensor, %y : Tensor):
  %one : int = prim::Constant[value=1]()
  %z : Tensor = aten::add(%x, %y, %one)
  return (%z)`,
      { inputs: { x: { shape: ['n', 4] }, y: { shape: ['n', 4] } } },
    )
    expect(outputs).toEqual([{ name: 'output', dtype: 'float32', dims: ['n', 4] }])
  })
})

test('parameters may be called what lowering calls its own values', async () => {
  const method = compile(`graph(%c0 : Tensor, %v1 : Tensor, %i2 : int):
  %t : bool = prim::Constant[value=1]()
  %three : int = prim::Constant[value=3]()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %y.1 : Tensor = aten::add(%c0, %v1, %three)
  %y : Tensor, %n : int = prim::Loop(%i2, %t, %y.1, %zero)
    block0(%i : int, %y.2 : Tensor, %n.2 : int):
      %y.3 : Tensor = aten::add(%y.2, %i, %one)
      %n.3 : int = aten::add(%n.2, %i2)
      -> (%t, %y.3, %n.3)
  %out : (Tensor, int) = prim::TupleConstruct(%y, %n)
  return (%out)`)
  await expectCall(method, [vector(1), vector(2), 3n], list(vector(10), 9n))
})
