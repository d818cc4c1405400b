// The leaf format of all committed goldens, read back: JSON → IValue, and a comparison within torch.testing.assert_close's tolerances.
// Written by test/fixtures/leaf.py. Answers to torch/testing/_comparison.py for the tolerances.

import type { IValue } from '../../src/ir/ivalue.ts'
import { isScalarType, type ScalarType } from '../../src/ir/scalar-type.ts'
import { contiguousBytes, numel, tensorOf, type Tensor } from '../../src/ir/tensor.ts'

export type Leaf =
  | null
  | boolean
  | string
  | { readonly dtype: string; readonly shape: readonly number[]; readonly data: string }
  | { readonly int: string }
  | { readonly float: string }
  | { readonly complex: readonly [string, string] }
  | { readonly list: readonly Leaf[] }
  | { readonly tuple: readonly Leaf[]; readonly names?: readonly string[] }
  | { readonly enum: string; readonly of: string }
  | { readonly object: readonly (readonly [string, Leaf])[] }
  | { readonly dict: readonly (readonly [Leaf, Leaf])[] }

export interface Tolerance {
  readonly rtol: number
  readonly atol: number
}

const exact: Tolerance = { rtol: 0, atol: 0 }
const tolerances = new Map<ScalarType, Tolerance>([
  ['float16', { rtol: 1e-3, atol: 1e-5 }],
  ['bfloat16', { rtol: 1.6e-2, atol: 1e-5 }],
  ['float32', { rtol: 1.3e-6, atol: 1e-5 }],
  ['float64', { rtol: 1e-7, atol: 1e-7 }],
  ['complex32', { rtol: 1e-3, atol: 1e-5 }],
  ['complex64', { rtol: 1.3e-6, atol: 1e-5 }],
  ['complex128', { rtol: 1e-7, atol: 1e-7 }],
])

/** assert_close's default for a dtype; integers and bools compare exactly. */
export function defaultTolerance(dtype: ScalarType): Tolerance {
  return tolerances.get(dtype) ?? exact
}

/** Python's float text, with `inf`, `-inf` and `nan`. */
function float(text: string): number {
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : text === 'nan' ? NaN : Number(text)
}

/** A NamedTuple becomes a plain tuple, as in a pickle. */
export function decodeLeaf(leaf: Leaf): IValue {
  if (leaf === null || typeof leaf === 'boolean' || typeof leaf === 'string') return leaf
  if ('dtype' in leaf) {
    if (!isScalarType(leaf.dtype)) throw new Error(`no dtype ${leaf.dtype}`)
    // A copy, so that the bytes are aligned for typed arrays.
    return tensorOf(leaf.dtype, leaf.shape, Uint8Array.from(Buffer.from(leaf.data, 'base64')))
  }
  if ('int' in leaf) return BigInt(leaf.int)
  if ('float' in leaf) return float(leaf.float)
  if ('complex' in leaf) return { kind: 'complex', re: float(leaf.complex[0]), im: float(leaf.complex[1]) }
  if ('list' in leaf) return { kind: 'list', items: leaf.list.map(decodeLeaf) }
  if ('tuple' in leaf) return { kind: 'tuple', items: leaf.tuple.map(decodeLeaf) }
  // As a page has them: the name of a member, the fields of an object.
  if ('enum' in leaf) return leaf.enum
  if ('object' in leaf) return { kind: 'dict', entries: leaf.object.map(([name, value]) => [name, decodeLeaf(value)] as const) }
  return { kind: 'dict', entries: leaf.dict.map(([key, value]) => [decodeLeaf(key), decodeLeaf(value)] as const) }
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024)
}

function bfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, bits << 16)
  return view.getFloat32(0)
}

type Read = (view: DataView, offset: number) => number | bigint
const readers = new Map<ScalarType, readonly [bytes: number, read: Read]>([
  ['bool', [1, (v, o) => v.getUint8(o)]],
  ['uint8', [1, (v, o) => v.getUint8(o)]],
  ['int8', [1, (v, o) => v.getInt8(o)]],
  ['int16', [2, (v, o) => v.getInt16(o, true)]],
  ['uint16', [2, (v, o) => v.getUint16(o, true)]],
  ['int32', [4, (v, o) => v.getInt32(o, true)]],
  ['uint32', [4, (v, o) => v.getUint32(o, true)]],
  ['int64', [8, (v, o) => v.getBigInt64(o, true)]],
  ['uint64', [8, (v, o) => v.getBigUint64(o, true)]],
  ['float16', [2, (v, o) => half(v.getUint16(o, true))]],
  ['bfloat16', [2, (v, o) => bfloat16(v.getUint16(o, true))]],
  ['float32', [4, (v, o) => v.getFloat32(o, true)]],
  ['float64', [8, (v, o) => v.getFloat64(o, true)]],
])
const realOf = new Map<ScalarType, ScalarType>([
  ['complex32', 'float16'],
  ['complex64', 'float32'],
  ['complex128', 'float64'],
])

/** The elements in row-major order; int64 and uint64 as bigint, bool as 0 and 1, complex as re, im pairs. */
export function tensorElements(tensor: Tensor): (number | bigint)[] {
  const entry = readers.get(realOf.get(tensor.dtype) ?? tensor.dtype)
  if (!entry) throw new Error(`elements of ${tensor.dtype} cannot be read`)
  const [width, read] = entry
  const bytes = contiguousBytes(tensor)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.byteLength / width }, (_, index) => read(view, index * width))
}

function close(actual: number | bigint, expected: number | bigint, { rtol, atol }: Tolerance): boolean {
  if (actual === expected) return true
  if (typeof actual === 'bigint' && typeof expected === 'bigint') {
    const distance = Number(actual > expected ? actual - expected : expected - actual)
    return distance <= atol + rtol * Math.abs(Number(expected))
  }
  const [a, e] = [Number(actual), Number(expected)]
  if (Number.isNaN(a) || Number.isNaN(e)) return Number.isNaN(a) && Number.isNaN(e)
  return Number.isFinite(a) && Number.isFinite(e) && Math.abs(a - e) <= atol + rtol * Math.abs(e)
}

function compareTensors(actual: Tensor, expected: Tensor, tolerance: Tolerance, at: string): string | undefined {
  if (actual.dtype !== expected.dtype) return `${at}: dtype ${actual.dtype}, expected ${expected.dtype}`
  if (actual.sizes.join() !== expected.sizes.join())
    return `${at}: shape [${actual.sizes.join(', ')}], expected [${expected.sizes.join(', ')}]`
  const [a, e] = [tensorElements(actual), tensorElements(expected)]
  const wrong = a.flatMap((value, index) => (close(value, e[index]!, tolerance) ? [] : [index]))
  if (wrong.length === 0) return undefined
  const first = wrong[0]!
  return `${at}: ${wrong.length} of ${numel(expected.sizes)} elements differ, first at ${first}: ${a[first]}, expected ${e[first]}`
}

function kindOf(value: IValue): string {
  if (value === null) return 'None'
  if (typeof value === 'object') return value.kind
  return typeof value === 'bigint' ? 'int' : typeof value === 'number' ? 'float' : typeof value === 'boolean' ? 'bool' : 'str'
}

/**
 * What is wrong with `actual`, or undefined when nothing is. Kinds, dtypes, shapes and dict order must agree exactly; NaN equals NaN.
 * Without a tolerance each dtype gets assert_close's own, and a Python float that of float64.
 */
export function compareLeaf(actual: IValue, expected: IValue, tolerance?: Tolerance, at = 'value'): string | undefined {
  if (kindOf(actual) !== kindOf(expected)) return `${at}: ${kindOf(actual)}, expected ${kindOf(expected)}`
  if (typeof actual === 'number' && typeof expected === 'number') {
    return close(actual, expected, tolerance ?? defaultTolerance('float64')) ? undefined : `${at}: ${actual}, expected ${expected}`
  }
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) {
    return actual === expected ? undefined : `${at}: ${String(actual)}, expected ${String(expected)}`
  }
  if (actual.kind === 'tensor' && expected.kind === 'tensor') {
    return compareTensors(actual, expected, tolerance ?? defaultTolerance(expected.dtype), at)
  }
  if (actual.kind === 'complex' && expected.kind === 'complex') {
    const limit = tolerance ?? defaultTolerance('complex128')
    return close(actual.re, expected.re, limit) && close(actual.im, expected.im, limit)
      ? undefined
      : `${at}: ${actual.re}+${actual.im}j, expected ${expected.re}+${expected.im}j`
  }
  const [a, e] = [children(actual), children(expected)]
  if (!a || !e) throw new Error(`a golden cannot hold a ${expected.kind}`)
  if (a.length !== e.length) return `${at}: ${a.length} items, expected ${e.length}`
  for (const [index, item] of e.entries()) {
    const problem = compareLeaf(a[index]!, item, tolerance, `${at}[${index}]`)
    if (problem) return problem
  }
  return undefined
}

/** A dict's keys and values alternate. */
function children(value: IValue): readonly IValue[] | undefined {
  const kind = kindOf(value)
  if (kind === 'list' || kind === 'tuple') return (value as { items: readonly IValue[] }).items
  if (kind === 'dict') return (value as { entries: readonly (readonly [IValue, IValue])[] }).entries.flat()
  return undefined
}
