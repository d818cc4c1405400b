// A constant tensor: a strided view on bytes that belong to the model file. Nothing is copied until `contiguousBytes`.
// Mirrors c10/core/TensorImpl.h as far as constants need it.

import { copyRowMajor } from './row-major.ts'
import { isComplex, isFloatingPoint, scalarTypeInfo, type ScalarType } from './scalar-type.ts'

/** Bytes shared by the tensors that view them. Two tensors alias exactly when they hold the same Storage object. */
export interface Storage {
  /** Little-endian element bytes; a view on the file, never a copy. Never written to. */
  readonly bytes: Uint8Array
}

/** How a quantized tensor's integers map to reals: `real = scale * (q - zeroPoint)`. */
export type Quantizer =
  | { readonly scheme: 'per_tensor_affine'; readonly scale: number; readonly zeroPoint: number }
  | {
      readonly scheme: 'per_channel_affine' | 'per_channel_affine_float_qparams'
      readonly scales: Tensor
      readonly zeroPoints: Tensor
      readonly axis: number
    }

/** Plain data. `sizes`, `strides` and `offset` count elements; they have been checked against the storage. */
export interface Tensor {
  readonly kind: 'tensor'
  readonly dtype: ScalarType
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
  readonly storage: Storage
  readonly requiresGrad?: boolean
  readonly quantizer?: Quantizer
  /** The storage holds the unconjugated (un-negated) bytes. */
  readonly conj?: boolean
  readonly neg?: boolean
}

export function numel(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1)
}

/** Row-major strides, in elements. */
export function contiguousStrides(sizes: readonly number[]): number[] {
  const strides = Array.from<number>({ length: sizes.length })
  let step = 1
  for (let i = sizes.length - 1; i >= 0; i--) {
    strides[i] = step
    step *= Math.max(1, sizes[i]!)
  }
  return strides
}

export function isContiguous(tensor: Tensor): boolean {
  let step = 1
  for (let i = tensor.sizes.length - 1; i >= 0; i--) {
    const size = tensor.sizes[i]!
    if (size === 0) return true
    if (size !== 1 && tensor.strides[i] !== step) return false
    step *= size
  }
  return true
}

/** A tensor over fresh bytes, in row-major order. */
export function tensorOf(dtype: ScalarType, sizes: readonly number[], bytes: Uint8Array): Tensor {
  return { kind: 'tensor', dtype, sizes, strides: contiguousStrides(sizes), offset: 0, storage: { bytes } }
}

/** The elements in row-major order, little-endian, conj and neg applied: a view when the tensor is contiguous and has neither, else a fresh copy. */
export function contiguousBytes(tensor: Tensor): Uint8Array {
  const bytes = rowMajorBytes(tensor)
  return tensor.conj === true || tensor.neg === true ? resolveBits(tensor, bytes.slice()) : bytes
}

/** Negates what the lazy bits say, in place: all parts for neg, the imaginary ones for conj. c10/core/DispatchKey.h: Conjugate, Negative. */
function resolveBits({ dtype, conj = false, neg = false }: Tensor, bytes: Uint8Array): Uint8Array {
  const parts = isComplex(dtype) ? 2 : 1
  const width = scalarTypeInfo(dtype).bytes / parts
  const hasSign = isComplex(dtype) || isFloatingPoint(dtype)
  for (let at = 0, part = 0; at < bytes.length; at += width, part = (part + 1) % parts) {
    if (part === 1 ? conj === neg : !neg) continue
    if (hasSign) bytes[at + width - 1]! ^= 0x80
    // −x = ~x + 1
    else for (let i = 0, carry = 1; i < width; i++, carry >>= 8) bytes[at + i] = carry += ~bytes[at + i]! & 0xff
  }
  return bytes
}

function rowMajorBytes(tensor: Tensor): Uint8Array {
  const width = scalarTypeInfo(tensor.dtype).bytes
  const count = numel(tensor.sizes)
  const { bytes } = tensor.storage
  if (isContiguous(tensor)) return bytes.subarray(tensor.offset * width, (tensor.offset + count) * width)
  return copyRowMajor(bytes, width, tensor.sizes, tensor.strides, tensor.offset)
}
