// Static quantization of whole layers: where the pairs go, and what onnxruntime then computes.

import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/ir/tensor.ts'
import { readElements } from '../../../src/ir/tensor-elements.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import { parseModel } from '../../../src/onnx/parse-model.ts'
import { planStatic, quantizeModel } from '../../../src/onnx/quantize/quantize-model.ts'
import { observed } from '../../../src/onnx/quantize/static-ranges.ts'
import { input, runModel, weight } from '../passes/run-pass.ts'

function named(text: string): OnnxModel {
  const model = parseModel(text)
  for (const [name, { dtype }] of model.graph.initializers) if (dtype === 'float32') model.origins.set(name, `net.${name}`)
  return model
}

/** Calibrated on the first input, compared on all of them. */
async function quantized(text: string, feeds: readonly Tensor[]): Promise<{ operators: string[]; error: number }> {
  const [before, after] = [named(text), named(text)]
  const options = { precision: 'int8-static' } as const
  const plan = planStatic(after, options)!
  const seen = observed(after, plan.measured)
  const values = new Map<string, Tensor>([[seen.graph.inputs[0]!.name, feeds[0]!]])
  for (const [i, tensor] of (await runModel(seen, [feeds[0]!])).entries()) values.set(seen.graph.outputs[i]!.name, tensor)
  const ranges = new Map(
    [...plan.measured].map((name) => {
      const elements = readElements(values.get(name)!) as number[]
      return [name, [Math.min(...elements), Math.max(...elements)] as const]
    }),
  )
  quantizeModel(after, { ...options, static: { plan, ranges } })
  let [squares, errors] = [0, 0]
  for (const given of feeds) {
    const [[old], [now]] = [await runModel(before, [given]), await runModel(after, [given])]
    expect(now!.sizes).toEqual(old!.sizes)
    const b = readElements(now!) as number[]
    for (const [i, value] of (readElements(old!) as number[]).entries()) {
      squares += value ** 2
      errors += (value - b[i]!) ** 2
    }
  }
  return { operators: after.graph.nodes.map(({ opType }) => opType), error: Math.sqrt(errors / squares) }
}

const attributes = (group = 1): string =>
  `<dilations = [1, 1], group = ${group}, kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [1, 1]>`
const w = (name: string, out: number, into: number, seed: number): string =>
  `float32[${out}, ${into}, 3, 3] ${name} = ${weight(out * into * 9, seed)}`

describe('static quantization', () => {
  it('a residual block in bytes from end to end', async () => {
    const text = `main (float32[n, 8, 6, 6] x) => (float32[n, 8, 6, 6] y)
      <${w('a', 8, 8, 1)}, float32[8] p = ${weight(8, 5)}, ${w('b', 8, 8, 2)}, float32[8] q = ${weight(8, 6)}> {
        c = Conv ${attributes()} (x, a, p) d = Relu (c) e = Conv ${attributes()} (d, b, q) f = Add (e, x) y = Relu (f)
      }`
    const { operators, error } = await quantized(text, [input([2, 8, 6, 6]), input([1, 8, 6, 6], 7)])
    expect(error).toBeLessThan(0.02)
    expect(error).toBeGreaterThan(0)
    // x, d, e and y: what is behind the clamp stands for what is before it.
    expect(operators.filter((one) => one === 'QuantizeLinear')).toHaveLength(4)
    const at = operators.indexOf('Conv')
    expect(operators.slice(at, at + 4)).toEqual(['Conv', 'Relu', 'QuantizeLinear', 'DequantizeLinear'])
  })

  it('fused convolutions are taken apart where they run in bytes', async () => {
    const text = `main (float32[n, 8, 6, 6] x) => (float32[n, 8, 6, 6] y) <${w('a', 8, 8, 1)}, float32[8] p = ${weight(8, 5)}> {
      y = com.microsoft.FusedConv <dilations = [1, 1], group = 1, kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [1, 1], activation = "Clip", activation_params = [0.0, 6.0]> (x, a, p, x)
    }`
    const { operators, error } = await quantized(text, [input([2, 8, 6, 6]), input([1, 8, 6, 6], 7)])
    expect(error).toBeLessThan(0.02)
    expect(operators.filter((one) => ['Conv', 'Add', 'Clip', 'FusedConv'].includes(one))).toEqual(['Conv', 'Add', 'Clip'])
  })

  it('pools and reshapes keep the bytes of their input; products take a measured scale', async () => {
    const text = `main (float32[n, 8, 6, 6] x) => (float32[n, 64] y)
      <${w('a', 8, 8, 1)}, float32[72, 64] m = ${weight(72 * 64, 3)}, float32[64, 64] k = ${weight(64 * 64, 4)}> {
        c = Conv ${attributes()} (x, a)
        d = MaxPool <ceil_mode = 0, dilations = [1, 1], kernel_shape = [2, 2], pads = [0, 0, 0, 0], strides = [2, 2]> (c)
        e = Flatten <axis = 1> (d) f = MatMul (e, m) g = Relu (f) y = MatMul (g, k)
      }`
    const { operators, error } = await quantized(text, [input([3, 8, 6, 6]), input([1, 8, 6, 6], 2)])
    expect(error).toBeLessThan(0.03)
    expect(operators).not.toContain('DynamicQuantizeLinear')
    expect(operators.filter((one) => one === 'MatMulInteger')).toHaveLength(2)
    expect(operators).not.toContain('MatMul')
  })

  it('convolutions in groups stay in floats, and nothing is for WebGPU', async () => {
    const text = `main (float32[n, 64, 6, 6] x) => (float32[n, 64, 6, 6] y) <${w('a', 64, 1, 1)}> { y = Conv ${attributes(64)} (x, a) }`
    expect(planStatic(named(text), { precision: 'int8-static' })).toBeUndefined()
    const dense = `main (float32[n, 8, 6, 6] x) => (float32[n, 8, 6, 6] y) <${w('a', 8, 8, 1)}> { y = Conv ${attributes()} (x, a) }`
    expect(planStatic(named(dense), { precision: 'int8-static', device: 'webgpu' })).toBeUndefined()
    expect(planStatic(named(dense), { precision: { default: 'int8-static', net: 'int8' } })).toBeUndefined()
    expect(planStatic(named(dense), { precision: 'int8-static' })!.activations.size).toBe(2)
  })

  it('channels of zeros, and a bias beyond them', async () => {
    const zeros = weight(8 * 8 * 9)
      .slice(1, -1)
      .split(',')
      .map((value, i) => (i < 72 ? ' 0' : value))
      .join()
    const text = `main (float32[n, 8, 6, 6] x) => (float32[n, 8, 6, 6] y)
      <float32[8, 8, 3, 3] a = {${zeros}}, float32[8] p = {0.5, 0, 1, -1, 2, 0.25, 0, -0.5}> { y = Conv ${attributes()} (x, a, p) }`
    const { error } = await quantized(text, [input([2, 8, 6, 6])])
    expect(error).toBeLessThan(0.02)
  })
})
