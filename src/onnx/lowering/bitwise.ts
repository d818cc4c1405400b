// Bit operations: logic on bools, Bitwise… on integers, shifts on the uint64 kernel (the only wide one).
// Answers to aten/src/ATen/native/BinaryOps.cpp.

import { isFloatingPoint, scalarTypeInfo, type ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { like, number, resultDtype, select, tensor } from './compute.ts'
import { lowers, type LoweringRow, type ResultInfo } from './row.ts'

export const bitwiseNot = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op(x.dtype === 'bool' ? 'Not' : 'BitwiseNot', [x])

/** Operands of an integer operator: numbers and tensors alike. */
interface Operands {
  readonly self: ScalarOperand
  readonly other: ScalarOperand
}
type Build = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue) => OnnxValue

const binary = (names: string): 'aten::b(Tensor self, Tensor other) -> Tensor'[] =>
  names.split(' ').map((name) => `aten::${name}(Tensor self, Tensor other) -> Tensor` as 'aten::b(Tensor self, Tensor other) -> Tensor')
const withScalar = (names: string): 'aten::b(Tensor self, Scalar other) -> Tensor'[] =>
  names.split(' ').map((name) => `aten::${name}(Tensor self, Scalar other) -> Tensor` as 'aten::b(Tensor self, Scalar other) -> Tensor')
const scalarFirst = (names: string): 'aten::b(Scalar self, Tensor other) -> Tensor'[] =>
  names.split(' ').map((name) => `aten::${name}(Scalar self, Tensor other) -> Tensor` as 'aten::b(Scalar self, Tensor other) -> Tensor')

function rows(tensors: string, scalars: string, reversed: string, build: Build): LoweringRow[] {
  const run = (operands: Operands, b: OnnxBuilder, out: readonly ResultInfo[], kinds: readonly ['t' | 's', 't' | 's']): OnnxValue => {
    const facts = [operands.self, operands.other].map((operand, i) =>
      kinds[i] === 't' && operand.kind === 'tensor' ? tensor(operand) : number(operand),
    )
    const dtype = resultDtype(out, ...facts)
    return build(b, b.number(operands.self, dtype), b.number(operands.other, dtype))
  }
  return [
    ...lowers(binary(tensors), (args, b, out) => run(args, b, out, ['t', 't'])),
    ...lowers(withScalar(scalars), (args, b, out) => run(args, b, out, ['t', 's'])),
    ...(reversed === '' ? [] : lowers(scalarFirst(reversed), (args, b, out) => run(args, b, out, ['s', 't']))),
  ]
}

const logic =
  (bools: string, ints: string): Build =>
  (b, x, y) =>
    b.op(x.dtype === 'bool' ? bools : ints, [x, y])

const bits = (dtype: ScalarType): number => scalarTypeInfo(dtype).bytes * 8

/** Shifts of unsigned 64-bit integers; `x` comes as int64 and its bits are taken. */
function shift64(b: OnnxBuilder, direction: 'LEFT' | 'RIGHT', x: OnnxValue, by: OnnxValue): OnnxValue {
  return b.cast(b.op('BitShift', [b.cast(x, 'uint64'), b.cast(by, 'uint64')], { direction }), 'int64')
}
/** Everything out of range is shifted out: 0. Floats multiply by powers of two. */
export const shiftLeft: Build = (b, x, y) => {
  if (isFloatingPoint(x.dtype)) return b.op('Mul', [x, b.op('Pow', [like(b, x, 2), y])])
  const [wide, by] = [b.cast(x, 'int64'), b.cast(y, 'int64')]
  const inside = b.op('And', [b.op('Less', [by, b.scalar('int64', bits(x.dtype))]), b.op('GreaterOrEqual', [by, b.scalar('int64', 0)])])
  return b.cast(select(b, inside, shift64(b, 'LEFT', wide, by), b.scalar('int64', 0)), x.dtype)
}
/** Arithmetic: what is out of range leaves the sign. Negative x: ~(~x >> n). */
export const shiftRight: Build = (b, x, y) => {
  if (isFloatingPoint(x.dtype)) return b.op('Div', [x, b.op('Pow', [like(b, x, 2), y])])
  const [wide, given] = [b.cast(x, 'int64'), b.cast(y, 'int64')]
  const most = b.scalar('int64', 63)
  const inside = b.op('And', [b.op('LessOrEqual', [given, most]), b.op('GreaterOrEqual', [given, b.scalar('int64', 0)])])
  const by = b.op('Where', [inside, given, most])
  const negative = b.op('Less', [wide, b.scalar('int64', 0)])
  const size = b.op('Where', [negative, b.op('BitwiseNot', [wide]), wide])
  const moved = shift64(b, 'RIGHT', size, by)
  return b.cast(b.op('Where', [negative, b.op('BitwiseNot', [moved]), moved]), x.dtype)
}

export const bitwiseLowerings: readonly LoweringRow[] = [
  ...rows(
    'bitwise_and.Tensor __and__.Tensor',
    'bitwise_and.Scalar __and__.Scalar',
    'bitwise_and.Scalar_Tensor',
    logic('And', 'BitwiseAnd'),
  ),
  ...rows('bitwise_or.Tensor __or__.Tensor', 'bitwise_or.Scalar __or__.Scalar', 'bitwise_or.Scalar_Tensor', logic('Or', 'BitwiseOr')),
  ...rows(
    'bitwise_xor.Tensor __xor__.Tensor',
    'bitwise_xor.Scalar __xor__.Scalar',
    'bitwise_xor.Scalar_Tensor',
    logic('Xor', 'BitwiseXor'),
  ),
  ...rows(
    'bitwise_left_shift.Tensor __lshift__.Tensor',
    'bitwise_left_shift.Tensor_Scalar __lshift__.Scalar',
    'bitwise_left_shift.Scalar_Tensor',
    shiftLeft,
  ),
  ...rows(
    'bitwise_right_shift.Tensor __rshift__.Tensor',
    'bitwise_right_shift.Tensor_Scalar __rshift__.Scalar',
    'bitwise_right_shift.Scalar_Tensor',
    shiftRight,
  ),
]
