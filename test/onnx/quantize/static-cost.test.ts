// Which convolutions run in bytes: those whose sums are long enough to pay for turning floats into bytes and back, neighbours taken together.

import { describe, expect, it } from 'vitest'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import { parseModel } from '../../../src/onnx/parse-model.ts'
import { planStatic } from '../../../src/onnx/quantize/quantize-model.ts'
import { worthInBytes } from '../../../src/onnx/quantize/static-cost.ts'
import { weight } from '../passes/run-pass.ts'

const w = (name: string, out: number, into: number, taps = 1): string =>
  `float32[${out}, ${into}, ${taps}, ${taps}] ${name} = ${weight(out * into * taps * taps, 3)}`
const conv = (taps = 1): string =>
  `Conv <dilations = [1, 1], group = 1, kernel_shape = [${taps}, ${taps}], pads = [${(taps - 1) / 2}, ${(taps - 1) / 2}, ${(taps - 1) / 2}, ${(taps - 1) / 2}], strides = [1, 1]>`

function named(text: string): OnnxModel {
  const model = parseModel(text)
  for (const [name, { dtype }] of model.graph.initializers) if (dtype === 'float32') model.origins.set(name, `net.${name}`)
  return model
}

/** The weights chosen; `elements` of an activation, 1000 where left out. */
function chosen(text: string, elements: Readonly<Record<string, number>> = {}): string[] {
  const model = named(text)
  const { convolutions, measured } = planStatic(model, { precision: 'int8-static' })!
  const counts = new Map([...measured].map((name) => [name, elements[name] ?? 1000]))
  return [...worthInBytes(model, convolutions, counts)].sort()
}

describe('convolutions in bytes', () => {
  it('long sums, not short ones', () => {
    const single = (out: number, into: number, taps: number): string =>
      `main (float32[1, ${into}, 8, 8] x) => (float32[1, ${out}, 8, 8] y) <${w('a', out, into, taps)}> { y = ${conv(taps)} (x, a) }`
    expect(chosen(single(16, 16, 3))).toEqual(['a'])
    expect(chosen(single(16, 16, 1))).toEqual([])
    expect(chosen(single(64, 16, 1))).toEqual([])
    expect(chosen(single(16, 256, 1))).toEqual(['a'])
  })

  it('many floats in or out are what decides where sums are of one length', () => {
    const text = `main (float32[1, 144, 8, 8] x) => (float32[1, 16, 8, 8] y) <${w('a', 16, 144)}> { y = ${conv()} (x, a) }`
    expect(chosen(text, { x: 500, y: 1000 })).toEqual(['a'])
    expect(chosen(text, { x: 9000, y: 1000 })).toEqual([])
  })

  it('one that does not pay alone pays in a row of them', () => {
    const row = (count: number): string => {
      const names = Array.from({ length: count }, (_, i) => `w${i}`)
      const nodes = names.map((name, i) => `v${i + 1} = ${conv()} (v${i}, ${name})`).join(' ')
      return `main (float32[1, 96, 8, 8] v0) => (float32[1, 96, 8, 8] v${count}) <${names.map((name) => w(name, 96, 96)).join(', ')}> { ${nodes} }`
    }
    expect(chosen(row(1))).toEqual([])
    expect(chosen(row(3))).toEqual(['w0', 'w1', 'w2'])
  })

  it('a sum of two branches is in bytes only where both are', () => {
    const text = `main (float32[1, 64, 8, 8] x) => (float32[1, 64, 8, 8] y) <${w('a', 64, 64, 3)}, ${w('b', 64, 64, 3)}, ${w('c', 64, 64, 3)}> {
      p = ${conv(3)} (x, a) q = Relu (p) r = ${conv(3)} (q, b) s = Add (r, x) t = Relu (s) y = ${conv(3)} (t, c)
    }`
    expect(chosen(text)).toEqual(['a', 'b', 'c'])
  })

  it('what is left in floats stays fused', () => {
    const text = `main (float32[1, 16, 8, 8] x) => (float32[1, 64, 8, 8] y) <${w('a', 64, 16)}> {
      y = com.microsoft.FusedConv <dilations = [1, 1], group = 1, kernel_shape = [1, 1], pads = [0, 0, 0, 0], strides = [1, 1], activation = "Relu"> (x, a)
    }`
    expect(chosen(text)).toEqual([])
    const model = named(text)
    expect(planStatic(model, { precision: 'int8-static' }, new Set())).toBeUndefined()
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['FusedConv'])
  })
})
