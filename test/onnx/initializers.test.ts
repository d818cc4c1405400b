// One initializer per content: the methods of a module fold the same layers into tensors of their own.

import { expect, test } from 'vitest'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { OnnxBuilder } from '../../src/onnx/builder.ts'

const weight = (change?: number) =>
  tensorFromElements(
    'float32',
    [40, 25],
    Array.from({ length: 1000 }, (_, i) => (i === change ? -1 : i / 1000)),
  )

test('equal weights are written once', () => {
  const b = OnnxBuilder.create(18)
  const first = b.constant(weight())
  expect(b.constant(weight())).toBe(first)
  expect(b.initializers.size).toBe(1)
})

test('a single element, another shape or another dtype makes another', () => {
  const b = OnnxBuilder.create(18)
  b.constant(weight())
  for (let change = 0; change < 1000; change += 7) b.constant(weight(change))
  expect(b.initializers.size).toBe(1 + 143)
  b.constant({ ...weight(), sizes: [25, 40], strides: [40, 1] })
  b.constant({ ...weight(), dtype: 'int32' })
  expect(b.initializers.size).toBe(1 + 143 + 2)
})
