// One value → one dense tensor of the wanted data type: tensors, typed arrays, nested arrays, numbers. Names and symbols are not its business.

import { isTensorLike, mismatch, show, showSpec } from './show.ts'
import type { TensorSpec } from './signature.ts'
import { arrayOf, count, dataTypeOf, rawHalf } from './tensor.ts'
import type { DataType, TypedArray } from './tensor-types.ts'

/** A tensor on its way into the graph; nobody else holds its data. */
export interface Raw {
  readonly type: DataType
  readonly data: TypedArray
  readonly dims: readonly number[]
}

/** A tensor whose elements are elsewhere: it says itself what goes into the graph. */
export interface Held {
  raw(spec: TensorSpec, at: string): Raw
}

export const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value)

/**
 * The tensor that `value` stands for. `spec.dims` helps where the value has no shape of its own; `extents` tells symbols already bound.
 * @throws TorchInputError: PT5104 kind, PT5105 dtype, PT5106 shape, PT5107 unknown shape, PT5108 element out of range
 */
export function readTensor(value: unknown, spec: TensorSpec, at: string, extents?: ReadonlyMap<string, number>): Raw {
  const type = spec.dtype as DataType
  const like = isTensorLike(value)
  if (like && value.raw) return value.raw(spec, at)
  const data = like ? value.data : value
  const found = dataTypeOf(data)
  if (like || found !== undefined) {
    const same = found === type || (found === 'uint8' && type === 'bool') || (found === 'uint16' && type === 'float16')
    if (!same || (like && (value.type ?? type) !== type)) mismatch('PT5105', at, spec, value)
    const size = (data as TypedArray).length
    const dims = like ? [...value.dims] : inferDims(value, size, spec, at, extents)
    if (count(dims) !== size || !dims.every((dim) => dim >= 0 && dim % 1 === 0))
      mismatch('PT5106', at, spec, like ? `${size} elements for ${show(value)}` : value)
    return { type, data: arrayOf(type, data as TypedArray), dims }
  }
  const dims: number[] = []
  for (let row = value; isList(row); row = row[0]) if (dims.push(row.length) > 64) mismatch('PT5106', at, spec, 'rank > 64')
  const flat: unknown[] = []
  const flatten = (row: unknown, depth: number): void => {
    if (depth === dims.length) flat.push(row)
    else if (isList(row) && row.length === dims[depth]) for (let i = 0; i < row.length; i++) flatten(row[i], depth + 1)
    else mismatch('PT5106', at, `${dims[depth]} elements in dim ${depth}`, row)
  }
  flatten(value, 0)
  return scalars(type, flat, dims, at, spec)
}

/** A tensor of single values, each checked to fit `type`: booleans for bool, numbers and bigints for the others. */
export function scalars(
  dtype: string,
  values: ArrayLike<unknown>,
  dims: readonly number[],
  at: string,
  expected: TensorSpec | string = dtype,
): Raw {
  const type = dtype as DataType
  const data = arrayOf(type, values.length) as { [index: number]: unknown } & TypedArray
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number | bigint
    if (!(type === 'bool' ? /bool/ : /number|bigint/).test(typeof value) || (rawHalf && type === 'float16'))
      mismatch('PT5104', at, expected, value)
    const wide = /int64/.test(type)
    data[i] = wide ? (typeof value === 'bigint' || value % 1 === 0 ? BigInt(value) : 0n) : Number(value)
    // Loose: a bigint equals the number of its value, and 1 equals true.
    // oxlint-disable-next-line eqeqeq
    if (!type.startsWith('float') && data[i] != value) mismatch('PT5108', at, type, value)
  }
  return { type, data, dims }
}

/** Dims of `size` elements, where at most one extent is open. */
function inferDims(value: unknown, size: number, spec: TensorSpec, at: string, extents?: ReadonlyMap<string, number>): number[] {
  const dims = (spec.dims ?? [null, null]).map((dim) => extents?.get(dim as string) ?? dim)
  const known = dims.filter((dim) => typeof dim === 'number')
  if (dims.length - known.length > 1) mismatch('PT5107', at, `${showSpec(spec)} as { data, dims }`, value)
  return dims.map((dim) => (typeof dim === 'number' ? dim : size / (count(known) || 1)))
}
