// Activations, residuals and gates in the nodes before them: what is fused, what is not and why, and that the numbers stay.

import { describe, expect, it } from 'vitest'
import { fuseConvActivation, fuseGemmActivation } from '../../../src/onnx/passes/fuse-activation.ts'
import { fuseAddRelu } from '../../../src/onnx/passes/fuse-add-relu.ts'
import { fuseHardSwish, fuseSilu } from '../../../src/onnx/passes/fuse-gates.ts'
import { input, passed, weight } from './run-pass.ts'

const CONV = 'kernel_shape = [3, 3], strides = [1, 1], pads = [1, 1, 1, 1], dilations = [1, 1], group = 1'
const conv = (body: string, more = ''): string => `main (float32[n, 2, h, w] x) => (float32 y)
<float32[2, 2, 3, 3] k = ${weight(36)}, float32[2] b = ${weight(2)}, float32 low = {-0.5}, float32 high = {0.75}${more}>
{
  c = Conv <${CONV}> (x, k, b)
  ${body}
}`
const images = [[input([1, 2, 4, 4])], [input([3, 2, 5, 2], 2)]]

describe('fuse-conv-activation', () => {
  it.each([
    ['y = Relu (c)', 'Relu'],
    ['y = Sigmoid (c)', 'Sigmoid'],
    ['y = LeakyRelu <alpha = 0.1> (c)', 'LeakyRelu'],
    ['y = HardSigmoid <alpha = 0.3, beta = 0.4> (c)', 'HardSigmoid'],
    ['y = Clip (c, low, high)', 'Clip'],
    ['y = Clip (c, low)', 'Clip'],
    ['y = Clip (c, , high)', 'Clip'],
  ])('%s', async (body, name) => {
    const { operators, model } = await passed(conv(body), [fuseConvActivation], images)
    expect(operators).toEqual(['FusedConv'])
    expect(model.graph.nodes[0]!.attributes.get('activation')).toBe(name)
  })

  it('takes tanh only where the kernel of wasm is certain', async () => {
    const some = await passed(conv('y = Tanh (c)'), [fuseConvActivation], images)
    expect(some).toMatchObject({ changed: false, missed: ['tanh in a convolution is right on wasm alone, and no device is given'] })
    expect((await passed(conv('y = Tanh (c)'), [fuseConvActivation], images, { device: 'wasm' })).operators).toEqual(['FusedConv'])
  })

  it('leaves WebGPU to itself', async () => {
    expect((await passed(conv('y = Relu (c)'), [fuseConvActivation], images, { device: 'webgpu' })).operators).toEqual(['Conv', 'Relu'])
  })

  it.each([
    ['r = Relu (c)\n  y = Add (r, c)', 'the result of the convolution is used elsewhere too'],
    ['m = ReduceMax <keepdims = 0> (x)\n  y = Clip (c, low, m)', 'the bounds of the clamp are no constants'],
    ['y = Clip (c, high, low)', 'the lower bound of the clamp is above the upper one'],
  ])('does not fuse %s', async (body, reason) => {
    expect(await passed(conv(body), [fuseConvActivation], images)).toMatchObject({ changed: false, missed: [reason] })
  })

  it('stays in its branch', async () => {
    const text = `main (float32[1, 2, 4, 4] x, bool t) => (float32 y)
<float32[2, 2, 3, 3] k = ${weight(36)}>
{
  c = Conv <${CONV}> (x, k)
  y = If (t) <
    then_branch = graph () => (float32 a) { a = Relu (c) }
    else_branch = graph () => (float32 z) { z = Neg (x) }
  >
}`
    const { missed } = await passed(text, [fuseConvActivation], [])
    expect(missed).toEqual(['the convolution runs outside of the branch or loop body that reads it'])
  })

  it('knows the dtypes of the kernel', async () => {
    const text = `main (float64[1, 1, 2, 2] x) => (float64 y)
<float64[1, 1, 1, 1] k = {2.0}>
{
  c = Conv <kernel_shape = [1, 1]> (x, k)
  y = Relu (c)
}`
    expect((await passed(text, [fuseConvActivation], [])).missed).toEqual(['the fused kernel takes float32, and this is float64'])
  })
})

describe('fuse-gemm-activation', () => {
  const gemm = (body: string): string => `main (float32[n, 3] x) => (float32 y)
<float32[2, 3] k = ${weight(6)}, float32[2] b = ${weight(2)}>
{
  c = Gemm <transA = 0, transB = 1, alpha = 1.0, beta = 1.0> (x, k, b)
  ${body}
}`
  it.each([
    'y = Relu (c)',
    'y = Sigmoid (c)',
    'y = Tanh (c)',
    'y = LeakyRelu <alpha = 0.1> (c)',
    'y = HardSigmoid <alpha = 0.3, beta = 0.4> (c)',
  ])('%s on wasm', async (body) => {
    const rows = [[input([1, 3])], [input([4, 3], 3)]]
    expect((await passed(gemm(body), [fuseGemmActivation], rows, { device: 'wasm' })).operators).toEqual(['FusedGemm'])
    const open = await passed(gemm(body), [fuseGemmActivation], rows)
    expect(open).toMatchObject({ changed: false, missed: ['FusedGemm has a kernel on wasm alone, and no device is given'] })
  })
})

describe('fuse-add-relu', () => {
  const residual = (body: string): string => conv(body, ',\n float32[n, 2, h, w] c, float32[n, 2, h, w] s, float32[n, 2, h, w] x')
  it.each([
    ['s = Add (c, x)\n  y = Relu (s)', ['FusedConv']],
    ['s = Add (x, c)\n  y = Clip (s, low, high)', ['FusedConv']],
    ['y = Add (x, c)', ['FusedConv']],
    ['s = Add (x, c)\n  r = Relu (s)\n  y = Mul (s, r)', ['FusedConv', 'Relu', 'Mul']],
  ])('%s', async (body, operators) => {
    expect((await passed(residual(body), [fuseAddRelu], images, { device: 'wasm' })).operators).toEqual(operators)
    const open = await passed(residual(body), [fuseAddRelu], images)
    expect(open).toMatchObject({ changed: false, missed: ['FusedConv adds on wasm alone, and no device is given'] })
  })

  it('adds what another convolution gives', async () => {
    const text = conv(
      'd = Conv <kernel_shape = [1, 1]> (x, q)\n  s = Add (c, d)\n  y = Relu (s)',
      `,
 float32[2, 2, 1, 1] q = ${weight(4, 5)}, float32[n, 2, h, w] c, float32[n, 2, h, w] d, float32[n, 2, h, w] s`,
    )
    expect((await passed(text, [fuseAddRelu], images, { device: 'wasm' })).operators.toSorted()).toEqual(['Conv', 'FusedConv'])
  })

  it.each([
    ['s = Add (c, low)\n  y = Relu (s)', ', float32[n, 2, h, w] c', 'what is added is not known to have the shape of the convolution'],
    ['s = Add (c, x)\n  y = Relu (s)', '', 'the shapes of what is added are not known'],
    ['s = Add (c, x)\n  r = Relu (s)\n  y = Mul (r, c)', ', float32[n, 2, h, w] c', 'the result of the convolution is used elsewhere too'],
  ])('does not fuse %s', async (body, more, reason) => {
    expect(await passed(conv(body, more), [fuseAddRelu], images, { device: 'wasm' })).toMatchObject({ changed: false, missed: [reason] })
  })
})

describe('gates', () => {
  const gate = (body: string, dtype = 'float32'): string => `main (${dtype}[n, 3] x) => (${dtype} y) {\n  ${body}\n}`
  const rows = [[input([1, 3])], [input([4, 3], 3)]]
  const HARD = 'h = HardSigmoid <alpha = 0.16666667, beta = 0.5> (x)'

  it('HardSwish', async () => {
    expect((await passed(gate(`${HARD}\n  y = Mul (x, h)`), [fuseHardSwish], rows)).operators).toEqual(['HardSwish'])
    expect((await passed(gate(`${HARD}\n  y = Mul (h, x)`), [fuseHardSwish], rows)).operators).toEqual(['HardSwish'])
  })
  it.each([
    [`${HARD}\n  m = Mul (h, x)\n  y = Add (m, h)`, ['the hardsigmoid is used elsewhere too']],
    ['h = HardSigmoid <alpha = 0.2, beta = 0.5> (x)\n  y = Mul (h, x)', []],
    [`${HARD}\n  n = Neg (x)\n  y = Mul (h, n)`, []],
  ])('no HardSwish: %s', async (body, missed) => {
    expect(await passed(gate(body), [fuseHardSwish], rows)).toMatchObject({ changed: false, missed })
  })

  it('SiLU', async () => {
    expect((await passed(gate('h = Sigmoid (x)\n  y = Mul (x, h)'), [fuseSilu], rows)).operators).toEqual(['QuickGelu'])
  })
  it.each([
    ['h = Sigmoid (x)\n  m = Mul (x, h)\n  y = Add (m, h)', 'float32', ['the sigmoid is used elsewhere too']],
    ['h = Sigmoid (x)\n  y = Mul (x, h)', 'float16', ['QuickGelu has a kernel for float32, and this is float16']],
    ['n = Neg (x)\n  h = Sigmoid (n)\n  y = Mul (x, h)', 'float32', []],
  ])('no SiLU: %s', async (body, dtype, missed) => {
    expect(await passed(gate(body, dtype), [fuseSilu], dtype === 'float32' ? rows : [])).toMatchObject({ changed: false, missed })
  })
})
