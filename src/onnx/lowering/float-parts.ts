// Floats taken apart and put together: exponent and mantissa, the next float, whole and fractional part; and greatest common divisors.
// Answers to frexp, nextafter, gcd and lcm of aten/src/ATen/native/{UnaryOps,BinaryOps}.cpp and to Python's math in register_prim_ops.cpp.

import type { ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { like, resultDtype, tensor } from './compute.ts'
import { anyOf, iterate } from './iterate.ts'
import { copysign, plus, times, trunc } from './real-functions.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'
import { gamma } from './special-gamma.ts'

const where = (b: OnnxBuilder, condition: OnnxValue, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Where', [condition, x, y])
const two = (b: OnnxBuilder, exponent: OnnxValue): OnnxValue => b.op('Pow', [like(b, exponent, 2), exponent])
const isInfinite = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('IsInf', [x], { detect_negative: 1, detect_positive: 1 })

// Subnormal numbers are brought up by this power before their logarithm is taken.
const LIFT = 100

interface Binade {
  /** |x|, lifted; 1 where x is 0 or not finite. */
  readonly size: OnnxValue
  /** ⌊log₂ size⌋ and its power of 2, exact. */
  readonly exponent: OnnxValue
  readonly power: OnnxValue
  /** 0 or the power that `size` was lifted by. */
  readonly lift: OnnxValue
  readonly regular: OnnxValue
}
/** Of float64 x. The logarithm may be off by one: compared with the power itself. */
function binade(b: OnnxBuilder, x: OnnxValue): Binade {
  const whole = b.op('Abs', [x])
  const irregular = b.op('Or', [b.op('Or', [isInfinite(b, x), b.op('IsNaN', [x])]), b.op('Equal', [x, like(b, x, 0)])])
  const plain = where(b, irregular, like(b, x, 1), whole)
  const tiny = b.op('Less', [plain, like(b, x, 2 ** -900)])
  const size = where(b, tiny, times(b, plain, 2 ** LIFT), plain)
  const guess = b.op('Floor', [times(b, b.op('Log', [size]), Math.LOG2E)])
  const high = b.op('Less', [size, two(b, guess)])
  const low = b.op('GreaterOrEqual', [size, two(b, plus(b, guess, 1))])
  const exponent = where(b, high, plus(b, guess, -1), where(b, low, plus(b, guess, 1), guess))
  return {
    size,
    exponent,
    power: two(b, exponent),
    lift: where(b, tiny, like(b, x, LIFT), like(b, x, 0)),
    regular: b.op('Not', [irregular]),
  }
}

/** Mantissa of ½ ≤ |m| < 1 and exponent; of 0, ∞ and NaN: itself and 0. Float64. */
function frexp(b: OnnxBuilder, x: OnnxValue): [OnnxValue, OnnxValue] {
  const { size, exponent, power, lift, regular } = binade(b, x)
  const mantissa = copysign(b, times(b, b.op('Div', [size, power]), 0.5), x)
  const found = plus(b, b.op('Sub', [exponent, lift]), 1)
  return [where(b, regular, mantissa, x), where(b, regular, found, like(b, x, 0))]
}

/** x·2ⁱ in two steps, so that no power overflows before the product does. Float64. */
function ldexp(b: OnnxBuilder, x: OnnxValue, i: OnnxValue): OnnxValue {
  const bounded = b.op('Clip', [i, like(b, i, -2200), like(b, i, 2200)])
  const third = b.op('Floor', [times(b, bounded, 1 / 3)])
  const rest = b.op('Sub', [bounded, times(b, third, 2)])
  return [third, third, rest].reduce((value, part) => b.op('Mul', [value, two(b, part)]), x)
}

// Of a float format: bits behind the point, the least exponent of a normal number, the largest number.
const FORMATS = new Map<ScalarType, { readonly bits: number; readonly least: number; readonly largest: number }>([
  ['float16', { bits: 10, least: -14, largest: 65504 }],
  ['float32', { bits: 23, least: -126, largest: 3.4028234663852886e38 }],
  ['float64', { bits: 52, least: -1022, largest: Number.MAX_VALUE }],
])
/** The float next to x in the direction of y: one unit of the last place further, half of that below a power of 2. */
function nextAfter(b: OnnxBuilder, self: OnnxValue, other: OnnxValue): OnnxValue {
  const { bits, least, largest } = FORMATS.get(self.dtype) ?? FORMATS.get('float32')!
  const [x, y] = [b.cast(self, 'float64'), b.cast(other, 'float64')]
  const zero = like(b, x, 0)
  const { size, exponent, power, lift } = binade(b, x)
  const up = b.op('Greater', [y, x])
  const inward = b.op('Xor', [up, b.op('Greater', [x, zero])])
  const level = b.op('Sub', [exponent, lift])
  const edge = b.op('And', [b.op('And', [inward, b.op('Equal', [size, power])]), b.op('Greater', [level, like(b, x, least)])])
  const place = b.op('Max', [where(b, edge, plus(b, level, -1), level), like(b, x, least)])
  const unit = two(b, plus(b, place, -bits))
  const moved = b.op('Add', [x, where(b, up, unit, b.op('Neg', [unit]))])
  const smallest = like(b, x, 2 ** (least - bits))
  const fromZero = where(b, up, smallest, b.op('Neg', [smallest]))
  const fromInfinity = where(b, up, like(b, x, -largest), like(b, x, largest))
  // −x in a step to 0 keeps its sign.
  const signed = where(b, b.op('Equal', [moved, zero]), copysign(b, moved, x), moved)
  const next = where(b, b.op('Equal', [x, zero]), fromZero, where(b, isInfinite(b, x), fromInfinity, signed))
  const stays = where(b, b.op('Equal', [x, y]), y, next)
  return b.cast(where(b, b.op('Or', [b.op('IsNaN', [x]), b.op('IsNaN', [y])]), like(b, x, NaN), stays), self.dtype)
}

/** Euclid's algorithm on int64. */
function gcd(b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue {
  const zero = like(b, x, 0)
  const none = b.op('Mul', [b.op('Add', [x, y]), zero])
  const start = [x, y].map((value) => b.op('Abs', [b.op('Add', [value, none])]))
  const left = (s: OnnxBuilder, rest: OnnxValue): OnnxValue => s.op('Greater', [rest, zero])
  const [divisor] = iterate(b, start, anyOf(b, left(b, start[1]!)), (s, [u, v]) => {
    const goes = left(s, v!)
    const rest = s.op('Mod', [u!, s.op('Max', [v!, like(s, v!, 1)])], { fmod: 0 })
    const next = [where(s, goes, v!, u!), where(s, goes, rest, zero)]
    return { next, goes: anyOf(s, left(s, next[1]!)) }
  })
  return divisor!
}
/** |x/gcd·y|, 0 where both are 0. */
function lcm(b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue {
  const divisor = b.op('Max', [gcd(b, x, y), like(b, x, 1)])
  return b.op('Abs', [b.op('Mul', [b.op('Div', [x, divisor]), y])])
}
function integers(
  build: (b: OnnxBuilder, x: OnnxValue, y: OnnxValue) => OnnxValue,
  { self, other }: { readonly self: OnnxValue; readonly other: OnnxValue },
  b: OnnxBuilder,
  out: readonly ResultInfo[],
): OnnxValue {
  const dtype = resultDtype(out, tensor(self), tensor(other))
  const [x, y] = [self, other].map((value) => b.cast(b.cast(value, dtype), 'int64')) as [OnnxValue, OnnxValue]
  return b.cast(build(b, x, y), dtype)
}

const float = (b: OnnxBuilder, operand: ScalarOperand): OnnxValue => b.number(operand, 'float64')
// Factorials beyond 20! have no int.
const FACTORIALS = Array.from({ length: 20 }).reduce<bigint[]>((list, _, i) => [...list, list.at(-1)! * BigInt(i + 1)], [1n])

export const floatPartLowerings: readonly LoweringRow[] = [
  lower('aten::frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)', ({ self }, b) => {
    const [mantissa, exponent] = frexp(b, b.cast(self, 'float64'))
    return [b.cast(mantissa, self.dtype), b.cast(exponent, 'int32')]
  }),
  lower('aten::nextafter(Tensor self, Tensor other) -> Tensor', ({ self, other }, b, out) => {
    const dtype = resultDtype(out, tensor(self), tensor(other))
    return nextAfter(b, b.cast(self, dtype), b.cast(other, dtype))
  }),
  lower('aten::gcd(Tensor self, Tensor other) -> Tensor', (args, b, out) => integers(gcd, args, b, out)),
  lower('aten::lcm(Tensor self, Tensor other) -> Tensor', (args, b, out) => integers(lcm, args, b, out)),

  // Python numbers.
  lower('aten::frexp(float a) -> (float, int)', ({ a }, b) => {
    const [mantissa, exponent] = frexp(b, float(b, a))
    return [mantissa, b.cast(exponent, 'int64')]
  }),
  lower('aten::modf(float a) -> (float, float)', ({ a }, b) => {
    const x = float(b, a)
    const whole = copysign(b, trunc(b, x), x)
    const rest = where(b, isInfinite(b, x), like(b, x, 0), b.op('Sub', [x, whole]))
    return [copysign(b, rest, x), whole]
  }),
  lower('aten::ldexp(float x, int i) -> float', ({ x, i }, b) => ldexp(b, float(b, x), float(b, i))),
  ...lowers(
    [
      'aten::gamma.int(int a) -> float',
      'aten::gamma.float(float a) -> float',
      'aten::gamma.Scalar(Scalar a) -> Scalar',
    ] as 'aten::gamma.float(float a) -> float'[],
    ({ a }, b) => gamma(b, float(b, a)),
  ),
  lower('aten::gcd.int(int a, int b) -> int', ({ a, b: other }, b) => gcd(b, b.number(a, 'int64'), b.number(other, 'int64'))),
  lower('aten::factorial.int(int a) -> int', ({ a }, b) =>
    b.op('Gather', [b.elements('int64', [FACTORIALS.length], FACTORIALS), b.number(a, 'int64')], { axis: 0 }, { dims: [] }),
  ),
]
