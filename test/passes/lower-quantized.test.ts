// What lower-quantized makes of packed parameters in every layout that torch has written, of control flow, and of what it cannot lower.

import { describe, expect, it } from 'vitest'
import { restoreState } from '../../src/frontend/restore-state.ts'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { allNodes } from '../../src/ir/block.ts'
import { Builder } from '../../src/ir/builder.ts'
import { constantOf } from '../../src/ir/constant.ts'
import type { Graph } from '../../src/ir/graph.ts'
import type { IObject, IValue } from '../../src/ir/ivalue.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { tensorOf, type Tensor } from '../../src/ir/tensor.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { verify } from '../../src/ir/verifier.ts'
import { lowerQuantized } from '../../src/passes/lower-quantized.ts'
import { passContext, type PassContext } from '../../src/passes/pass.ts'

const list = (...items: IValue[]): IValue => ({ kind: 'list', items })
const tuple = (...items: IValue[]): IValue => ({ kind: 'tuple', items })
const ints = (...values: number[]): IValue => list(...values.map(BigInt))
const short = (...values: number[]): Tensor => tensorFromElements('int16', [values.length], values.map(BigInt))
const long = (value: number): Tensor => tensorFromElements('int64', [1], [BigInt(value)])
const weight: Tensor = {
  ...tensorOf(
    'qint8',
    [2, 1, 3, 3],
    Uint8Array.from({ length: 18 }, (_, i) => i),
  ),
  quantizer: { scheme: 'per_tensor_affine', scale: 0.5, zeroPoint: 0 },
}
const bias = tensorFromElements('float32', [2], [0.25, -1])
const native = (name: string, state: IValue): IObject => ({
  kind: 'object',
  className: `__torch__.torch.classes.quantized.${name}`,
  attributes: new Map(),
  state,
})

const CONV = `graph(%x : Tensor, %packed : __torch__.torch.classes.quantized.Conv2dPackedParamsBase):
  %s : float = prim::Constant[value=0.5]()
  %z : int = prim::Constant[value=3]()
  %t : int = prim::Constant[value=13]()
  %q : Tensor = aten::quantize_per_tensor(%x, %s, %z, %t)
  %y : Tensor = quantized::conv2d(%q, %packed, %s, %z)
  %r : Tensor = aten::dequantize(%y)
  return (%r)
`

function lowered(text: string, constants: Readonly<Record<string, IValue>> = {}, context: PassContext = passContext()): Graph {
  const graph = parseGraph(text)
  for (const input of [...graph.inputs].reverse()) {
    const value = constants[input.debugName ?? '']
    if (value === undefined) continue
    const b = new Builder(graph.block.paramNode.next!)
    input.replaceAllUsesWith(b.constant(value, input.type))
    graph.block.paramNode.eraseOutput(input.index)
  }
  lowerQuantized.run(graph, context)
  verify(graph)
  return graph
}
const kindsOf = (graph: Graph): string[] => [...allNodes(graph.block)].map(({ kind }) => kind)
const problem = (run: () => unknown): CompileError => {
  try {
    run()
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
  throw new TypeError('nothing was wrong')
}

describe('packed convolutions', () => {
  const config = [2, 1, 2, 1, 0, 1, 1, 0, 0, 1, 0]
  const layouts: readonly (readonly [string, IValue])[] = [
    ['version 1', tuple(weight, bias, list(long(1), long(2)), list(long(1), long(0)), list(long(1), long(1)), long(1))],
    ['version 2', tuple('2', list(short(...config), weight), list(bias))],
    ['version 3', tuple(3n, ints(...config), list(null, weight, bias))],
  ]
  const texts = layouts.map(([, state]) => printGraph(lowered(CONV, { packed: native('Conv2dPackedParamsBase', state) })))

  it.each(layouts.map(([name], i) => [name, i] as const))('%s', (_, i) => {
    expect(texts[i]).toContain('functional::conv_integer')
    expect(texts[i]).not.toContain('quantized::')
    expect(texts[i]).toBe(texts[2])
  })
  it('stride and padding are those of the state', () => {
    const other = tuple(3n, ints(2, 2, 2, 1, 0, 1, 1, 0, 0, 1, 0), list(null, weight, bias))
    expect(printGraph(lowered(CONV, { packed: native('Conv2dPackedParamsBase', other) }))).not.toBe(texts[2])
  })
  it.each([
    ['a version that does not exist', tuple(4n, ints(...config), list(null, weight, bias))],
    ['too few numbers', tuple(3n, ints(2, 1, 2), list(null, weight, bias))],
    ['no weight', tuple(3n, ints(...config), list(null, null, bias))],
    ['another count of axes', tuple(3n, ints(3, 1, 2, 1, 0, 1, 1, 0, 0, 1, 0), list(null, weight, bias))],
    ['no tuple', 7n],
  ])('refused: %s', (_, state) => {
    const error = problem(() => lowered(CONV, { packed: native('Conv2dPackedParamsBase', state) }))
    expect(error.problems[0]).toMatchObject({ code: 'PT3130', message: expect.stringContaining('layout that no torch writes') })
  })
})

describe('contexts of mobile operators', () => {
  const plainWeight = tensorFromElements('float32', [2, 3, 1, 1], [1, 2, 3, 4, 5, 6])
  const context = (library: string, name: string, state: IValue): IObject => ({
    kind: 'object',
    className: `__torch__.torch.classes.${library}.${name}`,
    attributes: new Map(),
    state,
  })
  const run = (library: string, name: string, operator: string, state: IValue): Graph =>
    lowered(
      `graph(%x : Tensor, %packed : __torch__.torch.classes.${library}.${name}):
  %y : Tensor = ${operator}(%x, %packed)
  return (%y)
`,
      { packed: context(library, name, state) },
    )
  const one = ints(1, 1)
  const zero = ints(0, 0)
  it.each([
    ['xnnpack', 'LinearOpContext', 'prepacked::linear_clamp_run', tuple(plainWeight, bias, null, null), 'aten::linear', false],
    ['xnnpack', 'LinearOpContext', 'prepacked::linear_clamp_run', tuple(plainWeight, null, 0n, 6.5), 'aten::linear', true],
    [
      'xnnpack',
      'Conv2dOpContext',
      'prepacked::conv2d_clamp_run',
      tuple(plainWeight, bias, one, zero, one, 1n, 0n, null),
      'aten::conv2d',
      true,
    ],
    [
      'xnnpack',
      'TransposeConv2dOpContext',
      'prepacked::conv2d_transpose_clamp_run',
      tuple(plainWeight, null, ints(2, 2), zero, ints(1, 1), one, 1n, null, null),
      'aten::conv_transpose2d',
      false,
    ],
    [
      'metal',
      'Conv2dOpContext',
      'metal_prepack::conv2d_run',
      tuple(plainWeight, bias, one, zero, one, 1n, null, null),
      'aten::conv2d',
      false,
    ],
    ['metal', 'LinearOpContext', 'metal_prepack::linear_run', tuple(plainWeight, bias, null, 6n), 'aten::linear', true],
  ] as const)('%s.%s of %s', (library, name, operator, state, plain, clamped) => {
    const kinds = kindsOf(run(library, name, operator, state))
    expect(kinds).toContain(plain)
    expect(kinds.includes('aten::clamp')).toBe(clamped)
  })
  it('arguments of the transposed convolution are in its own order', () => {
    const state = tuple(plainWeight, null, ints(2, 3), ints(0, 1), ints(1, 2), ints(1, 4), 1n, null, null)
    const graph = run('xnnpack', 'TransposeConv2dOpContext', 'prepacked::conv2d_transpose_clamp_run', state)
    const [conv] = [...allNodes(graph.block)].filter(({ kind }) => kind === 'aten::conv_transpose2d')
    const given = conv!.inputs.slice(3).map((value) => constantOf(value))
    expect(given).toEqual([ints(2, 3), ints(0, 1), ints(1, 2), 1n, ints(1, 4)])
  })
  it('a state of another length is refused', () => {
    const error = problem(() => run('xnnpack', 'LinearOpContext', 'prepacked::linear_clamp_run', tuple(plainWeight, bias, null)))
    expect(error.problems[0]).toMatchObject({ code: 'PT3130' })
  })
})

describe('control flow', () => {
  it('both branches give a quantized tensor: scales that agree stay constants', () => {
    const graph = lowered(`graph(%x : Tensor, %c : bool):
  %s : float = prim::Constant[value=0.5]()
  %z : int = prim::Constant[value=3]()
  %t : int = prim::Constant[value=13]()
  %q : Tensor = aten::quantize_per_tensor(%x, %s, %z, %t)
  %y : Tensor = prim::If(%c)
    block0():
      %a : Tensor = aten::relu(%q)
      -> (%a)
    block1():
      -> (%q)
  %r : Tensor = aten::dequantize(%y)
  return (%r)
`)
    const [branch] = [...allNodes(graph.block)].filter(({ kind }) => kind === 'prim::If')
    expect(branch!.outputs).toHaveLength(1)
    expect(kindsOf(graph).filter((kind) => kind.includes('quant'))).toEqual([])
  })
  it('branches with scales of their own carry them out', () => {
    const graph = lowered(`graph(%x : Tensor, %c : bool):
  %s : float = prim::Constant[value=0.5]()
  %u : float = prim::Constant[value=0.25]()
  %z : int = prim::Constant[value=3]()
  %t : int = prim::Constant[value=13]()
  %y : Tensor = prim::If(%c)
    block0():
      %a : Tensor = aten::quantize_per_tensor(%x, %s, %z, %t)
      -> (%a)
    block1():
      %b : Tensor = aten::quantize_per_tensor(%x, %u, %z, %t)
      -> (%b)
  %r : Tensor = aten::dequantize(%y)
  return (%r)
`)
    const [branch] = [...allNodes(graph.block)].filter(({ kind }) => kind === 'prim::If')
    expect(branch!.outputs).toHaveLength(2)
  })
  it('one branch alone gives a quantized tensor: refused', () => {
    const text = `graph(%x : Tensor, %c : bool):
  %s : float = prim::Constant[value=0.5]()
  %z : int = prim::Constant[value=3]()
  %t : int = prim::Constant[value=13]()
  %y : Tensor = prim::If(%c)
    block0():
      %a : Tensor = aten::quantize_per_tensor(%x, %s, %z, %t)
      -> (%a)
    block1():
      -> (%x)
  return (%y)
`
    expect(problem(() => lowered(text)).problems[0]).toMatchObject({ code: 'PT3130', message: expect.stringContaining('branches') })
  })
})

describe('results and refusals', () => {
  const HEAD = `graph(%x : Tensor):
  %s : float = prim::Constant[value=0.5]()
  %z : int = prim::Constant[value=3]()
  %t : int = prim::Constant[value=13]()
  %q : Tensor = aten::quantize_per_tensor(%x, %s, %z, %t)
`
  it('a quantized result is handed out as reals, with a notice', () => {
    const context = passContext()
    const graph = lowered(`${HEAD}  return (%q)\n`, {}, context)
    expect(graph.outputs[0]!.node.kind).toBe('aten::mul')
    expect(context.notices.map(({ code }) => code)).toEqual(['PT3132'])
  })
  it('all operators without a form are told together', () => {
    const error = problem(() => lowered(`${HEAD}  %a : Tensor = aten::exp(%q)\n  %b : Tensor = aten::sqrt(%q)\n  return (%a, %b)\n`))
    expect(error.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('aten::exp'),
      expect.stringContaining('aten::sqrt'),
    ])
  })
  it('plain tensors are left alone', () => {
    const graph = parseGraph('graph(%x : Tensor):\n  %a : Tensor = aten::relu(%x)\n  return (%a)\n')
    const before = printGraph(graph)
    expect(lowerQuantized.run(graph, passContext())).toBe(false)
    expect(printGraph(graph)).toBe(before)
  })
})

describe('restored state', () => {
  const SELF = '%self : __torch__.Packed, %state : (Tensor, Tensor?, int)'
  const object = (state: IValue): IObject => ({ kind: 'object', className: '__torch__.Packed', attributes: new Map(), state })

  it('branches and packs as the method says', () => {
    const target = object(tuple(weight, bias, 12n))
    restoreState(target, () =>
      parseGraph(`graph(${SELF}):
  %i : int = prim::Constant[value=2]()
  %zero : int = prim::Constant[value=0]()
  %twelve : int = prim::Constant[value=12]()
  %w : Tensor = prim::TupleIndex(%state, %zero)
  %none : NoneType = prim::Constant()
  %dtype : int = prim::TupleIndex(%state, %i)
  %c : bool = aten::eq(%dtype, %twelve)
   = prim::If(%c)
    block0():
      %p : __torch__.torch.classes.quantized.LinearPackedParamsBase = quantized::linear_prepack(%w, %none)
       = prim::SetAttr[name="_packed_params"](%self, %p)
      -> ()
    block1():
       = prim::RaiseException(%dtype, %none)
      -> ()
   = prim::SetAttr[name="dtype"](%self, %dtype)
  return (%none)
`),
    )
    expect(target.attributes.get('dtype')).toBe(12n)
    const packed = target.attributes.get('_packed_params') as IObject
    expect(packed.className).toBe('__torch__.torch.classes.quantized.LinearPackedParamsBase')
    expect(packed.attributes.get('operator')).toBe('quantized::linear_prepack')
  })
  it('what needs a computation on tensors is refused', () => {
    const run = (): void =>
      restoreState(object(tuple(weight, bias, 12n)), () =>
        parseGraph(`graph(${SELF}):
  %zero : int = prim::Constant[value=0]()
  %w : Tensor = prim::TupleIndex(%state, %zero)
  %d : Tensor = aten::dequantize(%w)
   = prim::SetAttr[name="weight"](%self, %d)
  return (%zero)
`),
      )
    expect(problem(run).problems[0]).toMatchObject({ code: 'PT3131', message: expect.stringContaining("'weight' is not known") })
  })
  it('a loop without end is refused', () => {
    const run = (): void =>
      restoreState(object(tuple(weight, bias, 12n)), () =>
        parseGraph(`graph(${SELF}):
  %n : int = prim::Constant[value=9223372036854775807]()
  %true : bool = prim::Constant[value=1]()
   = prim::Loop(%n, %true)
    block0(%i : int):
      -> (%true)
  return (%n)
`),
      )
    expect(problem(run).problems[0]).toMatchObject({ code: 'PT3131', message: expect.stringContaining('operations') })
  })
})
