// Biases that take back what rounding does to the mean of a layer: over the inputs that were measured, each channel has its fp32 mean again.

import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/ir/tensor.ts'
import { readElements, tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import { parseModel } from '../../../src/onnx/parse-model.ts'
import { ChannelMeans, correctableLayers, correctBiases } from '../../../src/onnx/quantize/bias-correction.ts'
import { quantizeModel, storedWeights } from '../../../src/onnx/quantize/quantize-model.ts'
import { input, runModel, weight } from '../passes/run-pass.ts'

function named(text: string): OnnxModel {
  const model = parseModel(text)
  for (const [name, { dtype }] of model.graph.initializers) if (dtype === 'float32') model.origins.set(name, `net.${name}`)
  return model
}

function meansOf(tensor: Tensor): number[] {
  const means = new ChannelMeans(1)
  means.observe(readElements(tensor) as number[], tensor.sizes)
  return [...means.means!]
}

/** Largest difference of a channel's mean from that in fp32: as it is rounded, and corrected. */
async function shifts(
  text: string,
  precision: 'int8' | 'int4',
  feed: Tensor,
): Promise<{ plain: number; corrected: number; layers: number }> {
  const [exact] = await runModel(named(text), [feed])
  const off = async (model: OnnxModel): Promise<number> => {
    quantizeModel(model, { precision, device: 'webgpu' })
    const [result] = await runModel(model, [feed])
    const expected = meansOf(exact!)
    return meansOf(result!).reduce((worst, mean, i) => Math.max(worst, Math.abs(mean - expected[i]!)), 0)
  }
  const model = named(text)
  const weights = new Map(model.graph.initializers)
  const layers = correctableLayers(model, new Set(['w'])).map((layer) => ({
    ...layer,
    means: Float64Array.from(meansOf(feed)),
    sizes: feed.sizes,
  }))
  const count = correctBiases(model, layers, (name) => weights.get(name)!, storedWeights(model, { precision }))
  return { plain: await off(named(text)), corrected: await off(model), layers: count }
}

/** All above zero, as behind a clamp. */
const positive = (sizes: readonly number[]): Tensor =>
  tensorFromElements(
    'float32',
    sizes,
    (readElements(input(sizes)) as number[]).map((value) => Math.abs(value) + 0.5),
  )

const conv = (group: number, bias: boolean, op = 'Conv'): string =>
  `main (float32[n, 32, h, k] x) => (float32[n, 32, h, k] y) <float32[32, ${32 / group}, 1, 1] w = ${weight(1024 / group)}, float32[32] b = ${weight(32, 4)}> {
    y = ${op} <dilations = [1, 1], group = ${group}, kernel_shape = [1, 1], pads = [0, 0, 0, 0], strides = [1, 1]> (x, w${bias ? ', b' : ''}) }`
const gemm = (turned: boolean, bias: boolean): string =>
  `main (float32[n, 32] x) => (float32[n, 24] y) <float32[${turned ? '24, 32' : '32, 24'}] w = ${weight(768)}, float32[24] b = ${weight(24, 4)}> {
    y = Gemm <alpha = 1.0, beta = 1.0, transA = 0, transB = ${turned ? 1 : 0}> (x, w${bias ? ', b' : ''}) }`

const cases: readonly (readonly [name: string, text: string, feed: Tensor])[] = [
  ['Conv', conv(1, true), positive([2, 32, 5, 4])],
  ['Conv without a bias', conv(1, false), positive([2, 32, 5, 4])],
  ['Conv in groups', conv(4, true), positive([2, 32, 5, 4])],
  ['FusedConv', conv(1, true, 'com.microsoft.FusedConv'), positive([1, 32, 5, 4])],
  ['Gemm', gemm(false, true), positive([6, 32])],
  ['Gemm, turned', gemm(true, true), positive([6, 32])],
  ['Gemm without a bias', gemm(true, false), positive([6, 32])],
]
const linear = (then: string, more = ''): string =>
  `main (float32[n, 32] x${more}) => (float32[n, 24] y) <float32[32, 24] w = ${weight(768)}, float32[24] b = ${weight(24, 4)}, float32[24] s = ${weight(24, 6)}> {
    p = MatMul (x, w) ${then} }`
/** The same number everywhere in a channel, so that the padding alone makes a difference. */
const flat = (sizes: readonly [number, number, number, number]): Tensor =>
  tensorFromElements(
    'float32',
    sizes,
    Array.from({ length: sizes.reduce((a, b) => a * b) }, (_, i) => 1 + (Math.floor(i / (sizes[2] * sizes[3])) % sizes[1]) / 7),
  )
const padded = (attributes: string): string =>
  `main (float32[n, 8, h, k] x) => (float32[n, 16, p, q] y) <float32[16, 8, 3, 2] w = ${weight(768)}, float32[16] b = ${weight(16, 4)}> {
    y = Conv <group = 1, kernel_shape = [3, 2], ${attributes}> (x, w, b) }`
const paddings: readonly (readonly [name: string, text: string, feed: Tensor])[] = [
  ['padding', padded('dilations = [1, 1], pads = [1, 0, 1, 1], strides = [1, 1]'), flat([2, 8, 5, 4])],
  ['strides and dilations', padded('dilations = [2, 3], pads = [2, 1, 3, 2], strides = [2, 3]'), flat([1, 8, 6, 7])],
  ['more padding than input', padded('dilations = [2, 1], pads = [4, 2, 4, 2], strides = [1, 1]'), flat([1, 8, 2, 1])],
]
const products: readonly (readonly [name: string, text: string])[] = [
  ['a product, and a vector', linear('y = Add (p, b)')],
  ['a vector, and a product', linear('y = Add (b, p)')],
]

describe.each([...cases, ...paddings, ...products.map(([name, text]) => [name, text, positive([6, 32])] as const)])(
  '%s',
  (_, text, feed) => {
    it.each(['int8', 'int4'] as const)('%s keeps the means of its channels', async (precision) => {
      const { plain, corrected, layers } = await shifts(text, precision, feed)
      expect(layers).toBe(1)
      expect(plain).toBeGreaterThan(precision === 'int8' ? 0.002 : 0.02)
      expect(corrected).toBeLessThan(2e-5)
    })
  },
)

describe('layers that have no place for it', () => {
  it.each([
    ['a bias that is computed', gemm(true, true).replace('y = Gemm', 'c = Neg (b) y = Gemm').replace('w, b', 'w, c')],
    ['a Gemm that scales', gemm(true, true).replace('alpha = 1.0', 'alpha = 0.5')],
    ['a product that two read', linear('q = Add (p, b) y = Add (p, q)')],
    ['a product and what is computed', linear('c = Neg (b) y = Add (p, c)')],
    ['a product', `main (float32[n, 32] x) => (float32[n, 24] y) <float32[32, 24] w = ${weight(768)}> { y = MatMul (x, w) }`],
  ])('%s', (_, text) => {
    expect(correctableLayers(named(text), new Set(['w', 'b']))).toEqual([])
  })

  it('operators with a bias of their own behind a product', () => {
    const places = (then: string): unknown => {
      const [layer] = correctableLayers(named(linear(then)), new Set(['w']))
      return layer === undefined ? undefined : [layer.bias.node.opType, layer.bias.input]
    }
    expect(places('y = com.microsoft.BiasGelu (p, b)')).toEqual(['BiasGelu', 1])
    expect(places('y = com.microsoft.Gelu (p)')).toBeUndefined()
    expect(places('y = com.microsoft.SkipLayerNormalization <epsilon = 1e-05> (p, x, s, s, b)')).toEqual(['SkipLayerNormalization', 4])
    expect(places('y = com.microsoft.SkipLayerNormalization <epsilon = 1e-05> (x, p, s, s, b)')).toEqual(['SkipLayerNormalization', 4])
  })

  it('means that are not finite, or of other channels, change nothing', () => {
    const means = new ChannelMeans(1)
    expect(means.means).toBeUndefined()
    means.observe([1, Infinity], [1, 2])
    expect(means.means).toBeUndefined()
    const model = named(gemm(true, true))
    const [layer] = correctableLayers(model, new Set(['w']))
    const weights = new Map(model.graph.initializers)
    const stored = storedWeights(model, { precision: 'int8' })
    expect(
      correctBiases(model, [{ ...layer!, means: new Float64Array(31).fill(1), sizes: [1, 31] }], (name) => weights.get(name)!, stored),
    ).toBe(0)
    expect(correctBiases(model, [{ ...layer!, means: new Float64Array(32), sizes: [1, 32] }], (name) => weights.get(name)!, stored)).toBe(0)
    expect(model.graph.nodes[0]!.inputs[2]).toBe('b')
  })
})
