// Padding that a convolution or a pool can do itself, and padding that it cannot.

import { describe, expect, it } from 'vitest'
import type { OnnxBuilder } from '../../../src/onnx/builder.ts'
import type { OnnxValue } from '../../../src/onnx/operand.ts'
import { foldPad } from '../../../src/onnx/passes/fold-pad.ts'
import { floats, through, type Build } from './emitted.ts'

const unknown = { dims: [null, null, null, null] }
const pad = (b: OnnxBuilder, x: OnnxValue, pads: readonly number[], value = 0, mode = 'constant'): OnnxValue =>
  b.op('Pad', [x, b.ints(pads), b.scalar('float32', value)], { mode }, unknown)
const conv = (b: OnnxBuilder, x: OnnxValue, attributes = {}): OnnxValue =>
  b.op('Conv', [x, b.constant(floats([3, 2, 3, 3])), b.constant(floats([3]))], { kernel_shape: [3, 3], ...attributes }, unknown)
const pool = (b: OnnxBuilder, x: OnnxValue, attributes = {}): OnnxValue =>
  b.op('AveragePool', [x], { kernel_shape: [3, 3], strides: [2, 2], ...attributes }, unknown)

const dims = ['n', 2, 'h', 'w'] as const
const check = (build: Build) => through(foldPad, build, dims, [1, 2, 5, 6], [2, 2, 4, 4])
const UNEVEN = [0, 0, 0, 1, 0, 0, 1, 2]

describe('goes into', () => {
  it('a convolution, with padding of its own and without', async () => {
    expect((await check((b, x) => conv(b, pad(b, x, UNEVEN)))).left).toEqual(['Conv'])
    expect((await check((b, x) => conv(b, pad(b, x, UNEVEN), { pads: [1, 0, 0, 1], strides: [2, 1] }))).left).toEqual(['Conv'])
  })
  it('a pool that counts it', async () => {
    expect((await check((b, x) => pool(b, pad(b, x, UNEVEN)))).left).toEqual(['AveragePool'])
    expect((await check((b, x) => pool(b, pad(b, x, UNEVEN), { pads: [1, 1, 1, 0], count_include_pad: 1 }))).left).toEqual(['AveragePool'])
  })
})

describe('stays', () => {
  it('where it is not zeros around the image alone', async () => {
    for (const build of [
      (b: OnnxBuilder, x: OnnxValue) => pad(b, x, UNEVEN, 1),
      (b: OnnxBuilder, x: OnnxValue) => pad(b, x, UNEVEN, 0, 'reflect'),
      (b: OnnxBuilder, x: OnnxValue) => pad(b, x, [0, 0, -1, 0, 0, 0, 1, 0]),
      (b: OnnxBuilder, x: OnnxValue) => pad(b, x, [1, 0, 1, 0, 0, 0, 1, 0]),
    ])
      expect((await check((b, x) => conv(b, build(b, x)))).left).toEqual(['Pad', 'Conv'])
  })
  it('when it has other readers, and says so', async () => {
    const build: Build = (b, x) => {
      const wide = pad(b, x, UNEVEN)
      return b.op('Add', [conv(b, wide, { pads: [1, 1, 1, 1] }), b.op('ReduceSum', [wide], {}, unknown)])
    }
    expect((await check(build)).missed).toEqual(['what is padded is used elsewhere, too'])
  })
  it('before pools that do not count padding, round up, or have windows without anything else', async () => {
    expect((await check((b, x) => pool(b, pad(b, x, UNEVEN), { pads: [1, 1, 1, 1] }))).missed).toEqual([
      'the pool leaves its own padding out of the mean',
    ])
    expect((await check((b, x) => pool(b, pad(b, x, UNEVEN), { ceil_mode: 1 }))).missed).toEqual(['the pool rounds its extents up'])
    expect((await check((b, x) => pool(b, pad(b, x, [0, 0, 3, 0, 0, 0, 0, 0])))).missed).toEqual(['the padding is as wide as the window'])
  })
})
