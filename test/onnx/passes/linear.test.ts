// Linear layers: factors that go into the weights, and layers between reshapes that are one Gemm.

import { describe, expect, it } from 'vitest'
import { foldLinearScale } from '../../../src/onnx/passes/fold-linear-scale.ts'
import { linearToGemm } from '../../../src/onnx/passes/linear-to-gemm.ts'
import { floats, linear, reshape, through, type Build } from './emitted.ts'

describe('fold-linear-scale', () => {
  const vector = (sizes: readonly number[]) => floats(sizes)

  it.each(['Mul', 'Div'])('%s by one number a column', async (opType) => {
    const build: Build = (b, x) =>
      b.op(opType, [linear(b, x, b.constant(floats([4, 3])), b.constant(floats([3]))), b.elements('float32', [3], [2, -3, 0.5])])
    expect((await through(foldLinearScale, build, ['n', 5, 4], [2, 5, 4])).left).toEqual(['MatMul', 'Add'])
  })

  it('through a Transpose, as after channels-last layers', async () => {
    const build: Build = (b, x) => {
      const y = b.transpose(linear(b, x, b.constant(floats([4, 3])), b.constant(floats([3]))), [0, 2, 1])
      return b.op('Mul', [b.constant(vector([3, 1])), y])
    }
    expect((await through(foldLinearScale, build, ['n', 5, 4], [2, 5, 4])).left).toEqual(['MatMul', 'Add', 'Transpose'])
  })

  it('by a number, through a Reshape and a Transpose: heads of attention', async () => {
    const build: Build = (b, x) => {
      const y = reshape(b, linear(b, x, b.constant(floats([4, 6])), b.constant(floats([6]))), [-1, 5, 2, 3], ['n', 5, 2, 3])
      return b.op('Div', [b.transpose(y, [0, 2, 1, 3]), b.scalar('float32', 3)])
    }
    expect((await through(foldLinearScale, build, ['n', 5, 4], [2, 5, 4])).left).toEqual(['MatMul', 'Add', 'Reshape', 'Transpose'])
    const columns: Build = (b, x) => {
      const y = reshape(b, linear(b, x, b.constant(floats([4, 6]))), [-1, 5, 2, 3], ['n', 5, 2, 3])
      return b.op('Mul', [y, b.constant(floats([3]))])
    }
    expect((await through(foldLinearScale, columns, ['n', 5, 4], [2, 5, 4])).left).toEqual(['MatMul', 'Reshape', 'Mul'])
  })

  it('by a number, without bias', async () => {
    const build: Build = (b, x) => b.op('Mul', [linear(b, x, b.constant(floats([4, 3]))), b.scalar('float32', 0.25)])
    expect((await through(foldLinearScale, build, ['n', 4], [2, 4])).left).toEqual(['MatMul'])
  })

  it('not along another axis, and not from the other side of a division', async () => {
    const rows: Build = (b, x) => b.op('Mul', [linear(b, x, b.constant(floats([4, 3]))), b.constant(vector([2, 1]))])
    expect((await through(foldLinearScale, rows, [2, 4], [2, 4])).left).toEqual(['MatMul', 'Mul'])
    const inverse: Build = (b, x) => b.op('Div', [b.scalar('float32', 2), linear(b, x, b.constant(floats([4, 3])))])
    expect((await through(foldLinearScale, inverse, [2, 4], [2, 4])).left).toEqual(['MatMul', 'Div'])
  })

  it('not when the result or the weights have other readers, and says so', async () => {
    const result: Build = (b, x) => {
      const y = linear(b, x, b.constant(floats([4, 4])))
      return b.op('Add', [b.op('Mul', [y, b.scalar('float32', 2)]), y])
    }
    expect(await through(foldLinearScale, result, ['n', 4], [2, 4])).toMatchObject({
      left: ['MatMul', 'Mul', 'Add'],
      missed: ['the result of the linear layer is used without the factor, too'],
    })
    const weights: Build = (b, x) => {
      const w = b.constant(floats([4, 4]))
      return linear(b, b.op('Mul', [linear(b, x, w), b.scalar('float32', 2)]), w)
    }
    expect(await through(foldLinearScale, weights, ['n', 4], [2, 4])).toMatchObject({
      left: ['MatMul', 'Mul', 'MatMul'],
      missed: ['the weights of the linear layer are used elsewhere, too'],
    })
  })
})

describe('linear-to-gemm', () => {
  const heads = (x: Parameters<Build>[1]) => [x.dims![0]!, 5, 2, 3]

  it('between two reshapes', async () => {
    const build: Build = (b, x) => {
      const flat = reshape(b, x, [-1, 5, 4], ['n', 5, 4])
      return reshape(b, linear(b, flat, b.constant(floats([4, 6])), b.constant(floats([6]))), [-1, 5, 2, 3], heads(x))
    }
    expect((await through(linearToGemm, build, ['n', 5, 2, 2], [2, 5, 2, 2], [0, 5, 2, 2])).left).toEqual(['Reshape', 'Gemm', 'Reshape'])
  })

  it('of several layers on the same rows', async () => {
    const build: Build = (b, x) => {
      const part = (i: number) =>
        reshape(
          b,
          linear(b, x, b.constant(floats([4, 6 + 6 * i])), b.constant(floats([6 + 6 * i]))),
          [-1, 5, 2, 3 + 3 * i],
          [x.dims![0]!, 5, 2, 3 + 3 * i],
        )
      return b.op('Concat', [part(0), part(1)], { axis: 3 }, { dims: [x.dims![0]!, 5, 2, 9] })
    }
    expect((await through(linearToGemm, build, ['n', 5, 4], [2, 5, 4])).left).toEqual([
      'Reshape',
      'Gemm',
      'Reshape',
      'Gemm',
      'Reshape',
      'Concat',
    ])
  })

  it('not where a Reshape had to be added', async () => {
    const build: Build = (b, x) => reshape(b, linear(b, x, b.constant(floats([4, 6])), b.constant(floats([6]))), [-1, 5, 2, 3], heads(x))
    expect(await through(linearToGemm, build, ['n', 5, 4], [2, 5, 4])).toMatchObject({
      left: ['MatMul', 'Add', 'Reshape'],
      missed: ['what goes into the layer has more than two axes, and is not reshaped'],
    })
  })

  it('not where the result is asked for extents, or used as it is', async () => {
    const copies: Build = (b, x) => {
      const flat = reshape(b, x, [-1, 5, 4], ['n', 5, 4])
      return reshape(b, linear(b, flat, b.constant(floats([4, 6])), b.constant(floats([6]))), [0, 0, 2, 3], heads(x))
    }
    expect((await through(linearToGemm, copies, ['n', 5, 2, 2], [2, 5, 2, 2])).left).toEqual(['Reshape', 'MatMul', 'Add', 'Reshape'])
    const used: Build = (b, x) => {
      const flat = reshape(b, x, [-1, 5, 4], ['n', 5, 4])
      const y = linear(b, flat, b.constant(floats([4, 4])), b.constant(floats([4])))
      return b.op('Add', [reshape(b, y, [-1, 5, 4, 1], ['n', 5, 4, 1]), b.op('ReduceSum', [y], { keepdims: 0 }, { dims: [] })])
    }
    expect((await through(linearToGemm, used, ['n', 5, 2, 2], [2, 5, 2, 2])).left).toContain('MatMul')
  })
})
