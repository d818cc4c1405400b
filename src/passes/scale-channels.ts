// Weights times a factor for each channel, and vectors of what is known at build time: what folds of affine layers compute with. In float64, rounded
// once to the dtype of the weight.

import { contiguousBytes, numel, tensorOf, type Tensor } from '../ir/tensor.ts'
import { readElements, tensorFromElements } from '../ir/tensor-elements.ts'

const FLOATS = new Set(['float32', 'float64', 'float16', 'bfloat16'])
const LARGEST = new Map([['float16', 65504]])

/** The elements of a tensor of floats. */
export function floatsOf(tensor: Tensor | undefined): ArrayLike<number> | undefined {
  if (tensor === undefined || !FLOATS.has(tensor.dtype)) return undefined
  if (tensor.dtype !== 'float32') return readElements(tensor) as number[]
  const bytes = contiguousBytes(tensor)
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4)
}

/** A tensor of floats; undefined when a number is too large for its dtype. */
export function floatTensor(dtype: Tensor['dtype'], sizes: readonly number[], values: ArrayLike<number>): Tensor | undefined {
  const limit = LARGEST.get(dtype)
  if (limit !== undefined && Array.from(values).some((value) => Math.abs(value) > limit)) return undefined
  if (dtype !== 'float32') return tensorFromElements(dtype, sizes, Array.from(values))
  const data = values instanceof Float32Array ? values : Float32Array.from(values)
  return tensorOf(dtype, sizes, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

/** How the channels of a layer lie in its weight: `weight[a, b, …]` belongs to the channel that this gives for a and b. */
export type ChannelOf = (a: number, b: number) => number

/** Every element times the factor of its channel; undefined when that is too large for the dtype. */
export function scaleChannels(weight: Tensor, channelOf: ChannelOf, scale: ArrayLike<number>): Tensor | undefined {
  const from = floatsOf(weight)
  if (from === undefined) return undefined
  const factors = factorsOf(weight, channelOf, scale)
  if (from instanceof Float32Array) return floatTensor(weight.dtype, weight.sizes, scaleRuns(from, factors))
  const inner = from.length / Math.max(1, factors.length)
  const scaled = Float64Array.from(from, (value, at) => value * factors[Math.floor(at / inner)]!)
  return floatTensor(weight.dtype, weight.sizes, scaled)
}

/** The factor of each run of elements that share the first two indices. */
function factorsOf({ sizes }: Tensor, channelOf: ChannelOf, scale: ArrayLike<number>): Float64Array {
  const [rows, columns] = [sizes[0]!, sizes[1] ?? 1]
  const factors = new Float64Array(rows * columns)
  for (let a = 0, at = 0; a < rows; a++) for (let b = 0; b < columns; b++) factors[at++] = scale[channelOf(a, b)]!
  return factors
}

/** Of one type of array, and so quick: weights have millions of elements. */
function scaleRuns(from: Float32Array, factors: Float64Array): Float32Array {
  const out = new Float32Array(from.length)
  const inner = from.length / Math.max(1, factors.length)
  for (let run = 0, at = 0; run < factors.length; run++) {
    const factor = factors[run]!
    for (const end = at + inner; at < end; at++) out[at] = from[at]! * factor
  }
  return out
}

/** Σ weight[a, b, …]·shift[channel of (a, b)] for each a. */
export function sumChannels(weight: Tensor, channelOf: ChannelOf, shift: ArrayLike<number>): number[] {
  const from = floatsOf(weight)!
  const [rows, columns] = [weight.sizes[0]!, weight.sizes[1] ?? 1]
  const inner = numel(weight.sizes.slice(2))
  const sums: number[] = []
  for (let a = 0, at = 0; a < rows; a++) {
    let sum = 0
    for (let b = 0; b < columns; b++) {
      const factor = shift[channelOf(a, b)]!
      for (const end = at + inner; at < end; at++) sum += from[at]! * factor
    }
    sums.push(sum)
  }
  return sums
}
