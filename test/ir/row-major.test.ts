// Copies of strided tensors, element by element against an odometer over the indices.

import { describe, expect, it } from 'vitest'
import { copyRowMajor } from '../../src/ir/row-major.ts'
import { contiguousStrides } from '../../src/ir/tensor.ts'

/** The bytes of each element in turn, by the definition of strides. */
function expected(bytes: Uint8Array, width: number, sizes: readonly number[], strides: readonly number[], offset: number): Uint8Array {
  const count = sizes.reduce((product, size) => product * size, 1)
  const steps = contiguousStrides(sizes)
  return Uint8Array.from({ length: count * width }, (_, at) => {
    const element = Math.floor(at / width)
    const from = sizes.reduce((sum, size, axis) => sum + (Math.floor(element / steps[axis]!) % size) * strides[axis]!, offset)
    return bytes[from * width + (at % width)]!
  })
}

const layouts: readonly (readonly [name: string, sizes: readonly number[], strides: readonly number[], offset: number])[] = [
  ['a transposition larger than a tile', [70, 45], [1, 70], 0],
  ['a transposition behind an offset', [3, 5], [1, 3], 7],
  ['channels last', [2, 3, 9, 8], [216, 1, 24, 3], 0],
  ['rows of a wider matrix', [6, 100], [130, 1], 5],
  ['short rows of a wider matrix', [6, 4], [9, 1], 5],
  ['every second column', [4, 6], [13, 2], 1],
  ['expanded rows', [4, 6], [0, 1], 2],
  ['an expanded column', [4, 6], [1, 0], 2],
  ['an expanded scalar', [4, 6], [0, 0], 3],
  ['axes of one', [1, 7, 1, 5], [99, 1, 3, 7], 0],
  ['five axes in any order', [3, 2, 4, 1, 5], [4, 60, 1, 1, 12], 0],
  ['overlapping windows', [7, 3], [1, 1], 0],
  ['no elements', [3, 0, 2], [1, 1, 1], 0],
]

describe.each([1, 2, 4, 8, 16])('elements of %i bytes', (width) => {
  it.each(layouts)('%s', (_, sizes, strides, offset) => {
    const elements = sizes.reduce((sum, size, axis) => sum + Math.max(0, size - 1) * strides[axis]!, offset) + 1
    // Wherever the storage begins in its buffer: archives of others align nothing.
    for (const misaligned of [0, 1, 4]) {
      const bytes = new Uint8Array(new ArrayBuffer(elements * width + misaligned), misaligned)
      for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 97 + (i >> 8)) & 0xff
      expect(copyRowMajor(bytes, width, sizes, strides, offset)).toEqual(expected(bytes, width, sizes, strides, offset))
    }
  })
})
