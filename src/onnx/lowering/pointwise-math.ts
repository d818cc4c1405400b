// Elementwise functions of one tensor. Integers and bools become floats where torch makes them so.
// Answers to aten/src/ATen/native/UnaryOps.cpp.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import { constantNumber, type OnnxValue } from '../operand.ts'
import { bitwiseNot } from './bitwise.ts'
import {
  ARITHMETIC,
  compute,
  computeWide,
  FLOATS,
  floatResult,
  kernelType,
  like,
  opmath,
  resultDtype,
  tensor,
  type Kernels,
} from './compute.ts'
import {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atanh,
  cosh,
  digamma,
  erf,
  erfc,
  erfinv,
  expm1,
  lgamma,
  log1p,
  op,
  sinc,
  signbit,
  sinh,
  tan,
  trunc,
  type RealFunction,
} from './real-functions.ts'
import { lower, lowers, type LoweringRow } from './row.ts'
import { logNdtr, ndtri } from './special-normal.ts'

const unary = (names: string): 'aten::unary(Tensor self) -> Tensor'[] =>
  names.split(' ').map((name) => `aten::${name}(Tensor self) -> Tensor` as 'aten::unary(Tensor self) -> Tensor')
const aliases = (names: string): 'aten::unary(Tensor(a) self) -> Tensor(a)'[] =>
  names.split(' ').map((name) => `aten::${name}(Tensor(a) self) -> Tensor(a)` as 'aten::unary(Tensor(a) self) -> Tensor(a)')

const scaled =
  (k: number): RealFunction =>
  (b, x) =>
    b.op('Mul', [x, like(b, x, k)])
/** Φ(x) = erfc(−x/√2)/2. */
const ndtr: RealFunction = (b, x) => scaled(0.5)(b, erfc(b, scaled(-Math.SQRT1_2)(b, x)))

// One rounding per operator: fine in float16.
const SINGLE: readonly (readonly [string, RealFunction])[] = [
  ['sqrt', op('Sqrt')],
  ['exp', op('Exp')],
  ['log', op('Log')],
  ['sin', op('Sin')],
  ['cos', op('Cos')],
  ['tan', tan],
  ['asin arcsin', asin],
  ['acos arccos', acos],
  ['atan arctan', atan],
  ['sinh', sinh],
  ['cosh', cosh],
  ['tanh', op('Tanh')],
  ['erf special_erf', erf],
  ['reciprocal', op('Reciprocal')],
  ['sigmoid special_expit', op('Sigmoid')],
]
// Several operators: float16 goes through float32.
const COMPOSED: readonly (readonly [string, RealFunction])[] = [
  ['rsqrt', (b, x) => b.op('Reciprocal', [b.op('Sqrt', [x])])],
  ['exp2 special_exp2', (b, x) => b.op('Pow', [like(b, x, 2), x])],
  ['expm1 special_expm1', expm1],
  ['log1p special_log1p', log1p],
  ['log2', (b, x) => scaled(Math.LOG2E)(b, b.op('Log', [x]))],
  ['log10', (b, x) => scaled(Math.LOG10E)(b, b.op('Log', [x]))],
  ['asinh arcsinh', asinh],
  ['acosh arccosh', acosh],
  ['atanh arctanh', atanh],
  ['erfc special_erfc', erfc],
  ['erfinv special_erfinv', erfinv],
  ['sinc special_sinc', sinc],
  ['deg2rad', scaled(Math.PI / 180)],
  ['rad2deg', scaled(180 / Math.PI)],
  ['lgamma special_gammaln', lgamma],
  ['digamma', digamma],
  ['special_ndtr', ndtr],
  ['special_log_ndtr', logNdtr],
  ['special_ndtri', ndtri],
  [
    'special_entr',
    (b, x) => {
      const zero = like(b, x, 0)
      const inside = b.op('Where', [b.op('Equal', [x, zero]), zero, b.op('Neg', [b.op('Mul', [x, b.op('Log', [x])])])])
      return b.op('Where', [b.op('Less', [x, zero]), like(b, x, -Infinity), inside])
    },
  ],
]

const SIGNED: Kernels = [...FLOATS, 'int64', 'int32', 'int16', 'int8']

/** Integers are rounded already. */
const rounding =
  (build: RealFunction) =>
  (...[{ self }, b]: Parameters<(args: { readonly self: Parameters<RealFunction>[1] }, b: Parameters<RealFunction>[0]) => void>) =>
    isFloatingPoint(self.dtype) ? build(b, self) : self

/** Not a number, for a dtype that has none: false everywhere. */
const nowhere: RealFunction = (b, x) => b.op('Not', [b.op('Equal', [x, x])])
const infinity =
  (attributes: { detect_positive?: number; detect_negative?: number }): RealFunction =>
  (b, x) =>
    isFloatingPoint(x.dtype)
      ? b.op('IsInf', [b.cast(x, opmath(x.dtype))], { detect_negative: 1, detect_positive: 1, ...attributes })
      : nowhere(b, x)

// Largest finite value per dtype, for nan_to_num.
const LARGEST = new Map<ScalarType, number>([
  ['float16', 65504],
  ['bfloat16', 3.3895313892515355e38],
  ['float32', 3.4028234663852886e38],
  ['float64', Number.MAX_VALUE],
])

export const pointwiseMathLowerings: readonly LoweringRow[] = [
  ...SINGLE.flatMap(([names, build]) =>
    lowers(unary(names), ({ self }, b, out) => compute(b, floatResult(out, tensor(self)), FLOATS, [self], (x) => build(b, x))),
  ),
  ...COMPOSED.flatMap(([names, build]) =>
    lowers(unary(names), ({ self }, b, out) => computeWide(b, floatResult(out, tensor(self)), [self], (x) => build(b, x))),
  ),
  ...lowers(unary('floor'), rounding(op('Floor'))),
  ...lowers(unary('ceil'), rounding(op('Ceil'))),
  ...lowers(unary('round'), rounding(op('Round'))),
  ...lowers(unary('trunc fix'), rounding(trunc)),
  ...lowers(unary('frac'), ({ self }, b) => b.op('Sub', [self, trunc(b, self)])),
  ...lowers(
    ['aten::round.decimals(Tensor self, *, int decimals) -> Tensor', 'aten::special_round(Tensor self, *, int decimals=0) -> Tensor'],
    ({ self, decimals }, b) => {
      if (!isFloatingPoint(self.dtype)) return self
      const digits = constantNumber(decimals)
      if (digits === 0) return b.op('Round', [self])
      const up = (unit: OnnxValue): OnnxValue => b.op('Div', [b.op('Round', [b.op('Mul', [self, unit])]), unit])
      const down = (unit: OnnxValue): OnnxValue => b.op('Mul', [b.op('Round', [b.op('Div', [self, unit])]), unit])
      if (digits !== undefined) return (digits > 0 ? up : down)(like(b, self, 10 ** Math.abs(digits)))
      const count = b.number(decimals, 'float64')
      const unit = b.cast(b.op('Pow', [b.scalar('float64', 10), b.op('Abs', [count])]), self.dtype)
      return b.op('Where', [b.op('Less', [count, b.scalar('float64', 0)]), down(unit), up(unit)])
    },
  ),
  ...lowers(unary('neg negative'), ({ self }, b) => compute(b, self.dtype, SIGNED, [self], (x) => b.op('Neg', [x]))),
  ...lowers(unary('abs absolute'), ({ self }, b) => compute(b, self.dtype, ARITHMETIC, [self], (x) => b.op('Abs', [x]))),
  // Of a NaN: 0.
  ...lowers(unary('sign sgn'), ({ self }, b) =>
    compute(b, self.dtype, ARITHMETIC, [self], (x) => {
      if (!isFloatingPoint(x.dtype)) return b.op('Sign', [x])
      const side = (name: string): OnnxValue => b.cast(b.op(name, [x, like(b, x, 0)]), x.dtype)
      return b.op('Sub', [side('Greater'), side('Less')])
    }),
  ),
  ...lowers(unary('square'), ({ self }, b, out) =>
    compute(b, out[0]?.dtype ?? (self.dtype === 'bool' ? 'int64' : self.dtype), ARITHMETIC, [self], (x) => b.op('Mul', [x, x])),
  ),
  ...lowers(unary('conj_physical'), ({ self }) => self),
  ...lowers(aliases('conj positive real'), ({ self }) => self),
  ...lowers(unary('isnan'), ({ self }, b) => (isFloatingPoint(self.dtype) ? b.op('IsNaN', [self]) : nowhere(b, self))),
  ...lowers(unary('isinf'), ({ self }, b) => infinity({})(b, self)),
  ...lowers(unary('isposinf'), ({ self }, b) => infinity({ detect_negative: 0 })(b, self)),
  ...lowers(unary('isneginf'), ({ self }, b) => infinity({ detect_positive: 0 })(b, self)),
  // x − x is 0 for finite numbers, NaN for others.
  ...lowers(unary('isfinite'), ({ self }, b) =>
    isFloatingPoint(self.dtype) ? b.op('Equal', [b.op('Sub', [self, self]), like(b, self, 0)]) : b.op('Equal', [self, self]),
  ),
  ...lowers(unary('signbit'), ({ self }, b) => {
    if (isFloatingPoint(self.dtype)) return signbit(b, self)
    const x = b.cast(self, kernelType(self.dtype, SIGNED))
    return b.op('Less', [x, like(b, x, 0)])
  }),
  ...lowers(unary('logical_not'), ({ self }, b) => b.op('Not', [b.cast(self, 'bool')])),
  ...lowers(unary('bitwise_not'), ({ self }, b) => bitwiseNot(b, self)),
  ...lowers(
    ['aten::logit(Tensor self, float? eps=None) -> Tensor', 'aten::special_logit(Tensor self, float? eps=None) -> Tensor'],
    ({ self, eps }, b, out) =>
      computeWide(b, floatResult(out, tensor(self)), [self], (x) => {
        const one = like(b, x, 1)
        let p = x
        if (eps !== undefined) {
          const low = b.number(eps, x.dtype)
          p = b.op('Clip', [x, low, b.op('Sub', [one, low])])
        }
        return b.op('Log', [b.op('Div', [p, b.op('Sub', [one, p])])])
      }),
  ),
  lower(
    'aten::nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor',
    ({ self, nan, posinf, neginf }, b, out) => {
      if (!isFloatingPoint(self.dtype)) return self
      const largest = LARGEST.get(resultDtype(out, tensor(self))) ?? Infinity
      const fill = (value: typeof nan, fallback: number): typeof self =>
        value === undefined ? like(b, self, fallback) : b.number(value, self.dtype)
      const upper = b.op('Where', [infinity({ detect_negative: 0 })(b, self), fill(posinf, largest), self])
      const bounded = b.op('Where', [infinity({ detect_positive: 0 })(b, self), fill(neginf, -largest), upper])
      return b.op('Where', [b.op('IsNaN', [self]), fill(nan, 0), bounded])
    },
  ),
]
