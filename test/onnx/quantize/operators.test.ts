// Each operator with weights, in each precision: what onnxruntime computes against fp32, and which nodes stand for it.

import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/ir/tensor.ts'
import { readElements, tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import { parseModel } from '../../../src/onnx/parse-model.ts'
import { nodesOf } from '../../../src/onnx/passes/values.ts'
import { encodeModel } from '../../../src/onnx/encode.ts'
import { quantizeModel, type QuantizeOptions } from '../../../src/onnx/quantize/quantize-model.ts'
import { fromRounded, toInt8 } from '../../../src/onnx/quantize/rounding.ts'
import { floatsOf, floatTensor } from '../../../src/onnx/quantize/stored-weight.ts'
import { input, runModel, weight } from '../passes/run-pass.ts'

const ids = (values: readonly number[]): Tensor => tensorFromElements('int64', [values.length], values.map(BigInt))

/** Every weight of the text is one of a module. */
function named(text: string): OnnxModel {
  const model = parseModel(text)
  for (const [name, { dtype }] of model.graph.initializers) if (dtype === 'float32') model.origins.set(name, `layer.${name}`)
  return model
}

interface Quantized {
  readonly model: OnnxModel
  readonly operators: readonly string[]
  /** Root mean square of the error, relative to that of the result. */
  readonly error: number
  readonly codes: readonly string[]
}

async function quantized(text: string, options: QuantizeOptions, ...feeds: readonly (readonly Tensor[])[]): Promise<Quantized> {
  const [before, after] = [named(text), named(text)]
  const codes = quantizeModel(after, options).map(({ code }) => code)
  let [squares, errors] = [0, 0]
  for (const given of feeds) {
    const [[old], [now]] = [await runModel(before, given), await runModel(after, given)]
    expect({ dtype: now!.dtype, sizes: now!.sizes }).toEqual({ dtype: old!.dtype, sizes: old!.sizes })
    const [a, b] = [readElements(old!) as number[], readElements(now!) as number[]]
    for (const [i, value] of a.entries()) {
      squares += value ** 2
      errors += (value - b[i]!) ** 2
    }
  }
  return { model: after, operators: [...nodesOf(after.graph)].map(({ opType }) => opType), error: Math.sqrt(errors / squares), codes }
}

const matmul = `main (float32[n, 64] x) => (float32[n, 96] y) <float32[64, 96] w = ${weight(64 * 96)}> { y = MatMul (x, w) }`
const gemm = `main (float32[n, 64] x) => (float32[n, 80] y) <float32[80, 64] w = ${weight(80 * 64)}, float32[80] b = ${weight(80, 3)}>
  { y = Gemm <alpha = 1.0, beta = 1.0, transA = 0, transB = 1> (x, w, b) }`
const conv = (group: number, channels: number): string =>
  `main (float32[n, ${channels}, h, k] x) => (float32[n, 16, h, k] y) <float32[16, ${channels / group}, 3, 3] w = ${weight((16 * channels * 9) / group)}>
  { y = Conv <dilations = [1, 1], group = ${group}, kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [1, 1]> (x, w) }`
const transposed = (group: number): string =>
  `main (float32[n, 16, h] x) => (float32[n, ${8 * group}, k] y) <float32[16, 8, 4] w = ${weight(16 * 8 * 4)}>
  { y = ConvTranspose <dilations = [1], group = ${group}, kernel_shape = [4], pads = [1, 1], strides = [2]> (x, w) }`
const gather = `main (int64[n] i) => (float32[n, 32] y) <float32[20, 32] w = ${weight(640)}> { y = Gather <axis = 0> (w, i) }`
const lstm = `main (float32[t, n, 16] x) => (float32[t, 1, n, 8] y) <float32[1, 32, 16] w = ${weight(512)}, float32[1, 32, 8] r = ${weight(256, 5)}>
  { y = LSTM <direction = "forward", hidden_size = 8, layout = 0> (x, w, r) }`
const left = `main (float32[64, n] x) => (float32[48, n] y) <float32[48, 64] w = ${weight(48 * 64)}> { y = MatMul (w, x) }`
const batch = `main (float32[2, n, 32] x) => (float32[2, n, 40] y) <float32[2, 32, 40] w = ${weight(2560)}> { y = MatMul (x, w) }`

const cases: readonly (readonly [name: string, text: string, feeds: readonly (readonly Tensor[])[]])[] = [
  ['MatMul', matmul, [[input([5, 64])], [input([1, 64], 9)]]],
  ['Gemm', gemm, [[input([3, 64])], [input([1, 64], 4)]]],
  ['MatMul of a weight on the left', left, [[input([64, 3])]]],
  ['MatMul in batches', batch, [[input([2, 7, 32])]]],
  ['Conv', conv(1, 8), [[input([2, 8, 5, 6])], [input([1, 8, 3, 3], 2)]]],
  ['Conv in groups', conv(4, 16), [[input([1, 16, 4, 4])]]],
  ['ConvTranspose', transposed(1), [[input([1, 16, 7])], [input([2, 16, 3])]]],
  ['ConvTranspose in groups', transposed(4), [[input([1, 16, 7])]]],
  ['Gather', gather, [[ids([3, 19, 0, 3])], [ids([7])]]],
  ['LSTM', lstm, [[input([4, 2, 16])], [input([1, 1, 16], 3)]]],
]

describe.each(cases)('%s', (_, text, feeds) => {
  it.each([
    ['fp16', 'wasm', 1e-3],
    ['int8', 'wasm', 0.02],
    ['int8', 'webgpu', 0.02],
    ['int4', 'wasm', 0.15],
    ['int4', 'webgpu', 0.15],
  ] as const)('%s on %s', async (precision, device, tolerance) => {
    const { error, model } = await quantized(text, { precision, device }, ...feeds)
    expect(error).toBeLessThan(tolerance)
    expect(error).toBeGreaterThan(0)
    const [small, whole] = [encodeModel(model).length, encodeModel(named(text)).length]
    expect(small).toBeLessThan(whole * (precision === 'fp16' ? 0.75 : precision === 'int8' ? 0.65 : 0.7))
  })
})

const GPU_LACKS = ['MatMulInteger', 'DynamicQuantizeLinear', 'QuantizeLinear', 'ConvInteger', 'QLinearConv']

describe('forms', () => {
  it('products run in integers on wasm; on WebGPU nothing does that it has no kernel for', async () => {
    expect((await quantized(matmul, { precision: 'int8' }, [input([2, 64])])).operators).toEqual([
      'DynamicQuantizeLinear',
      'MatMulInteger',
      'Cast',
      'Mul',
      'Mul',
    ])
    for (const [, text, [feeds]] of cases) {
      const { operators } = await quantized(text, { precision: 'int8', device: 'webgpu' }, feeds!)
      expect(operators.filter((one) => GPU_LACKS.includes(one))).toEqual([])
    }
    expect((await quantized(gemm, { precision: 'int4', device: 'webgpu' }, [input([2, 64])])).operators).toEqual([
      'Cast',
      'MatMulNBits',
      'Add',
    ])
  })

  it('a weight in int8 is, bit for bit, its rounded numbers in fp32', async () => {
    const model = named(conv(1, 8))
    quantizeModel(model, { precision: 'int8' })
    const expected = named(conv(1, 8))
    const tensor = expected.graph.initializers.get('w')!
    const view = { outer: 16, length: 72, inner: 1 }
    expected.graph.initializers.set('w', floatTensor(tensor.sizes, fromRounded(toInt8(floatsOf(tensor), view), view)))
    const x = [input([1, 8, 5, 5])]
    expect(readElements((await runModel(model, x))[0]!)).toEqual(readElements((await runModel(expected, x))[0]!))
  })

  it('an input that several products read is quantized once', async () => {
    const text = `main (float32[n, 64] x) => (float32[n, 64] y) <float32[64, 64] q = ${weight(4096)}, float32[64, 64] k = ${weight(4096, 2)}>
      { a = MatMul (x, q) b = MatMul (x, k) y = Add (a, b) }`
    const { operators, error } = await quantized(text, { precision: 'int8' }, [input([4, 64])])
    expect(operators.filter((one) => one === 'DynamicQuantizeLinear')).toHaveLength(1)
    expect(error).toBeLessThan(0.02)
  })

  it('a weight that two layers share is stored once', async () => {
    const text = `main (float32[n, 64] x) => (float32[n, 64] y) <float32[64, 64] w = ${weight(4096)}>
      { a = MatMul (x, w) b = Relu (a) y = MatMul (b, w) }`
    for (const precision of ['fp16', 'int8', 'int4'] as const) {
      const { model, error } = await quantized(text, { precision }, [input([4, 64])])
      expect(error).toBeLessThan(0.2)
      expect(encodeModel(model).length).toBeLessThan({ fp16: 4096 * 2 + 400, int8: 4096 + 1200, int4: 2048 + 1800 }[precision])
    }
  })

  const tied = (head: string, more = ''): string =>
    `main (int64[n] i) => (float32[n, 40] y) <float32[40, 32] w = ${weight(1280)}, float32[40] b = ${weight(40, 7)}> { a = Gather <axis = 0> (w, i) ${head} ${more} }`
  const heads = [
    't = Transpose <perm = [1, 0]> (w) y = MatMul (a, t)',
    'y = Gemm <alpha = 1.0, beta = 1.0, transA = 0, transB = 1> (a, w, b)',
    't = Transpose <perm = [1, 0]> (w) u = MatMul (a, t) v = Gemm <alpha = 1.0, beta = 1.0, transA = 0, transB = 1> (a, w, b) y = Add (u, v)',
  ]
  it.each(heads)('a table that is looked up and multiplied with is one table, in bytes for both: %s', async (head) => {
    const { model, error, operators } = await quantized(tied(head), { precision: 'int8' }, [ids([1, 39])], [ids([7])])
    expect(error).toBeLessThan(0.02)
    expect([...model.graph.initializers.values()].filter(({ dtype }) => dtype === 'int8')).toHaveLength(1)
    expect(operators).toContain('MatMulInteger')
    expect(operators).not.toContain('Gemm')
    expect(operators).not.toContain('MatMul')
  })

  it('a table that somebody else reads too is floats for all, stored once', async () => {
    const more = 'z = ReduceSum <keepdims = 1> (w) s = Add (y0, z)'
    const text = tied(heads[0]!.replace('y =', 'y0 ='), more).replaceAll(/\bs = Add/g, 'y = Add')
    for (const [precision, device] of [
      ['int8', 'wasm'],
      ['int4', 'wasm'],
      ['int8', 'webgpu'],
    ] as const) {
      const { model, error, operators } = await quantized(text, { precision, device }, [ids([1, 39])])
      expect(error).toBeLessThan(0.3)
      expect(operators).not.toContain('MatMulInteger')
      expect(
        [...model.graph.initializers.values()].filter(({ dtype, sizes }) => dtype !== 'float32' && sizes.some((n) => n > 256)),
      ).toHaveLength(precision === 'int4' ? 1 : 0)
      expect([...model.graph.initializers.values()].filter(({ dtype }) => dtype === 'int8').length).toBeLessThan(2)
    }
  })

  it('weights that bodies of If and Loop read from outside', async () => {
    const text = `main (float32[2, 64] x, bool[] c, int64[] n) => (float32[2, 64] y) <float32[64, 64] w = ${weight(4096)}, float32[64, 64] u = ${weight(4096, 2)}> {
      a = If <then_branch = t () => (float32[2, 64] r) { r = MatMul (x, w) }, else_branch = e () => (float32[2, 64] s) { s = MatMul (x, u) }> (c)
      y = Loop <body = b (int64[] i, bool[] k, float32[2, 64] v) => (bool[] l, float32[2, 64] z) { p = MatMul (v, w) z = Tanh (p) l = Identity (k) }> (n, c, a)
    }`
    const scalar = (n: number): Tensor => tensorFromElements('int64', [], [BigInt(n)])
    const flag = (value: boolean): Tensor => tensorFromElements('bool', [], [value])
    for (const precision of ['fp16', 'int8', 'int4'] as const) {
      // A false condition ends the loop before its first turn.
      const feeds = [
        [input([2, 64]), flag(true), scalar(1)],
        [input([2, 64], 3), flag(false), scalar(2)],
      ]
      const { error, operators } = await quantized(text, { precision }, ...feeds)
      expect(error).toBeLessThan(0.4)
      expect(error).toBeGreaterThan(0)
      expect(operators).toContain(precision === 'int8' ? 'MatMulInteger' : 'Cast')
    }
  })

  it('constants that are no weights of the module stay', async () => {
    const model = parseModel(matmul)
    quantizeModel(model, { precision: 'int8' })
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['MatMul'])
    expect(model.graph.initializers.get('w')!.dtype).toBe('float32')
  })

  it('overrides by path: the longest wins', () => {
    const text = `main (float32[n, 64] x) => (float32[n, 64] y) <float32[64, 64] a = ${weight(4096)}, float32[64, 64] b = ${weight(4096, 2)}, float32[64, 64] c = ${weight(4096, 3)}>
      { p = MatMul (x, a) q = MatMul (p, b) y = MatMul (q, c) }`
    const model = parseModel(text)
    for (const [name, path] of [
      ['a', 'encoder.0.weight'],
      ['b', 'encoder.1.weight'],
      ['c', 'head.weight'],
    ] as const)
      model.origins.set(name, path)
    quantizeModel(model, { precision: { default: 'fp16', encoder: 'int8', 'encoder.1': 'fp32' } })
    expect(
      [...model.graph.initializers.values()]
        .filter(({ sizes }) => sizes.length === 2)
        .map(({ dtype }) => dtype)
        .sort(),
    ).toEqual(['float16', 'float32', 'int8'])
    expect(() => quantizeModel(parseModelWith(text), { precision: { 'encodr.0': 'int8' } })).toThrow(
      /PT4010[\s\S]*did you mean "encoder\.0"/,
    )
  })

  it('halves that would overflow stay fp32, with a notice; what is not finite stays', async () => {
    const text = `main (float32[n, 16] x) => (float32[n, 16] y) <float32[16, 16] w = {70000, ${weight(255).slice(1)}> { y = MatMul (x, w) }`
    const model = named(text)
    expect(quantizeModel(model, { precision: 'fp16' })).toMatchObject([{ code: 'PT4011', message: expect.stringContaining("'layer.w'") }])
    expect(model.graph.initializers.get('w')!.dtype).toBe('float32')
    const infinite = named(text.replace('70000', 'inf'))
    expect(quantizeModel(infinite, { precision: 'int8' })).toMatchObject([
      { code: 'PT4014', message: expect.stringContaining("'layer.w'") },
    ])
    expect(infinite.graph.initializers.get('w')!.dtype).toBe('float32')
    // A mask that no layer sums over is no trouble.
    const mask = named(
      `main (float32[16, 16] x) => (float32[16, 16] y) <float32[16, 16] m = {-inf, ${weight(255).slice(1)}> { y = Add (x, m) }`,
    )
    expect(quantizeModel(mask, { precision: 'int8' })).toEqual([])
    // Halves have infinities.
    const halves = named(text.replace('70000', '-inf'))
    expect(quantizeModel(halves, { precision: 'fp16' })).toEqual([])
    const [stored] = [...halves.graph.initializers.values()]
    expect([stored!.dtype, readElements(stored!)[0]]).toEqual(['float16', -Infinity])
    // Integers have no such border.
    expect((await quantized(text, { precision: 'int4' }, [input([2, 16])])).error).toBeLessThan(0.1)
  })

  it('vectors stay fp32 beside integers', () => {
    const text = `main (float32[n, 512] x) => (float32[n, 512] y) <float32[512] b = ${weight(512)}> { y = Add (x, b) }`
    for (const [precision, dtype] of [
      ['int8', 'float32'],
      ['int4', 'float32'],
      ['fp16', 'float16'],
    ] as const) {
      const model = named(text)
      quantizeModel(model, { precision })
      expect([...model.graph.initializers.values()].map((tensor) => tensor.dtype)).toEqual([dtype])
    }
  })
})

function parseModelWith(text: string): OnnxModel {
  const model = parseModel(text)
  for (const [name, path] of [
    ['a', 'encoder.0.weight'],
    ['b', 'encoder.1.weight'],
    ['c', 'head.weight'],
  ] as const)
    model.origins.set(name, path)
  return model
}
