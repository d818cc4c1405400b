// Tensors as the page sees them, and a way to make one without onnxruntime. No arithmetic.
// Data types and the array that carries each are those of onnxruntime-common's Tensor.

import type { DataType, DataTypeMap, Tensor, TypedArray } from './tensor-types.ts'

type MakeArray = new (from: number | TypedArray) => TypedArray
const globals = globalThis as unknown as Readonly<Record<string, MakeArray | undefined>>

/** True where float16 can only be held as raw bits: browsers before 2025, Node before 24. */
export const rawHalf = !globals['Float16Array']

export function count(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1)
}

/** A typed array for `type` with `from` in it: so many zeros, or a copy that nobody else can reach. float16 may stay raw bits. */
export function arrayOf(type: DataType, from: number | TypedArray): TypedArray {
  // int64 → BigInt64Array. bool has none of its own, float16 not everywhere.
  const name = `${/int64/.test(type) ? 'Big' : ''}${type[0]!.toUpperCase()}${type.slice(1)}Array`
  const Made = dataTypeOf(from) === 'uint16' ? Uint16Array : (globals[name] ?? (type === 'bool' ? Uint8Array : Uint16Array))
  return new (Made as MakeArray)(from)
}

/** The data type that a typed array stands for by itself; undefined for anything else. Works across realms. */
export function dataTypeOf(data: unknown): string | undefined {
  return ArrayBuffer.isView(data) ? (data as TypedArray)[Symbol.toStringTag].toLowerCase().replace(/big|clamped|array/g, '') : undefined
}

/** A tensor without onnxruntime. `data` is taken as it is, not copied. */
export function tensor<T extends DataType, const D extends readonly number[]>(type: T, data: DataTypeMap[T], dims: D): Tensor<T, D> {
  return { type, data, dims, size: data.length }
}
