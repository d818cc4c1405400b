// The bytes behind a tensor's lazy negation. That of floats and complex numbers is held by test/archive against torch.

import { expect, it } from 'vitest'
import { readElements, tensorFromElements } from '../../src/ir/tensor-elements.ts'

it('a negated int tensor is negated in two’s complement, and its storage left alone', () => {
  for (const dtype of ['int8', 'int16', 'int64'] as const) {
    const tensor = tensorFromElements(dtype, [4], [0n, 1n, -128n + 1n, 127n])
    expect(readElements({ ...tensor, neg: true })).toEqual([0n, -1n, 127n, -127n])
    expect(readElements(tensor)).toEqual([0n, 1n, -127n, 127n])
  }
  expect(readElements({ ...tensorFromElements('int16', [2], [256n, -32768n]), neg: true })).toEqual([-256n, -32768n])
})
