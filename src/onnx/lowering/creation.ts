// Tensors from sizes and numbers. A shape that is not known is computed; what is known and small is written as a constant.
// Answers to aten/src/ATen/native/TensorFactories.cpp, RangeFactories.cpp and Onehot.cpp. Uninitialised tensors are zeros.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import {
  arangeSchemas,
  emptySchema,
  eyeSchema,
  eyeWideSchema,
  fullLikeSchema,
  fullSchema,
  likeSchemas,
  linspaceSchemas,
  logspaceSchemas,
  newFullSchema,
  newSchemas,
  newStridedSchema,
  permutedSchema,
  scalarTensorSchema,
  sizedSchemas,
  stridedSchema,
  triangleIndexSchemas,
} from '../../ops/creation-schemas.ts'
import { triangle } from '../../ops/rules/creation.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, rankOf, type OnnxValue, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { compute, like, type Kernels } from './compute.ts'
import { reduce } from './reduce.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

type Out = readonly ResultInfo[]

const ZERO: ScalarOperand = { kind: 'constant', value: 0n }
const ONE: ScalarOperand = { kind: 'constant', value: 1n }

/** The dtype that a Python number becomes. */
function naturalType(value: ScalarOperand): ScalarType {
  if (value.kind === 'tensor') return value.dtype === 'float64' ? 'float32' : value.dtype
  return typeof value.value === 'bigint' ? 'int64' : typeof value.value === 'boolean' ? 'bool' : 'float32'
}

/** A number in every place of a shape. */
export function filled(b: OnnxBuilder, size: ScalarListOperand, value: ScalarOperand, dtype: ScalarType, out: Out): OnnxValue {
  return b.op('Expand', [b.number(value, dtype), b.vector(size)], {}, { dims: out[0]?.dims })
}
const filledLike = (b: OnnxBuilder, self: OnnxValue, value: ScalarOperand, dtype: ScalarType): OnnxValue =>
  b.op('Expand', [b.number(value, dtype), b.shape(self)], {}, { dims: self.dims })

const isFloat = (operand: ScalarOperand): boolean =>
  operand.kind === 'tensor' ? isFloatingPoint(operand.dtype) : typeof operand.value === 'number'

// Longer sequences of known numbers are computed at run time, not stored.
const MAX_CONSTANT = 1024
const constants = (b: OnnxBuilder, dtype: ScalarType, length: number, at: (i: number) => number): OnnxValue =>
  b.elements(
    dtype,
    [length],
    Array.from({ length }, (_, i) => at(i)),
  )

/** Range in int64, or in float64 as soon as one number is a float: torch counts and multiplies in double. */
function arange(b: OnnxBuilder, start: ScalarOperand, end: ScalarOperand, step: ScalarOperand, out: Out, inclusive = false): OnnxValue {
  const float = [start, end, step].some(isFloat)
  const dtype = out[0]?.dtype ?? (float || inclusive ? 'float32' : 'int64')
  const known = [start, end, step].map(constantNumber)
  if ((float || inclusive) && !known.includes(undefined)) {
    const [from, to, by] = known as [number, number, number]
    const length = Math.max(0, inclusive ? Math.floor((to - from) / by) + 1 : Math.ceil((to - from) / by))
    if (length <= MAX_CONSTANT) return constants(b, dtype, length, (i) => from + i * by)
  }
  const work: ScalarType = float ? 'float64' : 'int64'
  const [first, last, by] = [b.number(start, work), b.number(end, work), b.number(step, work)]
  // One half step more takes the end in; in whole numbers one unit towards it.
  const beyond = inclusive ? b.op('Add', [last, float ? b.op('Mul', [by, like(b, by, 0.5)]) : b.op('Sign', [by])]) : last
  return b.cast(b.op('Range', [first, beyond, by], {}, { dtype: work, dims: out[0]?.dims ?? [null] }), dtype)
}

/** start + i·(end − start)/(steps − 1), counted from the nearer end. Float64, or constants. */
function linspace(
  b: OnnxBuilder,
  start: ScalarOperand,
  end: ScalarOperand,
  steps: ScalarOperand,
  out: Out,
  base?: ScalarOperand,
): OnnxValue {
  const dtype = out[0]?.dtype ?? 'float32'
  const [from, to, count, power] = [start, end, steps, base ?? ONE].map(constantNumber)
  if (from !== undefined && to !== undefined && count !== undefined && power !== undefined && count <= MAX_CONSTANT) {
    const step = (to - from) / Math.max(1, count - 1)
    const at = (i: number): number => (i < count / 2 ? from + step * i : to - step * (count - 1 - i))
    return constants(b, dtype, count, (i) => (base === undefined ? at(i) : power ** at(i)))
  }
  const exponents = computedLinspace(b, start, end, steps)
  return b.cast(base === undefined ? exponents : b.op('Pow', [b.number(base, 'float64'), exponents]), dtype)
}
function computedLinspace(b: OnnxBuilder, start: ScalarOperand, end: ScalarOperand, steps: ScalarOperand): OnnxValue {
  const [first, last] = [scalarOf(b, start), scalarOf(b, end)]
  const count = b.number(steps, 'int64')
  const index = b.cast(b.op('Range', [b.scalar('int64', 0), count, b.scalar('int64', 1)], {}, { dims: [null] }), 'float64')
  const intervals = b.cast(b.op('Sub', [count, b.scalar('int64', 1)]), 'float64')
  const step = b.op('Div', [b.op('Sub', [last, first]), b.op('Max', [intervals, b.scalar('float64', 1)])])
  const fromStart = b.op('Add', [first, b.op('Mul', [step, index])])
  const fromEnd = b.op('Sub', [last, b.op('Mul', [step, b.op('Sub', [intervals, index])])])
  const nearer = b.op('Less', [index, b.op('Mul', [b.cast(count, 'float64'), b.scalar('float64', 0.5)])])
  return b.op('Where', [nearer, fromStart, fromEnd])
}
/** A number or a 0-d tensor in float64. */
const scalarOf = (b: OnnxBuilder, operand: ScalarOperand): OnnxValue =>
  operand.kind === 'tensor' ? b.reshapeTo(b.cast(operand, 'float64'), []) : b.number(operand, 'float64')

const EYE: Kernels = ['float32', 'float64', 'int64', 'int32']
function eye(b: OnnxBuilder, n: ScalarOperand, m: ScalarOperand, out: Out): OnnxValue {
  const dtype = out[0]?.dtype ?? 'float32'
  return compute(b, dtype, EYE, [ZERO], (zero) =>
    b.op('EyeLike', [b.op('Expand', [zero, b.concatScalars([n, m])], {}, { dims: [null, null] })], { k: 0 }, { dims: out[0]?.dims }),
  )
}

const TRILU: Kernels = ['float32', 'float64', 'float16', 'int64', 'int32', 'bool']
const trilu =
  (upper: 0 | 1) =>
  ({ self, diagonal }: { readonly self: OnnxValue; readonly diagonal: ScalarOperand }, b: OnnxBuilder): OnnxValue =>
    compute(b, self.dtype, TRILU, [self], (x) => b.op('Trilu', [x, b.number(diagonal, 'int64')], { upper }))

/** A number as a 0-d tensor of the promised dtype. */
const tensorOf = (b: OnnxBuilder, value: ScalarOperand, out: Out): OnnxValue => b.number(value, out[0]?.dtype ?? naturalType(value))

/** One class per row of zeros and a one. Without a number of classes: one more than the largest index. */
function oneHot(b: OnnxBuilder, self: OnnxValue, classes: ScalarOperand, out: Out): OnnxValue {
  const index = b.cast(self, 'int64')
  const depth =
    constantNumber(classes) === -1
      ? b.op('Add', [reduce(b, 'ReduceMax', index, undefined, false), b.scalar('int64', 1)])
      : b.number(classes, 'int64')
  const scalar = rankOf(self) === 0
  const rows = scalar ? b.reshapeTo(index, [1]) : index
  const hot = b.op(
    'OneHot',
    [rows, b.reshapeTo(depth, [1]), b.ints([0, 1])],
    { axis: -1 },
    { dtype: 'int64', dims: scalar ? undefined : out[0]?.dims },
  )
  return scalar ? b.op('Squeeze', [hot, b.ints([0])], {}, { dims: out[0]?.dims }) : hot
}

export const creationLowerings: readonly LoweringRow[] = [
  ...lowers(
    [...sizedSchemas('zeros _efficientzerotensor'), emptySchema, stridedSchema, permutedSchema],
    { constant: ['dtype'] },
    ({ size }, b, out) => filled(b, size, ZERO, out[0]?.dtype ?? 'float32', out),
  ),
  ...lowers(sizedSchemas('ones'), { constant: ['dtype'] }, ({ size }, b, out) => filled(b, size, ONE, out[0]?.dtype ?? 'float32', out)),
  ...lowers(likeSchemas('zeros_like empty_like'), { constant: ['dtype'] }, ({ self }, b, out) =>
    filledLike(b, self, ZERO, out[0]?.dtype ?? self.dtype),
  ),
  ...lowers(likeSchemas('ones_like'), { constant: ['dtype'] }, ({ self }, b, out) => filledLike(b, self, ONE, out[0]?.dtype ?? self.dtype)),
  ...lowers([...newSchemas('new_zeros new_empty'), newStridedSchema], { constant: ['dtype'] }, ({ self, size }, b, out) =>
    filled(b, size, ZERO, out[0]?.dtype ?? self.dtype, out),
  ),
  ...lowers(newSchemas('new_ones'), { constant: ['dtype'] }, ({ self, size }, b, out) =>
    filled(b, size, ONE, out[0]?.dtype ?? self.dtype, out),
  ),
  lower(fullSchema, { constant: ['dtype'] }, ({ size, fill_value }, b, out) =>
    filled(b, size, fill_value, out[0]?.dtype ?? naturalType(fill_value), out),
  ),
  lower(fullLikeSchema, { constant: ['dtype'] }, ({ self, fill_value }, b, out) =>
    filledLike(b, self, fill_value, out[0]?.dtype ?? self.dtype),
  ),
  lower(newFullSchema, { constant: ['dtype'] }, ({ self, size, fill_value }, b, out) =>
    filled(b, size, fill_value, out[0]?.dtype ?? self.dtype, out),
  ),

  lower(arangeSchemas.end, { constant: ['dtype'] }, ({ end }, b, out) => arange(b, ZERO, end, ONE, out)),
  lower(arangeSchemas.start, { constant: ['dtype'] }, ({ start, end }, b, out) => arange(b, start, end, ONE, out)),
  lower(arangeSchemas.step, { constant: ['dtype'] }, ({ start, end, step }, b, out) => arange(b, start, end, step, out)),
  lower(arangeSchemas.range, { constant: ['dtype'] }, ({ start, end }, b, out) => arange(b, start, end, ONE, out, true)),
  lower(arangeSchemas.rangeStep, { constant: ['dtype'] }, ({ start, end, step }, b, out) => arange(b, start, end, step, out, true)),
  ...lowers(linspaceSchemas, { constant: ['dtype'] }, ({ start, end, steps }, b, out) => linspace(b, start, end, steps, out)),
  ...lowers(logspaceSchemas, { constant: ['dtype'] }, ({ start, end, steps, base }, b, out) => linspace(b, start, end, steps, out, base)),
  lower(eyeSchema, { constant: ['dtype'] }, ({ n }, b, out) => eye(b, n, n, out)),
  lower(eyeWideSchema, { constant: ['dtype'] }, ({ n, m }, b, out) => eye(b, n, m, out)),
  lower('aten::tril(Tensor self, SymInt diagonal=0) -> Tensor', trilu(0)),
  lower('aten::triu(Tensor self, SymInt diagonal=0) -> Tensor', trilu(1)),
  ...triangleIndexSchemas.map((schema, upper) =>
    lower(schema, { constant: ['row', 'col', 'offset', 'dtype'] }, ({ row, col, offset }, b, out) => {
      const cells = triangle(upper === 1, row, col, offset)
      const indices = [...cells.map(([i]) => BigInt(i)), ...cells.map(([, j]) => BigInt(j))]
      return b.elements(out[0]?.dtype ?? 'int64', [2, cells.length], indices)
    }),
  ),
  lower(scalarTensorSchema, { constant: ['dtype'] }, ({ s }, b, out) => b.number(s, out[0]?.dtype ?? 'float32')),
  ...(['int', 'float', 'bool'] as const).flatMap((type) => [
    lower(
      `aten::tensor.${type}(${type} t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor` as 'aten::tensor.int(int t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor',
      { operand: ['t'], constant: ['dtype'] },
      ({ t }, b, out) => tensorOf(b, t, out),
    ),
    lower(
      `aten::as_tensor.${type}(${type} t, *, ScalarType? dtype=None, Device? device=None) -> Tensor` as 'aten::as_tensor.int(int t, *, ScalarType? dtype=None, Device? device=None) -> Tensor',
      { operand: ['t'], constant: ['dtype'] },
      ({ t }, b, out) => tensorOf(b, t, out),
    ),
  ]),
  lower('aten::one_hot(Tensor self, int num_classes=-1) -> Tensor', ({ self, num_classes }, b, out) => oneHot(b, self, num_classes, out)),
]
