// Values as make.py writes them ↔ values of host programs.

import type { HostTensor } from '../../../src/runtime/host/tensor.ts'

export type Coded =
  | null
  | boolean
  | string
  | { readonly int: string }
  | { readonly float: string }
  | { readonly list: readonly Coded[] }
  | { readonly tuple: readonly Coded[] }
  | { readonly dict: readonly (readonly [Coded, Coded])[] }
  | { readonly tensor: string; readonly dims: readonly number[]; readonly data: readonly string[] }

const numberOf = (text: string): number =>
  text === 'inf' ? Infinity : text === '-inf' ? -Infinity : text === 'True' ? 1 : text === 'False' ? 0 : Number(text)

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const

function tensorOf(type: string, dims: readonly number[], data: readonly string[]): HostTensor {
  const Made = arrays[type as keyof typeof arrays]
  return { type, dims, data: type === 'int64' ? BigInt64Array.from(data, BigInt) : (Made as typeof Float32Array).from(data, numberOf) }
}

export function decode(coded: Coded): unknown {
  if (coded === null || typeof coded !== 'object') return coded
  if ('int' in coded) return BigInt(coded.int)
  if ('float' in coded) return numberOf(coded.float)
  if ('list' in coded) return coded.list.map(decode)
  if ('tuple' in coded) return coded.tuple.map(decode)
  if ('dict' in coded) return new Map(coded.dict.map(([key, value]) => [decode(key), decode(value)]))
  return tensorOf(coded.tensor, coded.dims, coded.data)
}

const isTensor = (value: unknown): value is HostTensor => typeof value === 'object' && value !== null && 'dims' in value

// Functions of the C library and of JavaScript engines differ in the last digit.
const NEAR = 4e-14

/** A value with floats cut to the digits that must agree, for `toEqual`. */
export function comparable(value: unknown, like: unknown): unknown {
  if (typeof value === 'number' && typeof like === 'number') return Math.abs(value - like) <= NEAR * Math.abs(like) ? like : value
  if (isTensor(value) && isTensor(like)) {
    const data =
      value.type === 'float64' ? Float64Array.from(value.data, (item, i) => comparable(item, like.data[i]) as number) : value.data
    return { type: value.type, dims: value.dims, data }
  }
  if (Array.isArray(value) && Array.isArray(like)) return value.map((item, i) => comparable(item, like[i]))
  return value
}
