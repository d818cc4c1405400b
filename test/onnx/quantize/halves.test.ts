// fp16 is a matter of storage: what would overflow in halves, norms of large activations, softmax of large logits, long sums, is computed in floats.
// The weights here are halves without rounding, so that the results must be those of fp32, bit for bit.

import { expect, it } from 'vitest'
import type { Tensor } from '../../../src/ir/tensor.ts'
import { readElements, tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import { parseModel } from '../../../src/onnx/parse-model.ts'
import { quantizeModel } from '../../../src/onnx/quantize/quantize-model.ts'
import { runModel } from '../passes/run-pass.ts'

/** Multiples of 1/16 from −4 to 4. */
const halves = (count: number, seed = 1): string =>
  `{${Array.from({ length: count }, (_, i) => (((i * 37 * seed + 11) % 129) - 64) / 16).join(', ')}}`
const floats = (dims: readonly number[], scale: number): Tensor =>
  tensorFromElements(
    'float32',
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => scale * Math.sin(i * 12.9898 + 1)),
  )

function named(text: string): OnnxModel {
  const model = parseModel(text)
  for (const [name, { dtype }] of model.graph.initializers) if (dtype === 'float32') model.origins.set(name, `layer.${name}`)
  return model
}

const linear = `float32[32, 32] w = ${halves(1024)}`
const cases: readonly (readonly [name: string, text: string, feed: Tensor])[] = [
  [
    'LayerNormalization of activations around a million',
    `main (float32[n, 32] x) => (float32[n, 32] y) <${linear}, float32[32] s = ${halves(32)}, float32[32] b = ${halves(32, 5)}> {
      a = MatMul (x, w) y = LayerNormalization <axis = -1, epsilon = 1e-05, stash_type = 1> (a, s, b) }`,
    floats([4, 32], 1e6),
  ],
  [
    'Softmax of logits around 100,000',
    `main (float32[n, 32] x) => (float32[n, 32] y) <${linear}> { a = MatMul (x, w) y = Softmax <axis = -1> (a) }`,
    floats([4, 32], 1e5),
  ],
  [
    'a sum of 100,000 elements',
    `main (float32[n, 100000] x) => (float32[n, 1] y) <float32[100000, 1] w = {${Array.from({ length: 100_000 }, () => 4).join(', ')}}> { y = MatMul (x, w) }`,
    // Whole numbers: no order of the sum rounds.
    tensorFromElements(
      'float32',
      [1, 100_000],
      Array.from({ length: 100_000 }, (_, i) => i % 20),
    ),
  ],
  [
    'squares, and their mean',
    `main (float32[n, 32] x) => (float32[n, 1] y) <${linear}, int64[1] axes = {1}> { a = MatMul (x, w) b = Mul (a, a) y = ReduceMean <keepdims = 1> (b, axes) }`,
    floats([4, 32], 3e3),
  ],
]

it.each(cases)('%s', async (_, text, feed) => {
  const [before, after] = [named(text), named(text)]
  expect(quantizeModel(after, { precision: 'fp16' })).toEqual([])
  expect([...after.graph.initializers.values()].some(({ dtype }) => dtype === 'float16')).toBe(true)
  const [[expected], [actual]] = [await runModel(before, [feed]), await runModel(after, [feed])]
  const values = readElements(expected!) as number[]
  expect(values.every(Number.isFinite)).toBe(true)
  expect(readElements(actual!)).toEqual(values)
})

it('the cases are beyond halves on the way', async () => {
  for (const [, text, feed] of cases) {
    const model = named(
      text
        .replace(/\ba = /, 'y = ')
        .replace(/(y = MatMul \(x, w\)).*\}$/s, '$1 }')
        .replace(/=> \(.*?\)/, '=> (float32[n, m] y)'),
    )
    const [product] = await runModel(model, [feed])
    const largest = Math.max(...(readElements(product!) as number[]).map(Math.abs))
    expect(text.includes('Mul (a, a)') ? largest ** 2 : largest).toBeGreaterThan(65504)
  }
})
