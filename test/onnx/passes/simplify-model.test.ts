// The clean-up of emitted graphs: which nodes go, and that onnxruntime computes bit for bit what it computed before.

import { describe, expect, it } from 'vitest'
import type { Dims } from '../../../src/ir/dim.ts'
import type { ScalarType } from '../../../src/ir/scalar-type.ts'
import { contiguousBytes, type Tensor } from '../../../src/ir/tensor.ts'
import { tensorFromElements, type Element } from '../../../src/ir/tensor-elements.ts'
import { OnnxBuilder } from '../../../src/onnx/builder.ts'
import { eliminateDead } from '../../../src/onnx/eliminate-dead.ts'
import { encodeModel } from '../../../src/onnx/encode.ts'
import { fromOnnxTensor, toOnnxTensor } from '../../../src/onnx/evaluator.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import type { OnnxValue } from '../../../src/onnx/operand.ts'
import { simplifyModel } from '../../../src/onnx/passes/simplify-model.ts'
import { loadOrt } from '../../support/ort.ts'

type Build = (b: OnnxBuilder, x: OnnxValue) => readonly OnnxValue[]

function modelOf(build: Build, dtype: ScalarType, dims: Dims): OnnxModel {
  const b = OnnxBuilder.create(18)
  const results = build(b, { kind: 'tensor', name: 'x', dtype, dims })
  const outputs = results.map((result, i) => {
    b.emit('Identity', [result.name], [`o${i}`], {})
    return { name: `o${i}`, dtype: result.dtype, dims: undefined }
  })
  const graph = {
    kind: 'graph' as const,
    name: 'g',
    nodes: b.nodes,
    inputs: [{ name: 'x', dtype, dims }],
    outputs,
    initializers: b.initializers,
  }
  return { graph, opset: 18, types: new Map(), origins: new Map() }
}

async function run(model: OnnxModel, x: Tensor): Promise<Tensor[]> {
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(encodeModel(model), { graphOptimizationLevel: 'disabled' })
  try {
    const results = await session.run({ x: toOnnxTensor(ort, x) } as never)
    return model.graph.outputs.map(({ name }) => fromOnnxTensor(results[name]!))
  } finally {
    await session.release()
  }
}

const plain = ({ dtype, sizes, ...rest }: Tensor) => ({ dtype, sizes, bytes: [...contiguousBytes({ dtype, sizes, ...rest })] })

/** The operators left, Identity apart; the results are checked to be those of the graph before. */
async function left(build: Build, x: Tensor, dims: Dims = x.sizes): Promise<string[]> {
  const before = modelOf(build, x.dtype, dims)
  const after = modelOf(build, x.dtype, dims)
  simplifyModel(after)
  eliminateDead(after)
  expect((await run(after, x)).map(plain)).toEqual((await run(before, x)).map(plain))
  return after.graph.nodes.map(({ opType }) => opType).filter((opType) => opType !== 'Identity')
}

const floats = (sizes: readonly number[]): Tensor =>
  tensorFromElements(
    'float32',
    sizes,
    Array.from({ length: sizes.reduce((n, s) => n * s, 1) }, (_, i) => i / 3 - 1),
  )
const int = (b: OnnxBuilder, value: number): OnnxValue => b.scalar('int64', BigInt(value))

describe('neighbours', () => {
  const x = floats([2, 3, 4])
  it('a Reshape of a Reshape, Squeeze or Unsqueeze is one', async () => {
    expect(await left((b, v) => [b.reshapeTo(b.unsqueeze(b.reshapeTo(v, [6, 4]), [0]), [4, -1])], x)).toEqual(['Reshape'])
  })
  it('a Reshape that copies an extent of what it reshapes stays', async () => {
    const copying: Build = (b, v) => [b.op('Reshape', [b.reshapeTo(v, [6, 4]), b.ints([0, 2, 2])], { allowzero: 0 })]
    expect(await left(copying, x)).toEqual(['Reshape', 'Reshape'])
  })
  it('an inner Reshape stays for its other readers', async () => {
    const shared: Build = (b, v) => {
      const inner = b.reshapeTo(v, [6, 4])
      return [b.reshapeTo(inner, [24]), b.op('Relu', [inner])]
    }
    expect(await left(shared, x)).toEqual(['Reshape', 'Reshape', 'Relu'])
  })
  it('permutations are composed, and gone when they undo each other', async () => {
    const twice: Build = (b, v) => [b.op('Relu', [b.transpose(b.transpose(v, [1, 2, 0]), [1, 0, 2])])]
    expect(await left(twice, x)).toEqual(['Transpose', 'Relu'])
    const back: Build = (b, v) => [b.op('Relu', [b.transpose(b.transpose(v, [1, 2, 0]), [2, 0, 1])])]
    expect(await left(back, x)).toEqual(['Relu'])
  })
  it('Unsqueeze and Squeeze of the same axes are nothing', async () => {
    const both: Build = (b, v) => [b.op('Relu', [b.op('Squeeze', [b.unsqueeze(v, [1]), b.ints([1])])])]
    expect(await left(both, x)).toEqual(['Relu'])
  })
  it('a Cast to a dtype that holds every value is skipped, one that rounds is not', async () => {
    const wide: Build = (b, v) => [b.cast(b.cast(v, 'float64'), 'float32'), b.cast(b.cast(v, 'float64'), 'int64')]
    expect(await left(wide, x)).toEqual(['Cast'])
    const rounding: Build = (b, v) => [b.cast(b.cast(v, 'int64'), 'float32')]
    expect(await left(rounding, x)).toEqual(['Cast', 'Cast'])
  })
  it('one index of an axis that stays is taken as a vector', async () => {
    const one =
      (axis: number, at: number): Build =>
      (b, v) => [b.unsqueeze(b.op('Gather', [v, b.scalar('int64', 1n)], { axis }, {}), [at])]
    expect(await left(one(1, 1), x)).toEqual(['Gather'])
    expect(await left(one(1, 0), x)).toEqual(['Gather', 'Unsqueeze'])
  })
  it('true And, and false Or, decide nothing', async () => {
    const positive = (b: OnnxBuilder, v: OnnxValue): OnnxValue => b.op('Greater', [v, b.scalar('float32', 0)])
    expect(await left((b, v) => [b.op('Not', [b.op('And', [b.scalar('bool', true), positive(b, v)])])], x)).toEqual(['Greater', 'Not'])
    expect(await left((b, v) => [b.op('Not', [b.op('Or', [positive(b, v), b.scalar('bool', false)])])], x)).toEqual(['Greater', 'Not'])
    expect(await left((b, v) => [b.op('And', [positive(b, v), b.scalar('bool', false)])], x)).toEqual(['Greater', 'And'])
  })
  it('Slices along different axes are one, along the same axis two', async () => {
    const slice = (b: OnnxBuilder, v: OnnxValue, axis: number, step: number): OnnxValue =>
      b.op('Slice', [v, b.ints([1]), b.ints([2n ** 63n - 1n]), b.ints([axis]), b.ints([step])], {}, {})
    expect(await left((b, v) => [slice(b, slice(b, v, 1, 2), 2, 1)], x)).toEqual(['Slice'])
    expect(await left((b, v) => [slice(b, slice(b, v, 2, 1), 2, 1)], x)).toEqual(['Slice', 'Slice'])
    expect(await left((b, v) => [slice(b, slice(b, v, 2, 1), -1, 1)], x)).toEqual(['Slice', 'Slice'])
  })
  it('a Concat in a Concat of the same axis is one, unless it is read elsewhere too', async () => {
    const cat = (b: OnnxBuilder, axis: number, ...parts: OnnxValue[]): OnnxValue => b.op('Concat', parts, { axis }, {})
    expect(await left((b, v) => [cat(b, 0, v, cat(b, 0, v, v), v)], x)).toEqual(['Concat'])
    expect(await left((b, v) => [cat(b, 1, cat(b, 0, v, v), cat(b, 0, v, v))], x)).toEqual(['Concat', 'Concat'])
    const shared: Build = (b, v) => {
      const inner = cat(b, 0, v, v)
      return [cat(b, 0, inner, v), b.op('Relu', [inner])]
    }
    expect(await left(shared, x)).toEqual(['Concat', 'Concat', 'Relu'])
  })
  it('neutral operands go where −0 stays −0', async () => {
    const zero = tensorFromElements('float32', [1], [-0])
    expect(await left((b, v) => [b.op('Mul', [v, b.scalar('float32', 1)]), b.op('Sub', [v, b.scalar('float32', 0)])], zero)).toEqual([])
    expect(await left((b, v) => [b.op('Add', [v, b.scalar('float32', 0)])], zero)).toEqual(['Add'])
    expect(await left((b, v) => [b.op('Add', [v, int(b, 0)])], tensorFromElements('int64', [2], [1n, 2n]))).toEqual([])
  })
})

describe('common subexpressions', () => {
  it('are computed once; attributes and random ones tell apart', async () => {
    const x = floats([3, 3])
    const same: Build = (b, v) => [b.op('Add', [b.op('Exp', [v]), b.op('Exp', [v])])]
    expect(await left(same, x)).toEqual(['Exp', 'Add'])
    const axes: Build = (b, v) => [b.op('Sub', [b.op('Softmax', [v], { axis: 0 }), b.op('Softmax', [v], { axis: 1 })])]
    expect(await left(axes, x)).toEqual(['Softmax', 'Softmax', 'Sub'])
    const model = modelOf((b, v) => [b.op('Sub', [b.op('RandomUniformLike', [v], {}), b.op('RandomUniformLike', [v], {})])], 'float32', [3])
    simplifyModel(model)
    expect(model.graph.nodes.filter(({ opType }) => opType === 'RandomUniformLike')).toHaveLength(2)
  })

  it('of one branch are not there for the other, those outside are there for both', async () => {
    const build: Build = (b, v) => {
      const outside = b.op('Exp', [v])
      const [then, otherwise] = [b.scope(), b.scope()]
      const branch = (scope: OnnxBuilder, name: string) => {
        const sum = scope.op('Add', [scope.op('Exp', [v]), scope.op('Neg', [v])])
        scope.emit('Identity', [sum.name], [name], {})
        return scope.subgraph(name, [], [{ name, dtype: 'float32', dims: undefined }])
      }
      const condition = b.op('Greater', [b.op('ReduceSum', [v], { keepdims: 0 }, { dims: [] }), b.scalar('float32', 0)])
      b.emit('If', [condition.name], ['joined'], { then_branch: branch(then, 't'), else_branch: branch(otherwise, 'e') })
      return [outside, { kind: 'tensor', name: 'joined', dtype: 'float32', dims: v.dims }]
    }
    const x = floats([4])
    expect(await left(build, x)).toEqual(['Exp', 'ReduceSum', 'Greater', 'If'])
    const model = modelOf(build, 'float32', [4])
    simplifyModel(model)
    eliminateDead(model)
    const branches = [...model.graph.nodes.find(({ opType }) => opType === 'If')!.attributes.values()]
    for (const branch of branches) expect(branch).toMatchObject({ nodes: [{ opType: 'Neg' }, { opType: 'Add' }] })
  })
})

describe('constants', () => {
  const x = floats([8, 16])
  const weight = floats([16, 16])

  it('shape arithmetic on constants is done', async () => {
    const shape: Build = (b, v) => {
      const half = b.op('Div', [int(b, 17), int(b, 2)], {}, { dims: [] })
      const sizes = b.op('Concat', [b.unsqueeze(half, [0]), b.ints([16])], { axis: 0 })
      return [b.op('Reshape', [v, sizes])]
    }
    expect(await left(shape, x)).toEqual(['Reshape'])
  })

  it('a weight is stored as it is read: rearranged, when nobody reads it otherwise', async () => {
    const alone: Build = (b, v) => [b.op('MatMul', [v, b.transpose(b.constant(weight), [1, 0])])]
    expect(await left(alone, x)).toEqual(['MatMul'])
    const halves: Build = (b, v) => {
      const parts = b.ops('Split', [b.constant(weight)], { axis: 1, num_outputs: 2 }, [{}, {}])
      return parts.map((part) => b.op('MatMul', [v, b.op('Slice', [part, b.ints([0]), b.ints([2 ** 53]), b.ints([0]), b.ints([1])])]))
    }
    expect(await left(halves, x)).toEqual(['MatMul', 'MatMul'])
    const tied: Build = (b, v) => [b.op('MatMul', [b.op('MatMul', [v, b.constant(weight)]), b.transpose(b.constant(weight), [1, 0])])]
    expect(await left(tied, x)).toEqual(['MatMul', 'Transpose', 'MatMul'])
    const embedded: Build = (b, v) => {
      const rows = b.op('Gather', [b.constant(weight), b.ints([1, 3])], { axis: 0 }, {})
      return [rows, b.op('MatMul', [v, b.transpose(b.constant(weight), [1, 0])])]
    }
    expect(await left(embedded, x)).toEqual(['Gather', 'Transpose', 'MatMul'])
  })

  it('two readers of one rearrangement share it', async () => {
    const model = modelOf(
      (b, v) => [0, 1].map((i) => b.op('MatMul', [i === 0 ? v : b.op('Neg', [v]), b.transpose(b.constant(weight), [1, 0])])),
      'float32',
      [8, 16],
    )
    simplifyModel(model)
    eliminateDead(model)
    expect(model.graph.initializers.size).toBe(1)
    expect(model.graph.nodes.map(({ opType }) => opType)).not.toContain('Transpose')
  })

  const ints: readonly (readonly Element[])[] = [
    [7n, -7n, 9223372036854775807n, 0n],
    [2n, 2n, 2n, -3n],
  ]
  const reals: readonly (readonly Element[])[] = [
    [0.1, -7.5, 3e38, -0],
    [0.3, 2, 7, -3],
  ]
  const rows: readonly (readonly [string, ScalarType, readonly (readonly Element[])[], ScalarType?])[] = [
    ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'].map((op) => [op, 'int64', ints] as const),
    ...['Add', 'Sub', 'Mul', 'Div'].map((op) => [op, 'float32', reals] as const),
    ...['Add', 'Sub', 'Mul', 'Div'].map((op) => [op, 'float64', reals] as const),
    ...['Neg', 'Abs'].flatMap((op) => [[op, 'int64', ints.slice(0, 1)] as const, [op, 'float32', reals.slice(0, 1)] as const]),
    ...['Floor', 'Ceil', 'Sqrt', 'Reciprocal'].map((op) => [op, 'float32', reals.slice(1)] as const),
    ...['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual'].map((op) => [op, 'int64', ints, 'bool'] as const),
    ...['And', 'Or', 'Xor'].map(
      (op) =>
        [
          op,
          'bool',
          [
            [true, true, false, false],
            [true, false, true, false],
          ],
        ] as const,
    ),
    ...['ReduceSum', 'ReduceProd', 'ReduceMax', 'ReduceMin'].map((op) => [op, 'int64', [[3n, -4n, 5n]]] as const),
    [
      'Mod',
      'int64',
      [
        [7n, -7n, 7n, -6n],
        [3n, 3n, -3n, 3n],
      ],
    ],
    ['Not', 'bool', [[true, false]]],
    ['Concat', 'int64', ints],
    ['Shape', 'float32', reals.slice(0, 1), 'int64'],
    ['Size', 'float32', reals.slice(0, 1), 'int64'],
  ]
  for (const [op, dtype, columns, result] of rows)
    it(`${op} of ${dtype} as the runtime computes it`, async () => {
      const attributes = op === 'Concat' ? { axis: 0 } : op === 'Mod' ? { fmod: 0 } : op.startsWith('Reduce') ? { keepdims: 0 } : {}
      const build: Build = (b) => [
        b.op(
          op,
          columns.map((column) => b.elements(dtype, [column.length], column)),
          attributes,
          { dtype: result ?? dtype },
        ),
      ]
      expect(await left(build, x)).toEqual([])
    })

  it('Cast, Where, Expand, Range and Gather of constants as the runtime computes them', async () => {
    const build: Build = (b) => {
      const values = b.elements('float32', [3], [1.75, -2.5, 0])
      const row = b.elements('int64', [1, 3], [4n, 5n, 6n])
      return [
        b.cast(values, 'int64'),
        b.cast(values, 'float64'),
        b.op('Cast', [values], { to: 9 }, { dtype: 'bool' }),
        b.cast(b.elements('bool', [2], [true, false]), 'float32'),
        b.op('Where', [b.elements('bool', [3], [true, false, true]), row, int(b, 9)]),
        b.op('Expand', [row, b.ints([2, 1])]),
        b.op('Range', [int(b, 7), int(b, -2), int(b, -3)]),
        b.op('Gather', [row, int(b, -1)], { axis: 1 }),
      ]
    }
    expect(await left(build, x)).toEqual([])
  })

  it('what the run would refuse or what is not exact is left to it', async () => {
    const model = modelOf(
      (b) => [
        b.op('Div', [int(b, 1), int(b, 0)]),
        b.op('Cast', [b.scalar('float32', NaN)], { to: 7 }, { dtype: 'int64' }),
        b.op('Cast', [b.scalar('int64', 2n ** 60n + 1n)], { to: 1 }, { dtype: 'float32' }),
      ],
      'float32',
      [1],
    )
    simplifyModel(model)
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['Div', 'Cast', 'Cast', 'Identity', 'Identity', 'Identity'])
  })

  it('is linear in the number of nodes', () => {
    const chain = (length: number): number => {
      const model = modelOf(
        (b, v) => {
          let at = v
          for (let i = 0; i < length; i++) at = b.op('Relu', [b.reshapeTo(b.transpose(at, [1, 0]), i % 2 === 0 ? [16, 8] : [8, 16])])
          return [at]
        },
        'float32',
        [8, 16],
      )
      const started = performance.now()
      simplifyModel(model)
      eliminateDead(model)
      return performance.now() - started
    }
    chain(5_000)
    // Eight times the nodes; a quadratic walk would take sixty-four times as long.
    const small = Math.min(chain(5_000), chain(5_000), chain(5_000))
    expect(chain(40_000)).toBeLessThan(30 * Math.max(small, 2))
  })
})
