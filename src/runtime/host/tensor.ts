// Reads of tensors: extents and elements of onnxruntime's Tensor, or of a plain object like it. Nothing is computed here.
// Answers to torch/csrc/jit/runtime/register_prim_ops.cpp, _local_scalar_dense and tensorToListRecursive.

import { fail } from './error.ts'
import { toInt, type Scalar } from './number.ts'

export interface HostTensor {
  readonly type: string
  readonly data: ArrayLike<number | bigint>
  readonly dims: readonly number[]
}

export function isTensor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'data' in value && 'dims' in value
}

// Numbers of dtypes: c10/core/ScalarType.h.
const codes: Readonly<Record<string, bigint>> = {
  uint8: 0n,
  int8: 1n,
  int16: 2n,
  int32: 3n,
  int64: 4n,
  float16: 5n,
  float32: 6n,
  float64: 7n,
  bool: 11n,
  uint16: 27n,
  uint32: 28n,
  uint64: 29n,
}
export function dtype({ type }: HostTensor): bigint {
  return codes[type]!
}
export function isFloat({ type }: HostTensor): boolean {
  return type.startsWith('float')
}
export function isSigned({ type }: HostTensor): boolean {
  return !type.startsWith('uint') && type !== 'bool'
}
/** Bytes of an element. */
export function itemSize({ type }: HostTensor): bigint {
  return type === 'bool' ? 1n : BigInt(/\d+$/.exec(type)![0]) / 8n
}
export function nbytes(tensor: HostTensor): bigint {
  return itemSize(tensor) * numel(tensor)
}

export function size({ dims }: HostTensor): bigint[] {
  return dims.map(BigInt)
}
export function sizeAt({ dims }: HostTensor, dim: bigint): bigint {
  const rank = BigInt(dims.length)
  if (rank === 0n) return fail(`Dimension specified as ${dim} but tensor has no dimensions`)
  if (dim < -rank || dim >= rank) fail(`Dimension out of range (expected to be in range of [${-rank}, ${rank - 1n}], but got ${dim})`)
  return BigInt(dims[Number(dim < 0n ? dim + rank : dim)]!)
}
export function numel({ dims }: HostTensor): bigint {
  return dims.reduce((product, dim) => product * BigInt(dim), 1n)
}
export function lengthOf(tensor: HostTensor): bigint {
  return tensor.dims.length === 0 ? fail('len() of a 0-d tensor') : BigInt(tensor.dims[0]!)
}
export function sameSize(a: HostTensor, b: HostTensor): boolean {
  return a.dims.length === b.dims.length && a.dims.every((dim, i) => dim === b.dims[i])
}

/** An element as Python has it: int, float or bool. */
export function element(tensor: HostTensor, index: number): Scalar {
  const value = tensor.data[index]!
  if (tensor.type === 'bool') return Boolean(value)
  if (!isFloat(tensor)) return BigInt(value)
  return tensor.type === 'float16' && tensor.data instanceof Uint16Array ? halfToNumber(Number(value)) : Number(value)
}
function halfToNumber(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  const size =
    exponent === 31 ? (fraction ? NaN : Infinity) : exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024)
  return bits & 0x8000 ? -size : size
}

/** `tensor.item()` */
export function item(tensor: HostTensor): Scalar {
  const count = numel(tensor)
  if (count !== 1n) fail(`a Tensor with ${count} elements cannot be converted to Scalar`)
  return element(tensor, 0)
}
/** `int(tensor)` */
export function itemInt(tensor: HostTensor): bigint {
  const value = item(tensor)
  return typeof value === 'number' ? toInt(value) : BigInt(value)
}
/** `float(tensor)` */
export function itemFloat(tensor: HostTensor): number {
  return Number(item(tensor))
}
/** `bool(tensor)` */
export function itemBool(tensor: HostTensor): boolean {
  const count = numel(tensor)
  if (count !== 1n) fail(`Boolean value of Tensor with ${count === 0n ? 'no values' : 'more than one value'} is ambiguous`)
  const value = element(tensor, 0)
  return typeof value === 'number' ? value !== 0 : Boolean(value)
}
/** A tensor where a number is asked for. */
export function implicitInt(tensor: HostTensor): bigint {
  if (tensor.dims.length > 0) fail('Cannot input a tensor of dimension other than 0 as a scalar argument')
  if (isFloat(tensor) || tensor.type === 'bool') fail(`Cannot input a tensor of type ${scalarName(tensor)} as an integral argument`)
  return itemInt(tensor)
}
export function implicitFloat(tensor: HostTensor): number {
  if (tensor.dims.length > 0) fail('Cannot input a tensor of dimension other than 0 as a scalar argument')
  return itemFloat(tensor)
}
export function implicitScalar(tensor: HostTensor): Scalar {
  if (tensor.dims.length > 0) fail('Cannot input a tensor of dimension other than 0 as a scalar argument')
  return item(tensor)
}

const names: Readonly<Record<string, string>> = {
  uint8: 'Byte',
  int8: 'Char',
  int16: 'Short',
  int32: 'Int',
  int64: 'Long',
  float16: 'Half',
  float32: 'Float',
  float64: 'Double',
  bool: 'Bool',
  uint16: 'UInt16',
  uint32: 'UInt32',
  uint64: 'UInt64',
}
/** As C++ prints a dtype. */
export function scalarName({ type }: HostTensor): string {
  return names[type] ?? type
}

const annotated = { int: 'Long', float: 'Float', bool: 'Bool' } as const
type Nested = Scalar | Nested[]
/** `tensor.tolist()`, annotated as lists `depth` deep of `kind`. */
export function toList(tensor: HostTensor, depth: number, kind: 'int' | 'float' | 'bool'): Nested {
  if (tensor.dims.length !== depth) fail(`Output annotation list dimension and runtime tensor dimension must match for tolist()`)
  const fits = kind === 'bool' ? tensor.type === 'bool' : kind === 'float' ? isFloat(tensor) : tensor.type === 'int64'
  if (!fits)
    fail(
      `Output annotation element type and runtime tensor element type must match for tolist(): ${annotated[kind]} vs ${scalarName(tensor)}`,
    )
  let at = 0
  const build = (axis: number): Nested =>
    axis === depth ? element(tensor, at++) : Array.from({ length: tensor.dims[axis]! }, () => build(axis + 1))
  return build(0)
}

/** Same extents and same elements. */
export function equalTensors(a: HostTensor, b: HostTensor): boolean {
  return sameSize(a, b) && Array.from({ length: a.data.length }, (_, i) => Number(element(a, i)) === Number(element(b, i))).every(Boolean)
}
