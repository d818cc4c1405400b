// Elements of small constant tensors as JavaScript values, and tensors from such values. For folding and printing, not for weights.

import { fromFloat16, toFloat16 } from './float16.ts'
import { isComplex, isFloatingPoint, scalarTypeInfo, type ScalarType } from './scalar-type.ts'
import { contiguousBytes, numel, tensorOf, type Tensor } from './tensor.ts'

/** bool → boolean, integers → bigint, floats → number. Complex and float8 are not elements of any fold. */
export type Element = boolean | bigint | number

type Codec = {
  readonly read: (view: DataView, at: number) => Element
  readonly write: (view: DataView, at: number, value: Element) => void
}

const float = (get: (v: DataView, at: number) => number, set: (v: DataView, at: number, x: number) => void): Codec => ({
  read: get,
  write: (view, at, value) => set(view, at, Number(value)),
})
const integer = (bits: number, signed: boolean): Codec => ({
  read: (view, at) => {
    const raw =
      bits === 64
        ? view.getBigUint64(at, true)
        : BigInt(bits === 32 ? view.getUint32(at, true) : bits === 16 ? view.getUint16(at, true) : view.getUint8(at))
    return signed ? BigInt.asIntN(bits, raw) : raw
  },
  write: (view, at, value) => {
    const raw = BigInt.asUintN(bits, typeof value === 'number' ? BigInt(Number.isFinite(value) ? Math.trunc(value) : 0) : BigInt(value))
    if (bits === 64) view.setBigUint64(at, raw, true)
    else if (bits === 32) view.setUint32(at, Number(raw), true)
    else if (bits === 16) view.setUint16(at, Number(raw), true)
    else view.setUint8(at, Number(raw))
  },
})

const scratch = new DataView(new ArrayBuffer(4))

/** Round to nearest, ties to even, on the upper 16 bits of a float32. */
function toBFloat16(value: number): number {
  scratch.setFloat32(0, value)
  const bits = scratch.getUint32(0)
  if (Number.isNaN(value)) return 0x7fc0
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff
}
function fromBFloat16(bits: number): number {
  scratch.setUint32(0, (bits << 16) >>> 0)
  return scratch.getFloat32(0)
}

const codecs = new Map<ScalarType, Codec>([
  ['bool', { read: (v, at) => v.getUint8(at) !== 0, write: (v, at, x) => v.setUint8(at, x === 0 || x === 0n || x === false ? 0 : 1) }],
  ['uint8', integer(8, false)],
  ['int8', integer(8, true)],
  ['uint16', integer(16, false)],
  ['int16', integer(16, true)],
  ['uint32', integer(32, false)],
  ['int32', integer(32, true)],
  ['uint64', integer(64, false)],
  ['int64', integer(64, true)],
  [
    'float32',
    float(
      (v, at) => v.getFloat32(at, true),
      (v, at, x) => v.setFloat32(at, x, true),
    ),
  ],
  [
    'float64',
    float(
      (v, at) => v.getFloat64(at, true),
      (v, at, x) => v.setFloat64(at, x, true),
    ),
  ],
  [
    'float16',
    float(
      (v, at) => fromFloat16(v.getUint16(at, true)),
      (v, at, x) => v.setUint16(at, toFloat16(x), true),
    ),
  ],
  [
    'bfloat16',
    float(
      (v, at) => fromBFloat16(v.getUint16(at, true)),
      (v, at, x) => v.setUint16(at, toBFloat16(x), true),
    ),
  ],
])

/** All elements, row-major. */
export function readElements(tensor: Tensor): Element[] {
  const codec = codecs.get(tensor.dtype)
  if (codec === undefined) return []
  const bytes = contiguousBytes(tensor)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const width = scalarTypeInfo(tensor.dtype).bytes
  const count = numel(tensor.sizes)
  const elements: Element[] = []
  for (let i = 0; i < count; i++) elements.push(codec.read(view, i * width))
  return elements
}

/** The only element of a one-element tensor. */
export function itemOf(tensor: Tensor): Element | undefined {
  return numel(tensor.sizes) === 1 ? readElements(tensor)[0] : undefined
}

/** A tensor of elements in row-major order, converted to `dtype` as torch's `to` would. */
export function tensorFromElements(dtype: ScalarType, sizes: readonly number[], elements: readonly Element[]): Tensor {
  const width = scalarTypeInfo(dtype).bytes
  const bytes = new Uint8Array(elements.length * width)
  const view = new DataView(bytes.buffer)
  const codec = codecs.get(dtype)!
  elements.forEach((element, i) =>
    codec.write(
      view,
      i * width,
      typeof element === 'boolean' && dtype !== 'bool' ? (isFloatingPoint(dtype) ? Number(element) : BigInt(element)) : element,
    ),
  )
  return tensorOf(dtype, sizes, bytes)
}

/** A 0-d tensor. */
export function scalarTensor(dtype: ScalarType, value: Element): Tensor {
  return tensorFromElements(dtype, [], [value])
}

/** A 1-d int64 tensor. */
export function int64Tensor(values: readonly (bigint | number)[]): Tensor {
  return tensorFromElements('int64', [values.length], values.map(BigInt))
}

/** True when elements of this dtype can be read and written here. */
export function hasElements(dtype: ScalarType): boolean {
  return codecs.has(dtype) && !isComplex(dtype)
}
