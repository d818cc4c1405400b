// Zeros that need not be handed in, and those that must.

import { describe, expect, it } from 'vitest'
import type { OnnxBuilder } from '../../../src/onnx/builder.ts'
import type { OnnxValue } from '../../../src/onnx/operand.ts'
import { dropZeros } from '../../../src/onnx/passes/drop-zeros.ts'
import { floats, through, type Build } from './emitted.ts'

const zeros = (b: OnnxBuilder, ...sizes: number[]): OnnxValue =>
  b.elements(
    'float32',
    sizes,
    Array.from({ length: sizes.reduce((n, size) => n * size, 1) }, () => 0),
  )

const left = async (build: Build, dims: readonly (number | string)[], ...sizes: number[][]) =>
  (await through(dropZeros, build, dims, ...sizes)).left

describe('additions', () => {
  it('of zeros go, from either side', async () => {
    expect(await left((b, x) => b.op('Relu', [b.op('Add', [x, zeros(b, 4)])]), ['n', 4], [3, 4])).toEqual(['Relu'])
    expect(await left((b, x) => b.op('Relu', [b.op('Add', [zeros(b, 1, 1), x])]), ['n', 4], [3, 4])).toEqual(['Relu'])
  })
  it('of zeros that make the result larger stay', async () => {
    expect(await left((b, x) => b.op('Add', [x, zeros(b, 4)]), ['n', 1], [3, 1])).toEqual(['Add'])
    expect(await left((b, x) => b.op('Add', [x, zeros(b, 1, 1, 4)]), ['n', 4], [3, 4])).toEqual(['Add'])
    expect(await left((b, x) => b.op('Add', [x, zeros(b, 3, 1)]), ['n', 4], [3, 4], [1, 4])).toEqual(['Add'])
  })
  it('of anything else stay', async () => {
    expect(await left((b, x) => b.op('Add', [x, b.elements('float32', [2], [0, 1])]), ['n', 2], [3, 2])).toEqual(['Add'])
    expect(await left((b, x) => b.op('Add', [x, b.elements('float32', [2], [0, -0])]), ['n', 2], [3, 2])).toEqual(['Add'])
  })
})

describe('biases of layers', () => {
  const layer =
    (opType: 'Conv' | 'ConvTranspose', bias: (b: OnnxBuilder) => OnnxValue): Build =>
    (b, x) =>
      b.op('Relu', [b.op(opType, [x, b.constant(floats([3, 3, 2])), bias(b)])])
  it.each(['Conv', 'ConvTranspose'] as const)('%s: of zeros go, others stay', async (opType) => {
    const plain = await through(
      dropZeros,
      layer(opType, (b) => zeros(b, 3)),
      ['n', 3, 'l'],
      [2, 3, 5],
    )
    expect(plain.left).toEqual([opType, 'Relu'])
    expect(plain.inputs[0]).toBe(2)
    const kept = await through(
      dropZeros,
      layer(opType, (b) => b.constant(floats([3]))),
      ['n', 3, 'l'],
      [2, 3, 5],
    )
    expect(kept.inputs[0]).toBe(3)
  })
  it('Gemm', async () => {
    const gemm =
      (bias: (b: OnnxBuilder) => OnnxValue): Build =>
      (b, x) =>
        b.op('Gemm', [x, b.constant(floats([3, 2])), bias(b)])
    expect(
      (
        await through(
          dropZeros,
          gemm((b) => zeros(b, 2)),
          ['n', 3],
          [2, 3],
        )
      ).inputs[0],
    ).toBe(2)
    expect(
      (
        await through(
          dropZeros,
          gemm((b) => b.constant(floats([2]))),
          ['n', 3],
          [2, 3],
        )
      ).inputs[0],
    ).toBe(3)
  })
})

describe('recurrent layers', () => {
  /** A GRU of 2 on [T, B, 3]; `state` gives its initial state. */
  const gru =
    (state: (b: OnnxBuilder, x: OnnxValue) => OnnxValue, asksLast = false): Build =>
    (b, x) => {
      const [w, r] = [b.constant(floats([1, 6, 3])), b.constant(floats([1, 6, 2]))]
      const [y, last] = b.ops('GRU', [x, w, r, undefined, undefined, state(b, x)], { hidden_size: 2, layout: 0 }, [
        { dims: [null, 1, null, 2] },
        { dims: [1, null, 2] },
      ])
      return asksLast ? last! : y!
    }
  const dynamic = (b: OnnxBuilder, x: OnnxValue): OnnxValue => {
    const batch = b.op('Gather', [b.shape(x), b.ints([1])], { axis: 0 }, { dims: [1] })
    const all = b.op(
      'Expand',
      [b.scalar('float32', 0), b.op('Concat', [b.ints([2]), batch, b.ints([2])], { axis: 0 }, { dims: [3] })],
      {},
      { dims: [2, 'b', 2] },
    )
    return b.op('Slice', [all, b.ints([0]), b.ints([1]), b.ints([0])], {}, { dims: [1, 'b', 2] })
  }
  it('start from 0 without being told', async () => {
    expect(await left(gru(dynamic), ['t', 'b', 3], [4, 2, 3], [1, 1, 3])).toEqual(['GRU'])
    expect(await left(gru(dynamic, true), ['t', 'b', 3], [4, 2, 3])).toEqual(['GRU'])
  })
  it('start from what they are told otherwise', async () => {
    const ones = (b: OnnxBuilder): OnnxValue => b.op('Expand', [b.scalar('float32', 1), b.ints([1, 2, 2])], {}, { dims: [1, 2, 2] })
    expect(await left(gru(ones), ['t', 2, 3], [4, 2, 3])).toEqual(['Expand', 'GRU'])
  })
})
