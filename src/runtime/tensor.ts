// Tensors as the page sees them, and a way to make one without onnxruntime. No arithmetic.
// Data types and the array that carries each are those of onnxruntime-common's Tensor.

import type { DataType, DataTypeMap, Tensor, TypedArray } from './tensor-types.ts'

type Arrays = Readonly<Record<string, { new (from: number | TypedArray): TypedArray }>>
const half = (globalThis as unknown as { Float16Array?: Uint16ArrayConstructor }).Float16Array

/** True where float16 can only be held as raw bits: browsers before 2025, Node before 24. */
export const rawHalf = !half

/** `BigInt64Array` → `int64`. */
const typeOfName = (name: string): string => name.toLowerCase().replace(/big|clamped|array/g, '')

const numeric = [
  Float32Array,
  Float64Array,
  Int8Array,
  Int16Array,
  Int32Array,
  BigInt64Array,
  Uint8Array,
  Uint16Array,
  Uint32Array,
  BigUint64Array,
]
const arrays = {
  ...Object.fromEntries(numeric.map((array) => [typeOfName(array.name), array])),
  bool: Uint8Array,
  float16: half ?? Uint16Array,
} as unknown as Arrays

export function count(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1)
}

/** A typed array for `type` with `from` in it: so many zeros, or a copy that nobody else can reach. float16 may stay raw bits. */
export function arrayOf(type: DataType, from: number | TypedArray): TypedArray {
  const Made = typeof from !== 'number' && dataTypeOf(from) === 'uint16' ? Uint16Array : arrays[type]!
  return new Made(from)
}

/** The data type that a typed array stands for by itself; undefined for anything else. Works across realms. */
export function dataTypeOf(data: unknown): string | undefined {
  return ArrayBuffer.isView(data) ? typeOfName((data as TypedArray)[Symbol.toStringTag]) : undefined
}

/** A tensor without onnxruntime. `data` is taken as it is, not copied. */
export function tensor<T extends DataType, const D extends readonly number[]>(type: T, data: DataTypeMap[T], dims: D): Tensor<T, D> {
  return { type, data, dims, size: data.length }
}
