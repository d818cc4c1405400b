// Arithmetic on two or three tensors or numbers: operands are cast to the result's dtype, since ONNX never promotes.
// Answers to aten/src/ATen/native/BinaryOps.cpp, PointwiseOps.cpp, Lerp.cpp, Pow.cpp.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import type { Fact } from '../../ops/fact.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, type OnnxValue, type ScalarOperand } from '../operand.ts'
import {
  ARITHMETIC,
  compute,
  computeWide,
  floatResult,
  FLOATS,
  like,
  number,
  opmath,
  ORDERED,
  resultDtype,
  tensor,
  WIDE,
} from './compute.ts'
import { atan2, copysign, log1p, trunc } from './real-functions.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

/** Both operands in the result's dtype. */
type Build = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue) => OnnxValue
type Tensors = 'aten::b(Tensor self, Tensor other) -> Tensor'
type WithScalar = 'aten::b(Tensor self, Scalar other) -> Tensor'
type ScalarFirst = 'aten::b(Scalar self, Tensor other) -> Tensor'

const named = <S extends string>(names: string, signature: string): S[] =>
  names === '' ? [] : names.split(' ').map((name) => `aten::${name}${signature}` as S)

type Runner = (b: OnnxBuilder, out: readonly ResultInfo[], x: ScalarOperand, y: ScalarOperand, facts: readonly [Fact, Fact]) => OnnxValue

/** Rows of one operator: tensor ∘ tensor, tensor ∘ number, number ∘ tensor. */
function rows(run: Runner, tensors: string, scalars = '', reversed = ''): LoweringRow[] {
  return [
    ...lowers(named<Tensors>(tensors, '(Tensor self, Tensor other) -> Tensor'), ({ self, other }, b, out) =>
      run(b, out, self, other, [tensor(self), tensor(other)]),
    ),
    ...lowers(named<WithScalar>(scalars, '(Tensor self, Scalar other) -> Tensor'), ({ self, other }, b, out) =>
      run(b, out, self, other, [tensor(self), number(other)]),
    ),
    ...lowers(named<ScalarFirst>(reversed, '(Scalar self, Tensor other) -> Tensor'), ({ self, other }, b, out) =>
      run(b, out, self, other, [number(self), tensor(other)]),
    ),
  ]
}
/** In the promoted dtype. */
const promoting =
  (kernels: readonly ScalarType[], build: Build): Runner =>
  (b, out, x, y, facts) =>
    compute(b, resultDtype(out, ...facts), kernels, [x, y], (u, v) => build(b, u, v))
/** As floats; float16 through float32. */
const floating =
  (build: Build): Runner =>
  (b, out, x, y, facts) =>
    computeWide(b, floatResult(out, ...facts), [x, y], (u, v) => build(b, u, v))

const op =
  (name: string): Build =>
  (b, x, y) =>
    b.op(name, [x, y])

/** `alpha · other`; a factor of 1 is left out. */
function scaled(b: OnnxBuilder, operand: ScalarOperand, factor: ScalarOperand, dtype: ScalarType): ScalarOperand {
  if (constantNumber(factor) === 1) return operand
  if (operand.kind === 'constant' && factor.kind === 'constant' && typeof operand.value === 'bigint' && typeof factor.value === 'bigint')
    return { kind: 'constant', value: operand.value * factor.value }
  return compute(b, dtype, ARITHMETIC, [operand, factor], (x, k) => b.op('Mul', [x, k]))
}

/** add, sub, rsub with alpha: `x ∘ alpha·y`. */
function withAlpha(names: string, opType: 'Add' | 'Sub', reversed = false): LoweringRow[] {
  const run = (
    { self, other, alpha }: { readonly self: OnnxValue; readonly other: ScalarOperand; readonly alpha: ScalarOperand },
    b: OnnxBuilder,
    out: readonly ResultInfo[],
    fact: Fact,
  ): OnnxValue => {
    const dtype = resultDtype(out, tensor(self), fact)
    const pair = reversed ? [other, scaled(b, self, alpha, dtype)] : [self, scaled(b, other, alpha, dtype)]
    return compute(b, dtype, ARITHMETIC, pair, (x, y) => b.op(opType, [x, y]))
  }
  return names
    .split(' ')
    .flatMap((name) => [
      lower(
        `aten::${name}.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor` as 'aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor',
        (args, b, out) => run(args, b, out, tensor(args.other)),
      ),
      lower(
        `aten::${name}.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor` as 'aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor',
        (args, b, out) => run(args, b, out, number(args.other)),
      ),
    ])
}

/** Sign of the divisor, as Python's %. */
export const remainder: Build = (b, x, y) => {
  if (!isFloatingPoint(x.dtype)) return b.op('Mod', [x, y], { fmod: 0 })
  const rest = b.op('Mod', [x, y], { fmod: 1 })
  const zero = like(b, x, 0)
  const otherSign = b.op('Xor', [b.op('Less', [rest, zero]), b.op('Less', [y, zero])])
  const wraps = b.op('And', [otherSign, b.op('Not', [b.op('Equal', [rest, zero])])])
  return b.op('Where', [wraps, b.op('Add', [rest, y]), rest])
}
/** ⌊x/y⌋: the truncated quotient, less 1 where something remains and the signs differ. Of floats (x − rest)/y, a whole number but for rounding. */
export const floorDivide: Build = (b, x, y) => {
  const zero = like(b, x, 0)
  const float = isFloatingPoint(x.dtype)
  const rest = b.op('Mod', [x, y], { fmod: float ? 1 : 0 })
  const whole = b.op('Div', [float ? b.op('Sub', [x, rest]) : x, y])
  const signs = b.op('Xor', [b.op('Less', [float ? rest : x, zero]), b.op('Less', [y, zero])])
  const below = b.cast(b.op('And', [signs, b.op('Not', [b.op('Equal', [rest, zero])])]), x.dtype)
  const floor = b.op('Sub', [whole, below])
  return float ? b.op('Where', [b.op('Equal', [y, zero]), b.op('Div', [x, y]), b.op('Round', [floor])]) : floor
}
const truncDivide: Build = (b, x, y) => {
  const quotient = b.op('Div', [x, y])
  return isFloatingPoint(x.dtype) ? trunc(b, quotient) : quotient
}

function divisionByMode(
  { self, other, rounding_mode }: { readonly self: OnnxValue; readonly other: ScalarOperand; readonly rounding_mode: string | undefined },
  b: OnnxBuilder,
  out: readonly ResultInfo[],
  fact: Fact,
): OnnxValue {
  if (rounding_mode === undefined) return trueDivide(b, out, self, other, [tensor(self), fact])
  return promoting(ARITHMETIC, rounding_mode === 'floor' ? floorDivide : truncDivide)(b, out, self, other, [tensor(self), fact])
}
const trueDivide: Runner = (b, out, x, y, facts) => compute(b, floatResult(out, ...facts), FLOATS, [x, y], (u, v) => b.op('Div', [u, v]))

/** The one that is a number, where one is. */
const ignoringNaN =
  (name: 'Max' | 'Min'): Build =>
  (b, x, y) => {
    const best = b.op(name, [x, y])
    if (!isFloatingPoint(x.dtype)) return best
    return b.op('Where', [b.op('IsNaN', [x]), y, b.op('Where', [b.op('IsNaN', [y]), x, best])])
  }

/** m·√(1 + (n/m)²) with m = max(|x|, |y|), so that no square overflows; 0 and ∞ themselves, ∞ even beside NaN. */
const hypot: Build = (b, x, y) => {
  const [u, v] = [b.op('Abs', [x]), b.op('Abs', [y])]
  const [high, low] = [b.op('Max', [u, v]), b.op('Min', [u, v])]
  const ratio = b.op('Div', [low, high])
  const length = b.op('Mul', [high, b.op('Sqrt', [b.op('Add', [b.op('Mul', [ratio, ratio]), like(b, x, 1)])])])
  const infinite = b.op(
    'Or',
    [u, v].map((side) => b.op('Equal', [side, like(b, x, Infinity)])),
  )
  return b.op('Where', [infinite, like(b, x, Infinity), b.op('Where', [b.op('Equal', [high, like(b, x, 0)]), high, length])])
}
/** max + ln(1 + e^−|x − y|); equal infinities have no difference. */
export const logAddExp: Build = (b, x, y) => {
  const apart = b.op('Abs', [b.op('Sub', [x, y])])
  const distance = b.op('Where', [b.op('Equal', [x, y]), like(b, x, 0), apart])
  return b.op('Add', [b.op('Max', [x, y]), log1p(b, b.op('Exp', [b.op('Neg', [distance])]))])
}
/** x·log(y), 0 where x is 0 and y a number. */
const timesLog =
  (log: (b: OnnxBuilder, y: OnnxValue) => OnnxValue): Build =>
  (b, x, y) => {
    const nothing = b.op('And', [b.op('Equal', [x, like(b, x, 0)]), b.op('Not', [b.op('IsNaN', [y])])])
    return b.op('Where', [nothing, like(b, x, 0), b.op('Mul', [x, log(b, y)])])
  }

/** Small whole exponents multiply: exact for integers, and faster. */
const MAX_PRODUCT = 4
function power(b: OnnxBuilder, base: ScalarOperand, exponent: ScalarOperand, dtype: ScalarType): OnnxValue {
  const k = constantNumber(exponent)
  if (k === 0.5 && isFloatingPoint(dtype)) return compute(b, dtype, FLOATS, [base], (x) => b.op('Sqrt', [x]))
  if (k === 1) return b.number(base, dtype)
  if (k !== undefined && Number.isInteger(k) && k > 0 && k <= (isFloatingPoint(dtype) ? MAX_PRODUCT : 63))
    return compute(b, dtype, ARITHMETIC, [base], (x) => integerPower(b, x, k))
  if (isFloatingPoint(dtype)) return compute(b, dtype, WIDE, [base, exponent], (x, y) => b.op('Pow', [x, y]))
  return compute(b, dtype, ['int64', 'int32'], [base, exponent], (x, y) => wholePower(b, x, y))
}
const EXPONENT_BITS = 7
/** Of integers, which wrap where the kernel goes through float64. Exponents from 127 on are told apart as even and odd. */
function wholePower(b: OnnxBuilder, x: OnnxValue, exponent: OnnxValue): OnnxValue {
  const of = (value: number): OnnxValue => like(b, x, value)
  const [one, two] = [of(1), of(2)]
  const size = b.op('Abs', [exponent])
  const parity = b.op('Mod', [size, two], { fmod: 0 })
  const isLarge = b.op('Greater', [size, of(2 ** EXPONENT_BITS - 1)])
  let left = b.op('Where', [isLarge, b.op('Add', [of(2 ** EXPONENT_BITS - 2), parity]), size])
  let [result, square] = [one, x]
  for (let bit = 0; bit < EXPONENT_BITS; bit++) {
    const isSet = b.op('Equal', [b.op('Mod', [left, two], { fmod: 0 }), one])
    const factor = b.op('Where', [isSet, square, one])
    result = bit === 0 ? factor : b.op('Mul', [result, factor])
    if (bit === EXPONENT_BITS - 1) break
    left = b.op('Div', [left, two])
    square = b.op('Mul', [square, square])
  }
  // 1/x has no whole part but for 1 and −1; that of 0 is 0.
  const vanishes = b.op('And', [b.op('Less', [exponent, of(0)]), b.op('Greater', [b.op('Abs', [x]), one])])
  return b.op('Where', [vanishes, of(0), result])
}
/** By squaring. */
function integerPower(b: OnnxBuilder, x: OnnxValue, exponent: number): OnnxValue {
  let result: OnnxValue | undefined
  let square = x
  for (let k = exponent; k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result = result === undefined ? square : b.op('Mul', [result, square])
    if (k > 1) square = b.op('Mul', [square, square])
  }
  return result!
}
function powerRows(names: string, dtypeOf: (out: readonly ResultInfo[], facts: readonly Fact[]) => ScalarType): LoweringRow[] {
  const [tensors, scalar, reversed] = names.split(' ')
  return [
    lower(
      `aten::${tensors}(Tensor self, Tensor exponent) -> Tensor` as 'aten::p(Tensor self, Tensor exponent) -> Tensor',
      ({ self, exponent }, b, out) => power(b, self, exponent, dtypeOf(out, [tensor(self), tensor(exponent)])),
    ),
    lower(
      `aten::${scalar}(Tensor self, Scalar exponent) -> Tensor` as 'aten::p(Tensor self, Scalar exponent) -> Tensor',
      ({ self, exponent }, b, out) => power(b, self, exponent, dtypeOf(out, [tensor(self), number(exponent)])),
    ),
    lower(
      `aten::${reversed}(Scalar self, Tensor exponent) -> Tensor` as 'aten::p(Scalar self, Tensor exponent) -> Tensor',
      ({ self, exponent }, b, out) => power(b, self, exponent, dtypeOf(out, [number(self), tensor(exponent)])),
    ),
  ]
}

/** start + w·(end − start) for w < ½, from the other end otherwise, as torch does. */
function lerp(b: OnnxBuilder, start: OnnxValue, end: OnnxValue, weight: ScalarOperand): OnnxValue {
  const span = b.op('Sub', [end, start])
  const w = b.number(weight, start.dtype)
  const fromStart = (): OnnxValue => b.op('Add', [start, b.op('Mul', [w, span])])
  const fromEnd = (): OnnxValue => b.op('Sub', [end, b.op('Mul', [span, b.op('Sub', [like(b, w, 1), w])])])
  const known = constantNumber(weight)
  if (known !== undefined) return Math.abs(known) < 0.5 ? fromStart() : fromEnd()
  return b.op('Where', [b.op('Less', [b.op('Abs', [w]), like(b, w, 0.5)]), fromStart(), fromEnd()])
}

export const pointwiseLowerings: readonly LoweringRow[] = [
  ...withAlpha('add', 'Add'),
  ...withAlpha('sub subtract', 'Sub'),
  ...withAlpha('rsub', 'Sub', true),
  ...rows(promoting(ARITHMETIC, op('Mul')), 'mul.Tensor multiply.Tensor', 'mul.Scalar multiply.Scalar'),
  ...rows(trueDivide, 'div.Tensor divide.Tensor true_divide.Tensor', 'div.Scalar divide.Scalar true_divide.Scalar'),
  ...lowers(
    [
      'aten::div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor',
      'aten::divide.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor',
    ],
    { constant: ['rounding_mode'] },
    (args, b, out) => divisionByMode(args, b, out, tensor(args.other)),
  ),
  ...lowers(
    [
      'aten::div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor',
      'aten::divide.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor',
    ],
    { constant: ['rounding_mode'] },
    (args, b, out) => divisionByMode(args, b, out, number(args.other)),
  ),
  ...rows(promoting(ARITHMETIC, floorDivide), 'floor_divide', 'floor_divide.Scalar'),
  ...rows(promoting(ARITHMETIC, remainder), 'remainder.Tensor', 'remainder.Scalar', 'remainder.Scalar_Tensor'),
  ...rows(
    promoting(ARITHMETIC, (b, x, y) => b.op('Mod', [x, y], { fmod: 1 })),
    'fmod.Tensor',
    'fmod.Scalar',
  ),
  ...rows(promoting(ORDERED, op('Max')), 'maximum max.other'),
  ...rows(promoting(ORDERED, op('Min')), 'minimum min.other'),
  ...rows(promoting(ORDERED, ignoringNaN('Max')), 'fmax'),
  ...rows(promoting(ORDERED, ignoringNaN('Min')), 'fmin'),
  ...rows(floating(atan2), 'atan2 arctan2'),
  ...rows(floating(hypot), 'hypot'),
  ...rows(floating(copysign), 'copysign.Tensor', 'copysign.Scalar'),
  ...rows(floating(logAddExp), 'logaddexp'),
  ...rows(
    floating((b, x, y) => {
      const ln2 = like(b, x, Math.LN2)
      return b.op('Div', [logAddExp(b, b.op('Mul', [x, ln2]), b.op('Mul', [y, ln2])), ln2])
    }),
    'logaddexp2',
  ),
  ...rows(
    floating(timesLog((b, y) => b.op('Log', [y]))),
    'xlogy.Tensor special_xlogy',
    'xlogy.Scalar_Other special_xlogy.other_scalar',
    'xlogy.Scalar_Self special_xlogy.self_scalar',
  ),
  ...rows(floating(timesLog(log1p)), 'special_xlog1py', 'special_xlog1py.other_scalar', 'special_xlog1py.self_scalar'),
  lower('aten::ldexp.Tensor(Tensor self, Tensor other) -> Tensor', ({ self, other }, b, out) =>
    computeWide(b, floatResult(out, tensor(self), tensor(other)), [self, other], (x, e) =>
      b.op('Mul', [x, b.op('Pow', [like(b, e, 2), e])]),
    ),
  ),
  ...powerRows('pow.Tensor_Tensor pow.Tensor_Scalar pow.Scalar', (out, facts) => resultDtype(out, ...facts)),
  ...powerRows('float_power.Tensor_Tensor float_power.Tensor_Scalar float_power.Scalar', () => 'float64'),
  ...lowers(
    [
      'aten::lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor',
      'aten::lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor',
    ],
    ({ self, end, weight }, b) => {
      const work = opmath(self.dtype)
      return b.cast(lerp(b, b.cast(self, work), b.cast(end, work), weight), self.dtype)
    },
  ),
  lower(
    'aten::addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor',
    ({ self, tensor1, tensor2, value }, b, out) => {
      const dtype = opmath(resultDtype(out, tensor(self), tensor(tensor1), tensor(tensor2)))
      const factor = scaled(b, tensor1, value, dtype)
      const sum = compute(b, dtype, ARITHMETIC, [self, factor, tensor2], (x, y, z) => b.op('Add', [x, b.op('Mul', [y, z])]))
      return b.cast(sum, out[0]?.dtype ?? self.dtype)
    },
  ),
  lower(
    'aten::addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor',
    ({ self, tensor1, tensor2, value }, b, out) => {
      const dtype = floatResult(out, tensor(self), tensor(tensor1), tensor(tensor2))
      const factor = scaled(b, tensor1, value, opmath(dtype))
      return computeWide(b, dtype, [self, factor, tensor2], (x, y, z) => b.op('Add', [x, b.op('Div', [y, z])]))
    },
  ),
]
