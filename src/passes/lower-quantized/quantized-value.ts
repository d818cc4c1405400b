// What stands for a quantized value once it is lowered: an ordinary tensor of integers, with its scale and zero point as values of their own.
// Packed parameters are the call that packs them, with its arguments. Answers to aten/src/ATen/quantized/Quantizer.h.

import type { ScalarType } from '../../ir/scalar-type.ts'
import type { Value } from '../../ir/value.ts'

export type QuantizedType = 'quint8' | 'qint8' | 'qint32' | 'quint4x2'

/** real = scale·(q − zeroPoint). */
export interface QTensor {
  readonly kind: 'tensor'
  readonly dtype: QuantizedType
  /** uint8, int8 or int32. */
  readonly repr: Value
  /** 0-d float32, or 1-d where there is an axis. */
  readonly scale: Value
  /** 0-d int64, or 1-d; float32 for schemes with zero points that are no integers. */
  readonly zeroPoint: Value
  /** Per-channel: the axis that scale and zeroPoint run along. */
  readonly axis?: number | undefined
  readonly floatZeroPoint?: boolean | undefined
  /** The scale as Python has it, when it came as a float: a double. */
  readonly python?: { readonly scale: Value; readonly zeroPoint: Value } | undefined
}

/** Weights handed to a packing operator: the operator's name and its arguments. */
export interface Packed {
  readonly kind: 'packed'
  readonly operator: string
  readonly args: readonly PackedArg[]
}
export type PackedArg = Value | Quantized

/** A list or tuple that was written out, or a list whose tensors share one quantizer. */
export interface QItems {
  readonly kind: 'items'
  readonly items: readonly (Value | Quantized)[]
}
export interface QList {
  readonly kind: 'list'
  readonly list: Value
  readonly like: QTensor
}

export type Quantized = QTensor | Packed | QItems | QList

/** Range of the integers, and the type they are kept in. */
export const RANGES: Readonly<
  Record<QuantizedType, { readonly min: number; readonly max: number; readonly repr: ScalarType; readonly code: number }>
> = {
  quint8: { min: 0, max: 255, repr: 'uint8', code: 13 },
  qint8: { min: -128, max: 127, repr: 'int8', code: 12 },
  quint4x2: { min: 0, max: 15, repr: 'uint8', code: 16 },
  qint32: { min: -2147483648, max: 2147483647, repr: 'int32', code: 14 },
}

export function quantizedTypeOfCode(code: bigint): QuantizedType | undefined {
  return code === 13n ? 'quint8' : code === 12n ? 'qint8' : code === 14n ? 'qint32' : code === 16n ? 'quint4x2' : undefined
}
export const isQuantizedType = (dtype: ScalarType | undefined): dtype is QuantizedType =>
  dtype === 'quint8' || dtype === 'qint8' || dtype === 'qint32' || dtype === 'quint4x2'
