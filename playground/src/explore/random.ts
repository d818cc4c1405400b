// Numbers for inputs that nobody gave, the same for the same seed.

import { elementsOf, type DataType, type PlainTensor } from './plain-tensor.ts'

export type Filling = 'random' | 'ramp' | 'zeros' | 'ones'

/** Mulberry32: 32 bits of state, uniform in 0 … 1. */
function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Floats are standard normal when random and −1 … 1 as a ramp; integers are 0 … `below` − 1; bools are even. */
export function fill(type: DataType, dims: readonly number[], filling: Filling, seed: number, below: number): PlainTensor {
  const next = uniform(seed)
  const size = dims.reduce((product, dim) => product * dim, 1)
  const isFloat = type.startsWith('float')
  const numberAt = (i: number): number => {
    if (filling === 'zeros') return 0
    if (filling === 'ones') return 1
    if (type === 'bool') return filling === 'ramp' ? i % 2 : Math.round(next())
    if (!isFloat) return filling === 'ramp' ? i % below : Math.floor(next() * below)
    if (filling === 'ramp') return size === 1 ? 0 : (2 * i) / (size - 1) - 1
    return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  }
  return { type, dims, data: elementsOf(type, size, numberAt) }
}
