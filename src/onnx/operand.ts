// Operand: what an IR Value is while its graph is lowered. An ONNX tensor, a build-time constant, or a list of operands.

import type { Dim, Dims } from '../ir/dim.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { ScalarType } from '../ir/scalar-type.ts'
import type { Tensor } from '../ir/tensor.ts'

/** A tensor of the ONNX graph. Python ints, floats and bools that are known only at run time are 0-d: int64, float64, bool. */
export interface OnnxValue {
  readonly kind: 'tensor'
  readonly name: string
  readonly dtype: ScalarType
  readonly dims: Dims
  /** An initializer's data. */
  readonly constant?: Tensor
}
/** A Python value known at build time. */
export interface ConstantOperand {
  readonly kind: 'constant'
  readonly value: IValue
}
/** A list or tuple whose length is known at build time. */
export interface ListOperand {
  readonly kind: 'list'
  readonly items: readonly Operand[]
}
/** A list of tensors whose length is known only at run time: an ONNX sequence. */
export interface SequenceOperand {
  readonly kind: 'sequence'
  readonly name: string
  readonly dtype: ScalarType
  /** Of every element, where they all agree. */
  readonly dims: Dims
}
export type Operand = OnnxValue | ConstantOperand | ListOperand | SequenceOperand

/** A Python number or bool, constant or not. */
export type ScalarOperand = OnnxValue | ConstantOperand
/** A list of ints, floats or bools: items, or one 1-d tensor. */
export type ScalarListOperand = ListOperand | OnnxValue
/** A list of tensors: items, or a sequence. */
export type TensorListOperand = ListOperand | SequenceOperand

/** The number behind a constant int, float or bool operand. */
export function constantNumber(operand: Operand): number | undefined {
  if (operand.kind !== 'constant') return undefined
  const { value } = operand
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean' ? Number(value) : undefined
}

/** The rank of a value, when it is known. */
export function rankOf(value: OnnxValue): number | undefined {
  return value.dims?.length
}
/** The extent of an axis (negative counts from the end), `null` when not known. */
export function dimAt(value: OnnxValue, axis: number): Dim {
  const { dims } = value
  return dims === undefined ? null : (dims[axis < 0 ? axis + dims.length : axis] ?? null)
}
