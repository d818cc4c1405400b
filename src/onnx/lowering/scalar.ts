// Arithmetic, comparison and logic on Python numbers that are known only at run time: 0-d int64, float64 and bool tensors.
// What is known at build time is folded before. Answers to torch/csrc/jit/runtime/register_prim_ops.cpp.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { shiftLeft, shiftRight } from './bitwise.ts'
import { like } from './compute.ts'
import { floorDivide, remainder } from './pointwise.ts'
import {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  copysign,
  cosh,
  erf,
  erfc,
  expm1,
  lgamma,
  log1p,
  op,
  sinh,
  tan,
  type RealFunction,
} from './real-functions.ts'
import { lower, lowers, type LoweringRow } from './row.ts'

type Binary = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue) => OnnxValue
type Pair = 'aten::p.int(int a, int b) -> int'
type One = 'aten::o.int(int a) -> int'

const isFloat = (operand: ScalarOperand): boolean =>
  operand.kind === 'tensor' ? isFloatingPoint(operand.dtype) : typeof operand.value === 'number'
const isBool = (operand: ScalarOperand): boolean =>
  operand.kind === 'tensor' ? operand.dtype === 'bool' : typeof operand.value === 'boolean'
/** int ∘ int is an int, a float makes a float. */
const common = (...operands: ScalarOperand[]): ScalarType => (operands.some(isFloat) ? 'float64' : 'int64')

/** Overloads of a binary operator; every operand is handed in as it is. */
function pairs(signatures: readonly string[], build: (b: OnnxBuilder, a: ScalarOperand, c: ScalarOperand) => OnnxValue): LoweringRow[] {
  return lowers(signatures as readonly Pair[], { operand: ['a', 'b'] }, (args, b) => build(b, args.a, args.b))
}
const overloads = (name: string, ints: string, floats = 'float', scalars = `${name}(Scalar a, Scalar b) -> Scalar`): string[] => [
  `${name}.int(int a, int b) -> ${ints}`,
  `${name}.float(float a, float b) -> ${floats}`,
  `${name}.int_float(int a, float b) -> ${floats}`,
  `${name}.float_int(float a, int b) -> ${floats}`,
  ...(scalars === '' ? [] : [scalars]),
]
const inCommon =
  (build: Binary) =>
  (b: OnnxBuilder, x: ScalarOperand, y: ScalarOperand): OnnxValue => {
    const dtype = common(x, y)
    return build(b, b.number(x, dtype), b.number(y, dtype))
  }
const inFloat =
  (build: Binary) =>
  (b: OnnxBuilder, x: ScalarOperand, y: ScalarOperand): OnnxValue =>
    build(b, b.number(x, 'float64'), b.number(y, 'float64'))
const node =
  (name: string, attributes = {}): Binary =>
  (b, x, y) =>
    b.op(name, [x, y], attributes)

/** ints floor exactly, floats floor the quotient. */
const floorDiv: Binary = (b, x, y) => (isFloatingPoint(x.dtype) ? b.op('Floor', [b.op('Div', [x, y])]) : floorDivide(b, x, y))
/** fmod(b + fmod(a, b), b). */
const modulo: Binary = (b, x, y) =>
  isFloatingPoint(x.dtype) ? b.op('Mod', [b.op('Add', [y, b.op('Mod', [x, y], { fmod: 1 })]), y], { fmod: 1 }) : remainder(b, x, y)
/** std::remainder: a − b·round(a/b), and a itself for an infinite b. */
const ieeeRemainder: Binary = (b, x, y) => {
  const rest = b.op('Sub', [x, b.op('Mul', [y, b.op('Round', [b.op('Div', [x, y])])])])
  return b.op('Where', [b.op('IsInf', [y]), x, rest])
}
const logarithm: Binary = (b, x, y) => b.op('Div', [b.op('Log', [x]), b.op('Log', [y])])

/** One argument: int, float and Scalar overloads with a float result. */
function toFloat(name: string, build: RealFunction): LoweringRow[] {
  return lowers(
    ['int', 'float', 'Scalar'].map((type) => `aten::${name}.${type}(${type} a) -> ${type === 'Scalar' ? type : 'float'}` as One),
    ({ a }, b) => build(b, b.number(a, 'float64')),
  )
}
const scaled =
  (k: number): RealFunction =>
  (b, x) =>
    b.op('Mul', [x, like(b, x, k)])

/** ceil and floor of a float are ints. */
const toInt = (name: string, opType: string): LoweringRow[] =>
  lowers(
    ['int(int a) -> int', 'float(float a) -> int', 'Scalar(Scalar a) -> Scalar'].map((s) => `aten::${name}.${s}` as One),
    ({ a }, b) => (isFloat(a) ? b.cast(b.op(opType, [b.number(a, 'float64')]), 'int64') : b.number(a, 'int64')),
  )
/** Same kind out. */
const kept = (name: string, opType: string): LoweringRow[] =>
  lowers(
    ['int(int a) -> int', 'float(float a) -> float', 'Scalar(Scalar a) -> Scalar'].map((s) => `${name}.${s}` as One),
    ({ a }, b) => b.op(opType, [b.number(a, common(a))]),
  )

function comparisons(name: string, opType: string, negated = false): LoweringRow[] {
  return pairs(
    [
      ...overloads(`aten::${name}`, 'bool', 'bool', `aten::${name}(Scalar a, Scalar b) -> bool`),
      ...(name === 'eq' || name === 'ne' ? [`aten::${name}.bool(bool a, bool b) -> bool`] : []),
    ],
    (b, x, y) => {
      const result = inCommon(node(opType))(b, x, y)
      return negated ? b.op('Not', [result]) : result
    },
  )
}
function bits(name: string, bools: string, ints: string): LoweringRow[] {
  return pairs([`aten::${name}.bool(bool a, bool b) -> bool`, `aten::${name}.int(int a, int b) -> int`], (b, x, y) =>
    isBool(x) && isBool(y)
      ? b.op(bools, [b.number(x, 'bool'), b.number(y, 'bool')])
      : b.op(ints, [b.number(x, 'int64'), b.number(y, 'int64')]),
  )
}

export const scalarLowerings: readonly LoweringRow[] = [
  ...pairs(overloads('aten::add', 'int'), inCommon(node('Add'))),
  ...pairs(overloads('aten::sub', 'int'), inCommon(node('Sub'))),
  ...pairs(overloads('aten::mul', 'int'), inCommon(node('Mul'))),
  ...pairs(
    ['aten::div.int(int a, int b) -> float', 'aten::div.float(float a, float b) -> float', 'aten::div(Scalar a, Scalar b) -> float'],
    inFloat(node('Div')),
  ),
  ...pairs(overloads('aten::floordiv', 'int'), inCommon(floorDiv)),
  ...pairs(overloads('aten::remainder', 'int'), inCommon(modulo)),
  // As C's `a < b ? a : b`: the second when they are unordered.
  ...pairs(
    overloads('prim::min', 'int'),
    inCommon((b, x, y) => b.op('Where', [b.op('Less', [x, y]), x, y])),
  ),
  ...pairs(
    overloads('prim::max', 'int'),
    inCommon((b, x, y) => b.op('Where', [b.op('Greater', [x, y]), x, y])),
  ),
  ...pairs(overloads('aten::pow', 'float', 'float', 'aten::pow.Scalar_Scalar(Scalar a, Scalar b) -> float'), inFloat(node('Pow'))),
  ...pairs(['aten::pow.int_to_int(int a, int b) -> int'], inCommon(node('Pow'))),
  ...pairs(overloads('aten::fmod', 'float', 'float', 'aten::fmod(Scalar a, Scalar b) -> float'), inFloat(node('Mod', { fmod: 1 }))),
  ...pairs(overloads('aten::mathremainder', 'float', 'float', 'aten::mathremainder(Scalar a, Scalar b) -> float'), inFloat(ieeeRemainder)),
  ...pairs(overloads('aten::copysign', 'float', 'float', 'aten::copysign(Scalar a, Scalar b) -> float'), inFloat(copysign)),
  ...pairs(overloads('aten::atan2', 'float', 'float', 'aten::atan2.Scalar_Scalar(Scalar a, Scalar b) -> float'), inFloat(atan2)),
  ...pairs(
    [
      'aten::log.int_int(int a, int b) -> float',
      'aten::log.float_float(float a, float b) -> float',
      'aten::log.int_float(int a, float b) -> float',
      'aten::log.float_int(float a, int b) -> float',
      'aten::log.Scalar_Scalar(Scalar a, Scalar b) -> float',
    ],
    inFloat(logarithm),
  ),
  ...pairs(['aten::__round_to_zero_floordiv.int(int a, int b) -> int'], inCommon(node('Div'))),
  ...pairs(['aten::__lshift__.int(int a, int b) -> int'], inCommon(shiftLeft)),
  ...pairs(['aten::__rshift__.int(int a, int b) -> int'], inCommon(shiftRight)),
  ...(['int', 'float', 'int_float', 'float_int'] as const).map((overload) => {
    const [x, y] = overload.includes('_') ? overload.split('_') : [overload, overload]
    const result = overload === 'int' ? 'int' : 'float'
    return lower(
      `aten::divmod.${overload}(${x} x, ${y} y) -> (${result}, ${result})` as 'aten::divmod.int(int x, int y) -> (int, int)',
      (args, b) => {
        const dtype = common(args.x, args.y)
        const [u, v] = [b.number(args.x, dtype), b.number(args.y, dtype)]
        const rest = modulo(b, u, v)
        return [b.op('Div', [b.op('Sub', [u, rest]), v]), rest]
      },
    )
  }),

  ...toFloat('sqrt', op('Sqrt')),
  ...toFloat('exp', op('Exp')),
  ...toFloat('log', op('Log')),
  ...toFloat('log10', (b, x) => scaled(Math.LOG10E)(b, b.op('Log', [x]))),
  ...toFloat('log1p', log1p),
  ...toFloat('expm1', expm1),
  ...toFloat('sin', op('Sin')),
  ...toFloat('cos', op('Cos')),
  ...toFloat('tan', tan),
  ...toFloat('asin', asin),
  ...toFloat('acos', acos),
  ...toFloat('atan', atan),
  ...toFloat('sinh', sinh),
  ...toFloat('cosh', cosh),
  ...toFloat('tanh', op('Tanh')),
  ...toFloat('asinh', asinh),
  ...toFloat('acosh', acosh),
  ...toFloat('atanh', atanh),
  ...toFloat('erf', erf),
  ...toFloat('erfc', erfc),
  ...toFloat('lgamma', lgamma),
  ...toFloat('fabs', op('Abs')),
  ...toFloat('round', op('Round')),
  ...toFloat('degrees', scaled(180 / Math.PI)),
  ...toFloat('radians', scaled(Math.PI / 180)),
  ...toInt('ceil', 'Ceil'),
  ...toInt('floor', 'Floor'),
  ...kept('aten::neg', 'Neg'),
  ...kept('prim::abs', 'Abs'),
  lower('aten::isnan.float(float a) -> bool', ({ a }, b) => b.op('IsNaN', [b.number(a, 'float64')])),
  lower('aten::isinf.float(float a) -> bool', ({ a }, b) => b.op('IsInf', [b.number(a, 'float64')])),
  lower('aten::isfinite.float(float a) -> bool', ({ a }, b) => {
    const x = b.number(a, 'float64')
    return b.op('Equal', [b.op('Sub', [x, x]), like(b, x, 0)])
  }),

  ...comparisons('eq', 'Equal'),
  ...comparisons('ne', 'Equal', true),
  ...comparisons('lt', 'Less'),
  ...comparisons('le', 'LessOrEqual'),
  ...comparisons('gt', 'Greater'),
  ...comparisons('ge', 'GreaterOrEqual'),
  ...bits('__and__', 'And', 'BitwiseAnd'),
  ...bits('__or__', 'Or', 'BitwiseOr'),
  ...bits('__xor__', 'Xor', 'BitwiseXor'),
  ...lowers(['aten::__not__(bool self) -> bool' as 'aten::n(int self) -> bool'], { operand: ['self'] }, ({ self }, b) =>
    b.op('Not', [b.number(self, 'bool')]),
  ),

  // max(0, ⌈(hi − lo)/step⌉).
  lower('aten::__range_length(int lo, int hi, int step) -> int', ({ lo, hi, step }, b) => {
    const backward = b.op('Sub', [b.number(lo, 'int64'), b.number(hi, 'int64')])
    const length = b.op('Neg', [floorDivide(b, backward, b.number(step, 'int64'))])
    return b.op('Max', [length, b.scalar('int64', 0)])
  }),
  lower('aten::__derive_index(int index, int start, int step) -> int', ({ index, start, step }, b) =>
    b.op('Add', [b.number(start, 'int64'), b.op('Mul', [b.number(index, 'int64'), b.number(step, 'int64')])]),
  ),
]
