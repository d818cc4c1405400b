// Words that several compositions share.

import type { Call, Given, Handle } from '../composition.ts'

/** `at::ScalarType` codes of the dtypes that programs name. */
export const DTYPE = { int32: 3n, int64: 4n, float16: 5n, float32: 6n, float64: 7n, bool: 11n } as const

/** 0, 1, … end − 1, int64. */
export const count = <V extends Handle>(end: Given<V>, call: Call<V>): V => call('aten::arange', end, DTYPE.int64)
/** An extent, as an int. */
export const size = <V extends Handle>(x: V, axis: number, call: Call<V>): V => call('aten::size.int', x, BigInt(axis))
/** Half types as float32, in which torch accumulates. */
export const accumulated = <V extends Handle>(x: V, call: Call<V>): V =>
  x.fact.dtype === 'float16' || x.fact.dtype === 'bfloat16' ? call('aten::to.dtype', x, DTYPE.float32) : x
export const unsqueezed = <V extends Handle>(x: V, axes: readonly number[], call: Call<V>): V =>
  axes.reduce((value, axis) => call('aten::unsqueeze', value, BigInt(axis)), x)
