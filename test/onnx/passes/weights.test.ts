// Factors and addends of channels in weights and biases; equal weights stored once.

import { describe, expect, it } from 'vitest'
import { conv1dTo2d } from '../../../src/onnx/passes/conv-1d-to-2d.ts'
import { foldScale } from '../../../src/onnx/passes/fold-scale.ts'
import { shareInitializers } from '../../../src/onnx/passes/share-initializers.ts'
import { input, numbers, passed, weight } from './run-pass.ts'

const images = [[input([1, 2, 4, 4])], [input([3, 2, 5, 4], 2)]]
const more = `float32[3, 1, 1] s = ${weight(3, 7)}, float32[1, 3, 1, 1] t = ${weight(3, 8)}, float32 one = {1.5}, float32[4] wide = ${weight(4, 9)},
 float32[3] flat = ${weight(3, 10)}`
const text = (body: string): string => `main (float32[n, 2, h, 4] x) => (float32 y)
<float32[3, 2, 3, 3] k = ${weight(54)}, float32[3] b = ${weight(3)}, ${more}>
{
  ${body}
}`
const CONV = 'Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]>'

describe('fold-scale', () => {
  it.each([
    [`c = ${CONV} (x, k, b)\n  y = Mul (c, s)`, 'Conv'],
    [`c = ${CONV} (x, k, b)\n  y = Mul (t, c)`, 'Conv'],
    [`c = ${CONV} (x, k)\n  y = Mul (c, one)`, 'Conv'],
    [`c = ${CONV} (x, k)\n  y = Div (c, s)`, 'Conv'],
    [`c = ${CONV} (x, k)\n  y = Add (c, t)`, 'Conv'],
    [`c = ${CONV} (x, k, b)\n  y = Sub (c, t)`, 'Conv'],
    [`c = ${CONV} (x, k, b)\n  m = Mul (c, s)\n  d = Add (t, m)\n  y = Div (d, one)`, 'Conv'],
    [`c = ${CONV} (x, k, b)\n  p = Transpose <perm = [0, 2, 3, 1]> (c)\n  y = Mul (p, flat)`, 'Conv Transpose'],
    [
      `c = ${CONV} (x, k, b)\n  p = Transpose <perm = [1, 0, 2, 3]> (c)\n  q = Transpose <perm = [0, 3, 1, 2]> (p)\n  y = Mul (q, one)`,
      'Conv Transpose Transpose',
    ],
  ])('%s', async (body, left) => {
    expect((await passed(text(body), [foldScale], images)).operators).toEqual(left.split(' '))
  })

  it('knows the groups of transposed convolutions', async () => {
    const body = `main (float32[n, 2, h, 4] x) => (float32 y)
<float32[2, 3, 2, 2] k = ${weight(24)}, float32[6, 1, 1] s = ${weight(6, 3)}, float32[6, 1, 1] t = ${weight(6, 4)}>
{
  c = ConvTranspose <kernel_shape = [2, 2], strides = [2, 2], group = 2> (x, k)
  m = Mul (c, s)
  y = Add (m, t)
}`
    expect((await passed(body, [foldScale], images)).operators).toEqual(['ConvTranspose'])
  })

  it.each([0, 1])('knows the layouts of Gemm: transB = %i', async (transB) => {
    const body = `main (float32[n, 2] x) => (float32 y)
<float32[${transB === 1 ? '3, 2' : '2, 3'}] k = ${weight(6)}, float32[3] b = ${weight(3)}, float32[3] s = ${weight(3, 3)}, float32[1, 3] t = ${weight(3, 4)}>
{
  c = Gemm <transA = 0, transB = ${transB}, alpha = 0.5, beta = 2.0> (x, k, b)
  m = Mul (c, s)
  y = Add (m, t)
}`
    expect((await passed(body, [foldScale], [[input([1, 2])], [input([5, 2], 4)]])).operators).toEqual(['Gemm'])
  })

  it.each([
    [`c = ${CONV} (x, k, b)\n  m = Mul (c, s)\n  y = Add (m, c)`, ['the result of the convolution is used elsewhere too']],
    [
      `c = ${CONV} (x, k)\n  d = ${CONV} (x, k)\n  m = Mul (c, s)\n  y = Add (m, d)`,
      ['the weight is used elsewhere too, and a scaled copy of it would be stored beside it'],
    ],
    [
      `m = ReduceMean <keepdims = 0, axes = [0, 2, 3]> (x)\n  e = Concat <axis = 0> (m, one1)\n  c = ${CONV} (x, k, e)\n  y = Mul (c, s)`,
      ['the bias of the convolution is no constant of its channels'],
    ],
    [`c = ${CONV} (x, k, b)\n  y = Mul (c, wide)`, []],
    [`c = ${CONV} (x, k, b)\n  y = Mul (c, x1)`, []],
  ])('does not fold %s', async (body, missed) => {
    const whole = text(body).replace(
      'float32 one = {1.5}',
      `float32 one = {1.5}, float32[1] one1 = {0.5}, float32[1, 1, 1, 1, 1] x1 = {2.0}`,
    )
    const runs = body.includes('ReduceMean') ? [] : images
    expect(await passed(whole, [foldScale], runs)).toMatchObject({ changed: false, missed })
  })
})

describe('share-initializers', () => {
  const same = `{${numbers(4).join(', ')}}`
  it('keeps the first of equal ones, in branches too', async () => {
    const body = `main (float32[4] x, bool t) => (float32 y)
<float32[4] a = ${same}, float32[4] b = ${same}, float32[2, 2] other = ${same}, float32[4] c = ${weight(4, 2)}>
{
  p = Add (x, a)
  q = If (t) <
    then_branch = graph () => (float32 u) { u = Mul (p, b) }
    else_branch = graph () => (float32 v) { v = Mul (p, c) }
  >
  r = Reshape (other, s)
  y = Add (q, r)
}`.replace('<float32[4] a', '<int64[1] s = {4}, float32[4] a')
    const { model, changed } = await passed(body, [shareInitializers], [])
    expect(changed).toBe(true)
    expect([...model.graph.initializers.keys()].toSorted()).toEqual(['a', 'c', 'other', 's'])
  })
  it('sees the sign of zero', async () => {
    const body =
      'main (float32[1] x) => (float32 y)\n<float32[1] a = {0.0}, float32[1] b = {-0.0}>\n{\n  p = Add (x, a)\n  y = Div (p, b)\n}'
    expect((await passed(body, [shareInitializers], [])).changed).toBe(false)
  })
})

describe('conv-1d-to-2d', () => {
  const line = (body: string): string => `main (float32[n, 2, l] x) => (float32 y)
<float32[3, 2, 3] k = ${weight(18)}, float32[3] b = ${weight(3)}>
{
  ${body}
}`
  const CONV1D = 'Conv <kernel_shape = [3], strides = [2], pads = [1, 2], dilations = [1], group = 1>'
  const lines = [[input([1, 2, 7])], [input([3, 2, 10], 2)]]

  it('makes planes of lines on WebGPU', async () => {
    const { operators } = await passed(line(`y = ${CONV1D} (x, k, b)`), [conv1dTo2d], lines, { device: 'webgpu' })
    expect(operators).toEqual(['Unsqueeze', 'Conv', 'Squeeze'])
  })
  it('stores a shared weight once', async () => {
    const { model } = await passed(line(`c = ${CONV1D} (x, k, b)\n  d = ${CONV1D} (x, k)\n  y = Add (c, d)`), [conv1dTo2d], lines, {
      device: 'webgpu',
    })
    expect([...model.graph.initializers.values()].filter(({ sizes }) => sizes.length > 2).map(({ sizes }) => sizes)).toEqual([[3, 2, 1, 3]])
  })
  it('has nothing to do on wasm, and says so', async () => {
    const { operators, missed } = await passed(line(`y = ${CONV1D} (x, k, b)`), [conv1dTo2d], lines, { device: 'wasm' })
    expect(operators).toEqual(['Conv'])
    expect(missed).toEqual(['the kernel of wasm is as fast on lines'])
  })
  it('leaves a weight that others read', async () => {
    const text = line(`c = ${CONV1D} (x, k, b)\n  s = ReduceSum <keepdims = 0> (k)\n  y = Add (c, s)`)
    const { missed } = await passed(text, [conv1dTo2d], lines, { device: 'webgpu' })
    expect(missed).toEqual(['the weight is used elsewhere too, and would be stored in both shapes'])
  })
})
