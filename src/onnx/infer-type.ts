// dtype (and, where it is plain, dims) of ONNX results: enough for the intermediate values of lowering rows. Results of torch
// operators get their types from IR facts, not from here.

import { broadcast, type Dims } from '../ir/dim.ts'
import type { ScalarType } from '../ir/scalar-type.ts'
import type { OnnxValue, SequenceOperand } from './operand.ts'

type Inputs = readonly (OnnxValue | SequenceOperand | undefined)[]

const fixed = new Map<string, ScalarType>([
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor', 'Not', 'IsNaN', 'IsInf'].map(
    (op): [string, ScalarType] => [op, 'bool'],
  ),
  ...['Shape', 'Size', 'NonZero', 'ArgMax', 'ArgMin', 'SequenceLength'].map((op): [string, ScalarType] => [op, 'int64']),
])

// Results past the first whose dtype is fixed.
const later = new Map<string, readonly (ScalarType | undefined)[]>([
  ['TopK', [undefined, 'int64']],
  ['MaxPool', [undefined, 'int64']],
  ['Unique', [undefined, 'int64', 'int64', 'int64']],
])

/** Elementwise on one input: same shape out. */
const UNARY = new Set(
  'Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log LogSoftmax Mish Neg Not Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Tan Tanh ThresholdedRelu CumSum Trilu BitwiseNot'.split(
    ' ',
  ),
)
const BINARY = new Set(
  'Add Sub Mul Div Pow Mod Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Min Max BitwiseAnd BitwiseOr BitwiseXor BitShift'.split(
    ' ',
  ),
)

export function resultType(
  opType: string,
  inputs: Inputs,
  _attributes: object,
  index: number,
): { dtype: ScalarType | undefined; dims: Dims } {
  // Where(cond, a, b): the second input carries the dtype.
  const source = opType === 'Where' || opType === 'OneHot' ? inputs[1] : inputs[0]
  const dtype = index === 0 ? (fixed.get(opType) ?? source?.dtype) : (later.get(opType)?.[index] ?? source?.dtype)
  return { dtype, dims: index === 0 ? resultDims(opType, inputs) : undefined }
}

function resultDims(opType: string, inputs: Inputs): Dims {
  if (UNARY.has(opType)) return inputs[0]?.dims
  if (opType === 'Where' || BINARY.has(opType)) return broadcast(...inputs.map((input) => input?.dims))
  return undefined
}
