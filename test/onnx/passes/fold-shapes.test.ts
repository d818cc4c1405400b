// Shape computations that are known at build time: which nodes are left, and that the results on several extents are those of before.

import { describe, expect, it } from 'vitest'
import type { Dims } from '../../../src/ir/dim.ts'
import { contiguousBytes, type Tensor } from '../../../src/ir/tensor.ts'
import { tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import { OnnxBuilder } from '../../../src/onnx/builder.ts'
import { eliminateDead } from '../../../src/onnx/eliminate-dead.ts'
import { encodeModel } from '../../../src/onnx/encode.ts'
import { fromOnnxTensor, toOnnxTensor } from '../../../src/onnx/evaluator.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import type { OnnxValue } from '../../../src/onnx/operand.ts'
import { foldShapes } from '../../../src/onnx/passes/fold-shapes.ts'
import { loadOrt } from '../../support/ort.ts'
import { emitted, type Build } from './emitted.ts'

async function run(model: OnnxModel, x: Tensor): Promise<unknown> {
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(encodeModel(model), { graphOptimizationLevel: 'disabled' })
  try {
    const { dtype, sizes, ...rest } = fromOnnxTensor((await session.run({ x: toOnnxTensor(ort, x) } as never))['y']!)
    return { dtype, sizes, bytes: [...contiguousBytes({ dtype, sizes, ...rest })] }
  } finally {
    await session.release()
  }
}

const floats = (sizes: readonly number[]): Tensor =>
  tensorFromElements(
    'float32',
    sizes,
    Array.from({ length: sizes.reduce((n, size) => n * size, 1) }, (_, i) => i + 0.5),
  )

/** The operators left; on each of the sizes the results are those of the graph before. */
async function left(build: Build, dims: Dims, ...sizes: readonly (readonly number[])[]): Promise<string[]> {
  const before = emitted(build, dims)
  const after = emitted(build, dims)
  foldShapes.run(after, { missed: [] })
  eliminateDead(after)
  for (const size of sizes) expect(await run(after, floats(size))).toEqual(await run(before, floats(size)))
  return after.graph.nodes.map(({ opType }) => opType)
}

const int64 = (dims: Dims) => ({ dtype: 'int64', dims }) as const
const concat = (b: OnnxBuilder, ...parts: OnnxValue[]): OnnxValue => b.op('Concat', parts, { axis: 0 }, int64([parts.length]))
/** One extent, as a vector of one element. */
const extent = (b: OnnxBuilder, x: OnnxValue, axis: number): OnnxValue => b.unsqueeze(b.number(b.size(x, axis), 'int64'), [0])
const reshape = (b: OnnxBuilder, x: OnnxValue, shape: OnnxValue, dims: Dims): OnnxValue =>
  b.op('Reshape', [x, shape], { allowzero: 1 }, { dims })

describe('reshapes', () => {
  it('say one unknown extent with −1, of an empty batch too', async () => {
    const build: Build = (b, x) => {
      const rows = b.op('Mul', [extent(b, x, 0), b.ints([3])], {}, int64([1]))
      return b.op('Relu', [reshape(b, x, concat(b, rows, b.ints([4])), ['3*n', 4])])
    }
    expect(await left(build, ['n', 3, 4], [2, 3, 4], [0, 3, 4])).toEqual(['Reshape', 'Relu'])
  })

  it('copy extents that stay where they are', async () => {
    const build: Build = (b, x) =>
      b.op('Relu', [reshape(b, x, concat(b, extent(b, x, 0), extent(b, x, 1), b.ints([2]), b.ints([2])), ['n', 'm', 2, 2])])
    expect(await left(build, ['n', 'm', 4], [2, 3, 4], [0, 3, 4], [2, 0, 4])).toEqual(['Reshape', 'Relu'])
  })

  it('to two axes that are products of neighbours are a Flatten, of empty tensors too', async () => {
    const flat =
      (axis: number, dims: Dims): Build =>
      (b, x) => {
        const product = (axes: readonly number[]): OnnxValue =>
          axes.map((at) => extent(b, x, at)).reduce((all, one) => b.op('Mul', [all, one], {}, int64([1])))
        const [lead, rest] = [[0, 1, 2].slice(0, axis), [0, 1, 2].slice(axis)]
        return b.op('Relu', [reshape(b, x, concat(b, product(lead), product(rest)), dims)])
      }
    const sizes = [[2, 3, 4], [0, 3, 4], [2, 0, 4], [2, 3, 0]] // prettier-ignore
    expect(await left(flat(1, ['n', 'h*w']), ['n', 'h', 'w'], ...sizes)).toEqual(['Flatten', 'Relu'])
    expect(await left(flat(2, ['h*n', 'w']), ['n', 'h', 'w'], ...sizes)).toEqual(['Flatten', 'Relu'])
    const swapped: Build = (b, x) => b.op('Relu', [reshape(b, x, concat(b, b.op('Mul', [extent(b, x, 1), extent(b, x, 2)], {}, int64([1])), extent(b, x, 0)), ['h*w', 'n'])]) // prettier-ignore
    expect(await left(swapped, ['n', 'h', 'w'], ...sizes)).not.toContain('Flatten')
  })

  it('ask at run time where two extents are neither', async () => {
    const build: Build = (b, x) => b.op('Relu', [reshape(b, x, concat(b, extent(b, x, 1), extent(b, x, 0)), ['m', 'n'])])
    expect(await left(build, ['n', 'm'], [2, 3], [0, 3])).toContain('Concat')
  })

  it('to the same shape are none', async () => {
    const build: Build = (b, x) => b.op('Relu', [reshape(b, x, b.shape(x), ['n', 4])])
    expect(await left(build, ['n', 4], [2, 4])).toEqual(['Relu'])
  })

  it('in a row are one', async () => {
    const build: Build = (b, x) => b.unsqueeze(reshape(b, x, b.ints([-1, 2, 2]), ['n', 2, 2]), [1])
    expect(await left(build, ['n', 4], [3, 4])).toEqual(['Reshape'])
  })
})

describe('arithmetic', () => {
  it('on known extents is a constant', async () => {
    const build: Build = (b, x) => {
      const sum = b.op(
        'Add',
        [b.op('Gather', [b.op('Shape', [x], {}, int64([2])), b.ints([1])], { axis: 0 }, int64([1])), b.ints([1])],
        {},
        int64([1]),
      )
      return b.op('Expand', [x, concat(b, b.ints([5]), b.ints([1]), sum)], {}, { dims: [5, 'n', 4] })
    }
    // x is [n, 1]: Gather gives 1.
    expect(
      await left((b, x) => build(b, b.op('Slice', [x, b.ints([0]), b.ints([1]), b.ints([1])], {}, { dims: ['n', 1] })), ['n', 4], [3, 4]),
    ).toEqual(['Slice', 'Expand'])
  })

  it('of equal extents is done once', async () => {
    const build: Build = (b, x) => {
      const y = b.op('Relu', [x])
      const twice = (value: OnnxValue) =>
        b.op(
          'Mul',
          [b.op('Gather', [b.op('Shape', [value], {}, int64([1])), b.ints([0])], { axis: 0 }, int64([1])), b.ints([2])],
          {},
          int64([1]),
        )
      return b.op('Add', [twice(x), twice(y)], {}, int64([1]))
    }
    expect(await left(build, ['n'], [3])).toEqual(['Shape', 'Mul', 'Add'])
  })

  it('decides comparisons of expressions, and leaves those that depend on the run', async () => {
    const compare =
      (by: number): Build =>
      (b, x) => {
        const n = extent(b, x, 0)
        return b.op('Greater', [b.op('Add', [n, b.ints([by])], {}, int64([1])), n], {}, { dtype: 'bool', dims: [1] })
      }
    expect(await left(compare(1), ['n'], [3], [0])).toEqual(['Identity'])
    const open: Build = (b, x) => b.op('Greater', [extent(b, x, 0), b.ints([2])], {}, { dtype: 'bool', dims: [1] })
    expect(await left(open, ['n'], [3], [2])).toContain('Greater')
  })

  it('does not truncate what may be negative', async () => {
    const build: Build = (b, x) => {
      const less = b.op('Sub', [extent(b, x, 0), b.ints([2])], {}, int64([1]))
      const half = b.op('Div', [less, b.ints([2])], {}, int64([1]))
      return b.op(
        'Sub',
        [half, b.op('Sub', [b.op('Div', [extent(b, x, 0), b.ints([2])], {}, int64([1])), b.ints([1])], {}, int64([1]))],
        {},
        int64([1]),
      )
    }
    expect(await left(build, ['n'], [3], [1], [0])).toContain('Div')
  })
})

describe('what changes nothing', () => {
  it('goes', async () => {
    const build: Build = (b, x) => {
      const padded = b.op('Pad', [x, b.ints([0, 0, 0, 0])], {}, { dims: ['n', 4] })
      const whole = b.op('Slice', [padded, b.ints([0, 0]), concat(b, extent(b, x, 0), b.ints([9])), b.ints([0, 1])], {}, { dims: ['n', 4] })
      return b.op('Relu', [
        b.op('Expand', [b.op('Tile', [whole, b.ints([1, 1])], {}, { dims: ['n', 4] }), b.shape(x)], {}, { dims: ['n', 4] }),
      ])
    }
    expect(await left(build, ['n', 4], [3, 4], [0, 4])).toEqual(['Relu'])
  })

  it('stays where extents are not known to agree', async () => {
    const slice: Build = (b, x) => b.op('Slice', [x, b.ints([0]), b.ints([3]), b.ints([0])], {}, { dims: [null, 4] })
    expect(await left(slice, ['n', 4], [3, 4], [5, 4])).toEqual(['Slice'])
    const expand: Build = (b, x) => b.op('Expand', [x, b.ints([3, 4])], {}, { dims: [3, 4] })
    expect(await left(expand, ['n', 4], [3, 4], [1, 4])).toEqual(['Expand'])
  })

  it('an Expand before what broadcasts by itself', async () => {
    const times =
      (other: (b: OnnxBuilder, x: OnnxValue) => OnnxValue): Build =>
      (b, x) => {
        const all = b.op('Expand', [b.elements('float32', [4], [1, 2, 3, 4]), b.shape(x)], {}, { dims: ['n', 4] })
        return b.op('Mul', [all, other(b, x)], {}, { dims: ['n', 4] })
      }
    expect(
      await left(
        times((_, x) => x),
        ['n', 4],
        [3, 4],
        [1, 4],
      ),
    ).toEqual(['Mul'])
    // Without it there would be one row.
    expect(
      await left(
        times((b) => b.elements('float32', [4], [5, 6, 7, 8])),
        ['n', 4],
        [3, 4],
        [1, 4],
      ),
    ).toContain('Expand')
  })

  it('axes of a Resize that keep their extent are not named', async () => {
    const build =
      (mode: string): Build =>
      (b, x) =>
        b.op(
          'Resize',
          [x, undefined, undefined, concat(b, extent(b, x, 0), b.ints([2]), b.ints([5]), b.ints([6]))],
          { mode },
          { dims: ['n', 2, 5, 6] },
        )
    for (const mode of ['nearest', 'linear'])
      expect(await left(build(mode), ['n', 2, 3, 4], [3, 2, 3, 4], [1, 2, 3, 4])).toEqual(['Resize'])
    // Without the extents of x nothing is known to be kept.
    expect(await left(build('nearest'), ['n', 2, 'h', 'w'], [3, 2, 3, 4], [3, 2, 5, 6])).toEqual(['Resize'])
    expect(await left(build('nearest'), ['n', 'c', 3, 4], [3, 2, 3, 4])).toEqual(['Resize'])
  })

  it('axes of a Slice that are taken whole are not named', async () => {
    const build: Build = (b, x) => b.op('Slice', [x, b.ints([0, 1]), b.ints([4, 3]), b.ints([1, 0]), b.ints([1, 1])], {}, { dims: [2, 4] })
    expect(await left(build, [4, 4], [4, 4])).toEqual(['Slice'])
  })

  it('extents of 1 are moved without a Transpose', async () => {
    const build: Build = (b, x) => b.op('Relu', [b.transpose(x, [1, 0, 2])])
    expect(await left(build, ['n', 1, 4], [3, 1, 4])).toEqual(['Reshape', 'Relu'])
    expect(await left(build, ['n', 2, 4], [3, 2, 4], [1, 2, 4])).toEqual(['Transpose', 'Relu'])
  })
})

describe('pieces that are put together again', () => {
  const piece = (b: OnnxBuilder, x: OnnxValue, start: number | OnnxValue, end: number | OnnxValue, axis = 0): OnnxValue => {
    const bound = (at: number | OnnxValue): OnnxValue => (typeof at === 'number' ? b.ints([at]) : at)
    return b.op('Slice', [x, bound(start), bound(end), b.ints([axis])], {}, { dims: x.dims!.with(axis, null) })
  }
  const END = Number.MAX_SAFE_INTEGER
  const joined = (b: OnnxBuilder, axis: number, ...parts: OnnxValue[]): OnnxValue =>
    b.op('Relu', [b.op('Concat', parts, { axis }, { dims: parts[0]!.dims })])
  it.each([2, 0, -1, 9])('x[:%i] and the rest are x', async (at) => {
    const build: Build = (b, x) => joined(b, 0, piece(b, x, 0, at), piece(b, x, at, END))
    expect(await left(build, ['n', 2], [3, 2], [1, 2])).toEqual(['Relu'])
  })
  it('by a bound of the run, and in three', async () => {
    const half = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Div', [extent(b, x, 0), b.ints([2])], {}, int64([1]))
    const run: Build = (b, x) => joined(b, 0, piece(b, x, 0, half(b, x)), piece(b, x, half(b, x), END))
    expect(await left(run, ['n', 2], [3, 2], [4, 2])).toEqual(['Relu'])
    const three: Build = (b, x) => joined(b, 0, piece(b, x, 0, 1), piece(b, x, 1, 3), piece(b, x, 3, END))
    expect(await left(three, ['n', 2], [5, 2], [2, 2])).toEqual(['Relu'])
  })
  it('of a Split too', async () => {
    const build: Build = (b, x) => {
      b.emit('Split', [x.name, b.ints([1, 3]).name], ['p', 'q'], { axis: 1 })
      const part = (name: string, width: number): OnnxValue => ({ kind: 'tensor', name, dtype: 'float32', dims: ['n', width] })
      return joined(b, 1, part('p', 1), part('q', 3))
    }
    expect(await left(build, ['n', 4], [3, 4])).toEqual(['Relu'])
  })
  it('not in another order, with a gap, or along another axis', async () => {
    const turned: Build = (b, x) => joined(b, 0, piece(b, x, 1, END), piece(b, x, 0, 1))
    expect(await left(turned, ['n', 2], [3, 2])).toContain('Concat')
    const gap: Build = (b, x) => joined(b, 0, piece(b, x, 0, 1), piece(b, x, 2, END))
    expect(await left(gap, ['n', 2], [4, 2])).toContain('Concat')
    const falls: Build = (b, x) => joined(b, 0, piece(b, x, 0, 3), piece(b, x, 3, 1), piece(b, x, 1, END))
    expect(await left(falls, ['n', 2], [4, 2])).toContain('Concat')
    const across: Build = (b, x) => joined(b, 1, piece(b, x, 0, 2), piece(b, x, 2, END))
    expect(await left(across, [4, 2], [4, 2])).toContain('Concat')
  })
})

describe('choices', () => {
  const flags = (b: OnnxBuilder, ...items: boolean[]): OnnxValue => b.elements('bool', [items.length], items)
  const other = (b: OnnxBuilder): OnnxValue => b.elements('float32', [1, 2], [7, 8])
  it('that are made are what they take', async () => {
    expect(await left((b, x) => b.op('Relu', [b.op('Where', [flags(b, true, true), x, other(b)])]), ['n', 2], [3, 2])).toEqual(['Relu'])
    expect(await left((b, x) => b.op('Relu', [b.op('Where', [flags(b, false, false), other(b), x])]), ['n', 2], [3, 2])).toEqual(['Relu'])
  })
  it('between a value and itself are that', async () => {
    const build: Build = (b, x) =>
      b.op('Relu', [b.op('Where', [b.op('Greater', [x, b.scalar('float32', 1)], {}, { dtype: 'bool', dims: x.dims }), x, x])])
    expect(await left(build, ['n', 2], [3, 2])).toEqual(['Relu'])
  })
  it('that differ, or that broadcast, stay', async () => {
    expect(await left((b, x) => b.op('Where', [flags(b, true, false), x, other(b)]), ['n', 2], [3, 2])).toContain('Where')
    expect(await left((b, x) => b.op('Where', [flags(b, false, false), x, other(b)]), ['n', 2], [3, 2])).toContain('Where')
    expect(await left((b, x) => b.op('Where', [flags(b, true, true), x, other(b)]), ['n', 1], [3, 1])).toContain('Where')
  })
})

describe('extents of which nothing is known', () => {
  /** x padded to a multiple of 3 along its first axis. */
  const padded = (b: OnnxBuilder, x: OnnxValue): OnnxValue => {
    const three = b.ints([3])
    const rest = b.op('Mod', [extent(b, x, 0), three], { fmod: 0 }, int64([1]))
    const more = b.op('Mod', [b.op('Sub', [three, rest], {}, int64([1])), three], { fmod: 0 }, int64([1]))
    const pads = b.op('Concat', [b.ints([0, 0]), more, b.ints([0])], { axis: 0 }, int64([4]))
    return b.op('Pad', [x, pads, b.scalar('float32', 0)], { mode: 'constant' }, { dims: [null, x.dims![1]!] })
  }
  it('are not negative: a division of them rounds towards 0 and down alike', async () => {
    const build: Build = (b, x) => {
      const y = b.op('NonZero', [x], {}, int64([2, null]))
      const count = b.size(y, 1) as OnnxValue
      const less = b.op('Less', [count, b.scalar('int64', 0n)], {}, { dtype: 'bool', dims: [] })
      return b.op('Sub', [count, b.cast(less, 'int64')], {}, int64([]))
    }
    expect(await left(build, ['n', 2], [3, 2], [0, 2])).not.toContain('Less')
    const at: Build = (b, x) =>
      b.op(
        'GreaterOrEqual',
        [b.size(b.op('NonZero', [x], {}, int64([2, null])), 1) as OnnxValue, b.scalar('int64', 0n)],
        {},
        { dtype: 'bool', dims: [] },
      )
    expect(await left(at, ['n', 2], [3, 2], [0, 2])).toEqual(['Identity'])
    const positive: Build = (b, x) =>
      b.op(
        'Greater',
        [b.size(b.op('NonZero', [x], {}, int64([2, null])), 1) as OnnxValue, b.scalar('int64', 0n)],
        {},
        { dtype: 'bool', dims: [] },
      )
    expect(await left(positive, ['n', 2], [3, 2], [0, 2])).toContain('Greater')
  })
  it('that come from one value are equal', async () => {
    const build: Build = (b, x) => {
      const y = b.op(
        'Compress',
        [
          x,
          b.op(
            'Greater',
            [b.op('ReduceMax', [x, b.ints([1])], { keepdims: 0 }, { dims: [x.dims![0]!] }), b.scalar('float32', 1)],
            {},
            { dtype: 'bool', dims: [x.dims![0]!] },
          ),
        ],
        { axis: 0 },
        { dims: [null, 4] },
      )
      const z = b.op('Relu', [y], {}, { dims: [null, 4] })
      return reshape(b, z, concat(b, extent(b, y, 0), b.ints([2]), b.ints([2])), [null, 2, 2])
    }
    const operators = await left(build, ['n', 4], [3, 4], [1, 4])
    expect(operators).not.toContain('Shape')
  })
  it('behind a Pad of the run are the sum, and a slice back to the extent of before is its shape', async () => {
    const build: Build = (b, x) => {
      const y = padded(b, x)
      const windows = b.op('Div', [extent(b, y, 0), b.ints([3])], {}, int64([1]))
      const shape = b.op('Concat', [windows, b.ints([3, 2])], { axis: 0 }, int64([3]))
      return reshape(b, y, shape, [null, 3, 2])
    }
    const operators = await left(build, ['n', 2], [4, 2], [3, 2], [0, 2])
    expect(operators).not.toContain('Div')
    const back: Build = (b, x) => b.op('Slice', [padded(b, x), b.ints([0]), extent(b, x, 0), b.ints([0])], {}, { dims: [null, 2] })
    const sum: Build = (b, x) => reshape(b, back(b, x), b.shape(x), ['n', 2])
    expect(await left(sum, ['n', 2], [4, 2], [3, 2])).not.toContain('Reshape')
  })
})
