// Computing in a dtype that the wasm kernels have: casts around operators, and result dtypes. What kernels exist was found by running
// every operator with every dtype on onnxruntime-web 1.30.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import type { Element } from '../../ir/tensor-elements.ts'
import { tensorFact, type Fact } from '../../ops/fact.ts'
import { promoted } from '../../ops/facts.ts'
import type { OnnxBuilder, ResultType } from '../builder.ts'
import { emittedType } from '../data-type.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'

/** dtypes that a group of kernels has. */
export type Kernels = readonly ScalarType[]
export const FLOATS: Kernels = ['float32', 'float64', 'float16']
/** Add, Sub, Mul, Div, Mod, Clip, Shrink. */
export const ARITHMETIC: Kernels = [...FLOATS, 'int64', 'int32', 'int16', 'int8', 'uint8', 'uint16', 'uint32', 'uint64']
/** MatMul, Pow, ReduceSum, CumSum … */
export const WIDE: Kernels = [...FLOATS, 'int64', 'int32']
/** Max, Min, ReduceMax, ArgMax … */
export const ORDERED: Kernels = [...WIDE, 'int8', 'uint8']
export const WHERE: Kernels = [...WIDE, 'uint8']
/** Equal; Less and Greater have all of these but bool. */
export const EQUAL: Kernels = [...ARITHMETIC, 'bool']

/** The dtype itself when there is a kernel, else the narrowest that holds its values and has one. */
export function kernelType(dtype: ScalarType, kernels: Kernels): ScalarType {
  const emitted = emittedType(dtype)
  if (kernels.includes(emitted)) return emitted
  const wider: readonly ScalarType[] = isFloatingPoint(emitted)
    ? ['float32', 'float64']
    : ['int64', 'uint32', 'uint64'].includes(emitted)
      ? ['int64', 'float64']
      : ['int32', 'int64', 'float32', 'float64']
  return wider.find((candidate) => kernels.includes(candidate)) ?? 'float32'
}

/** Runs `build` on the operands in a dtype with kernels; the result is `dtype` again. */
export function compute(
  b: OnnxBuilder,
  dtype: ScalarType,
  kernels: Kernels,
  operands: readonly ScalarOperand[],
  build: (...values: OnnxValue[]) => OnnxValue,
): OnnxValue {
  const work = kernelType(dtype, kernels)
  // To a narrow type first: values wrap as torch's do before they are widened.
  const values = operands.map((operand) =>
    operand.kind === 'tensor' && operand.dtype === work ? operand : b.cast(b.number(operand, dtype), work),
  )
  return b.cast(build(...values), dtype)
}

/** float16 is computed in float32 where several roundings would add up. */
export const opmath = (dtype: ScalarType): ScalarType => (dtype === 'float16' ? 'float32' : dtype)

/** As `compute` on floats, with float16 widened. */
export function computeWide(
  b: OnnxBuilder,
  dtype: ScalarType,
  operands: readonly ScalarOperand[],
  build: (...values: OnnxValue[]) => OnnxValue,
): OnnxValue {
  const work = opmath(emittedType(dtype))
  return b.cast(build(...operands.map((operand) => b.number(operand, work))), dtype)
}

/** A tensor argument as promotion sees it. */
export const tensor = (value: OnnxValue): Fact => tensorFact(value.dtype, value.dims)
/** A Python number as promotion sees it. */
export function number(operand: ScalarOperand): Fact {
  if (operand.kind === 'constant') return { value: operand.value }
  return { number: operand.dtype === 'bool' ? 'bool' : isFloatingPoint(operand.dtype) ? 'float' : 'int' }
}

/** The dtype that facts promise for the first result, else the promotion of the operands. */
export function resultDtype(out: readonly ResultType[], ...operands: readonly Fact[]): ScalarType {
  return out[0]?.dtype ?? emittedType(promoted(...operands) ?? 'float32')
}
/** As `resultDtype`, with integers as floats. */
export function floatResult(out: readonly ResultType[], ...operands: readonly Fact[]): ScalarType {
  const dtype = resultDtype(out, ...operands)
  return isFloatingPoint(dtype) ? dtype : 'float32'
}

/** A 0-d constant of a value's dtype. */
export const like = (b: OnnxBuilder, x: OnnxValue, value: Element): OnnxValue => b.scalar(x.dtype, value)

/** `a ? x : y` for any dtype. */
export function select(b: OnnxBuilder, condition: OnnxValue, x: OnnxValue, y: OnnxValue): OnnxValue {
  const { dtype } = x
  const work = kernelType(dtype, WHERE)
  return b.cast(b.op('Where', [b.cast(condition, 'bool'), b.cast(x, work), b.cast(y, work)]), dtype)
}
