// The whole pipeline on graphs as the front end leaves them.
import { describe, expect, test } from 'vitest'
import type { IObject, IValue } from '../../src/ir/ivalue.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { runPipeline, type PipelineOptions, type PipelineResult } from '../../src/passes/pipeline.ts'
import { FileCheck } from '../support/file-check.ts'

const object = (className: string, attributes: Record<string, IValue>): IObject => ({
  kind: 'object',
  className,
  attributes: new Map(Object.entries(attributes)),
})

function pipeline(text: string, options: PipelineOptions = {}): PipelineResult & { readonly text: string } {
  const result = runPipeline(parseGraph(text), { verifyGraphs: true, ...options })
  return { ...result, text: printGraph(result.graph) }
}

const GATE = `graph(%self : __torch__.MyDecisionGate,
      %x.1 : Tensor):
  %3 : NoneType = prim::Constant()
  %5 : int = prim::Constant[value=0]()
  %4 : Tensor = aten::sum(%x.1, %3)
  %6 : Tensor = aten::gt(%4, %5)
  %8 : bool = aten::Bool(%6)
  %20 : Tensor = prim::If(%8)
    block0():
      -> (%x.1)
    block1():
      %11 : Tensor = aten::neg(%x.1)
      -> (%11)
  return (%20)
`

describe('plain tensors', () => {
  test('the decision gate keeps its branch', () => {
    const { text, signature, inputs } = pipeline(GATE, {
      self: object('__torch__.MyDecisionGate', { training: false }),
      params: [{ name: 'x' }],
    })
    new FileCheck().check('graph(%x : Float)').check('aten::gt').check('prim::If').check('aten::neg').run(text)
    expect(signature).toEqual({
      name: 'forward',
      params: [{ name: 'x', spec: { kind: 'tensor', id: 'x', dtype: 'float32' } }],
      result: { kind: 'tensor', id: 'output', dtype: 'float32' },
    })
    expect(inputs).toEqual([{ name: 'x', dtype: 'float32', known: 'assumed' }])
  })

  test('a convolution tells rank and channels, a declaration tells more', () => {
    const weight = tensorFromElements('float32', [2, 3, 1, 1], [1, 2, 3, 4, 5, 6])
    const text = `graph(%self : __torch__.Net, %x : Tensor):
  %w : Tensor = prim::GetAttr[name="weight"](%self)
  %none : NoneType = prim::Constant()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %ones : int[] = prim::ListConstruct(%one, %one)
  %zeros : int[] = prim::ListConstruct(%zero, %zero)
  %h : Tensor = aten::relu(%x)
  %y : Tensor = aten::conv2d(%h, %w, %none, %ones, %zeros, %ones, %one)
  return (%y)`
    const self = object('__torch__.Net', { weight })
    expect(pipeline(text, { self }).inputs).toEqual([{ name: 'x', dtype: 'float32', dims: ['x_0', 3, 'x_2', 'x_3'], known: 'assumed' }])
    expect(pipeline(text, { self, inputs: { x: { shape: ['n', 3, 8, 8] } } }).inputs).toEqual([
      { name: 'x', dtype: 'float32', dims: ['n', 3, 8, 8], known: 'declared' },
    ])
    expect(() => pipeline(text, { self, inputs: { y: {} } })).toThrow(/PT3104.*'y'[^]*'x'/)
  })

  test('training branches, dropout and shape tests of a declared input go', () => {
    const { text, decisions } = pipeline(
      `graph(%self : __torch__.Net, %x : Tensor):
  %t : bool = prim::GetAttr[name="training"](%self)
  %p : float = prim::Constant[value=0.5]()
  %two : int = prim::Constant[value=2]()
  %h : Tensor = aten::dropout(%x, %p, %t)
  %d : int = aten::dim(%h)
  %is : bool = aten::eq(%d, %two)
  %y : Tensor = prim::If(%is)
    block0():
      %a : Tensor = aten::relu(%h)
      -> (%a)
    block1():
      %b : Tensor = aten::neg(%h)
      -> (%b)
  return (%y)`,
      { self: object('__torch__.Net', { training: false }), inputs: { x: { shape: ['n', 4] } } },
    )
    expect(text).toBe('graph(%x : Float(n, 4)):\n  %a : Float(n, 4) = aten::relu(%x)\n  return (%a)\n')
    expect(decisions).toEqual([])
  })
})

describe('structures', () => {
  test('tuples, lists and dicts of results are taken apart', () => {
    const { text, signature } = pipeline(`graph(%x : Tensor, %p : (Tensor, int)):
  %a : Tensor, %n : int = prim::TupleUnpack(%p)
  %s : str = prim::Constant[value="sum"]()
  %one : int = prim::Constant[value=1]()
  %y : Tensor = aten::add(%x, %a, %one)
  %l : Tensor[] = prim::ListConstruct(%x, %y)
  %d : Dict(str, Tensor) = prim::DictConstruct(%s, %y)
  %t : (Tensor[], Dict(str, Tensor), int, str) = prim::TupleConstruct(%l, %d, %n, %s)
  return (%t)`)
    expect(signature.params[1]!.spec).toEqual({
      kind: 'tuple',
      items: [
        { kind: 'tensor', id: 'p.0', dtype: 'float32' },
        { kind: 'int', id: 'p.1', dtype: 'int64' },
      ],
    })
    expect(signature.result).toEqual({
      kind: 'tuple',
      items: [
        {
          kind: 'tuple',
          items: [
            { kind: 'tensor', id: 'output.0.0', dtype: 'float32' },
            { kind: 'tensor', id: 'output.0.1', dtype: 'float32' },
          ],
        },
        { kind: 'record', keys: ['sum'], items: [{ kind: 'tensor', id: 'output.1.sum', dtype: 'float32' }] },
        { kind: 'int', id: 'output.2', dtype: 'int64' },
        { kind: 'constant', value: 'sum' },
      ],
    })
    new FileCheck().checkNot('Construct').check('return').run(text)
  })
})
