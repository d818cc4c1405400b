// Example values where the user gives none: the same on every machine and run, since a fixed seed and plain arithmetic make them.
// Extents that the layers of the model imply are those; other unknown ones are 2, and behind the second axis 64 (pictures and signals must
// survive strides); an unknown rank is what the uses of the input tell, else 2. Floats are near a standard normal, integers 0 or 1 (any table
// has two rows), bools either.

import type { Dims } from '../ir/dim.ts'
import { isComplex, isFloatingPoint, type ScalarType } from '../ir/scalar-type.ts'
import { numel, type Tensor } from '../ir/tensor.ts'
import { tensorFromElements, type Element } from '../ir/tensor-elements.ts'

const SMALL = 2
const LARGE = 64
// A generated example only decides branches: what a rank of huge declared extents would need is not worth its time.
const MAX_ELEMENTS = 2 ** 26

/** Extents for `dims`, by symbol where they are `implied`; equal symbols are equal extents. Undefined when the tensor would be too big. */
export function generatedSizes(dims: NonNullable<Dims>, implied: ReadonlyMap<string, number> = new Map()): number[] | undefined {
  const extents = new Map(implied)
  const sizes = dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim
    const extent = axis < 2 ? SMALL : LARGE
    if (dim === null) return extent
    if (!extents.has(dim)) extents.set(dim, extent)
    return extents.get(dim)!
  })
  return numel(sizes) <= MAX_ELEMENTS ? sizes : undefined
}

/** Uniform in [0, 1): a linear congruential generator with a final mix, 32 bits. */
function uniform(seed: number): () => number {
  let state = (seed * 0x9e3779b1 + 0x2545f491) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    let x = state
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b)
    x = Math.imul(x ^ (x >>> 13), 0x45d9f3b)
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32
  }
}

/** Elements for a tensor of `dtype`; another `seed` gives other ones. */
export function generatedTensor(dtype: ScalarType, sizes: readonly number[], seed: number): Tensor {
  const next = uniform(seed)
  const element = (): Element => {
    if (dtype === 'bool') return next() < 0.5
    if (!isFloatingPoint(dtype) && !isComplex(dtype)) return next() < 0.5 ? 0n : 1n
    // A sum of uniforms: exact arithmetic on every engine, unlike logarithms and cosines.
    let sum = 0
    for (let i = 0; i < 12; i++) sum += next()
    return sum - 6
  }
  return tensorFromElements(dtype, sizes, Array.from({ length: numel(sizes) }, element))
}
