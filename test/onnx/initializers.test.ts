// One initializer per content of a few elements: what rows of lowering write again and again. Weights are for share-initializers.ts.

import { expect, test } from 'vitest'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { OnnxBuilder } from '../../src/onnx/builder.ts'

const few = (change?: number) =>
  tensorFromElements(
    'float32',
    [8, 5],
    Array.from({ length: 40 }, (_, i) => (i === change ? -1 : i / 40)),
  )

test('equal constants are written once', () => {
  const b = OnnxBuilder.create(18)
  const first = b.constant(few())
  expect(b.constant(few())).toBe(first)
  expect(b.initializers.size).toBe(1)
})

test('a single element, another shape or another dtype makes another', () => {
  const b = OnnxBuilder.create(18)
  b.constant(few())
  for (let change = 0; change < 40; change += 7) b.constant(few(change))
  expect(b.initializers.size).toBe(1 + 6)
  b.constant({ ...few(), sizes: [5, 8], strides: [8, 1] })
  b.constant({ ...few(), dtype: 'int32' })
  expect(b.initializers.size).toBe(1 + 6 + 2)
})

test('a tensor is written once, whatever its size', () => {
  const b = OnnxBuilder.create(18)
  const weight = tensorFromElements('float32', [100], Array.from({ length: 100 }, Number))
  expect(b.constant(weight)).toBe(b.constant(weight))
  b.constant({ ...weight })
  expect(b.initializers.size).toBe(2)
})
